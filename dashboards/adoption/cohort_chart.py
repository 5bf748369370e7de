"""Cohorts as a heat map: a row per cohort, a column per later month; what is not over yet stays blank."""

from collections.abc import Hashable
from datetime import date
from typing import Any

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, figure, room
from dashboards.words.values import percent_text
from dashboards.words.windows import quarter_label

_ROW, _FRAME = 52, 44
# From few to all; the page's own accent lies in the middle. Numbers on top are dark or light by the step.
_LIGHT = ("#E8EFFE", "#B3CBFA", "#6E9BF3", "#2563EB", "#1D4ED8", "#1E3A8A")
_DARK = ("#16233F", "#1E3A8A", "#2563EB", "#60A5FA", "#93C5FD", "#DBEAFE")
_STEPS = len(_LIGHT)
_STRONG = 0.5


def cohort_map(frame: pd.DataFrame, colours: Palette, *, quarter_start_month: int, is_dark: bool) -> Chart:
    """The share of each cohort that used the platform in each later month.

    Parameters
    ----------
    frame : columns of `metrics.cohorts.cohorts`. A cohort with too few teams has counts and no colour.
    """
    starts = sorted(frame["period_start"].unique())
    rows = {start: i for i, start in enumerate(starts)}
    months = int(max(frame["months_later"].max(), 1))
    sizes = frame.groupby("period_start")["size"].first()
    names = [_label(start, int(sizes[start]), quarter_start_month) for start in starts]
    chart = figure(colours, height=_FRAME + _ROW * len(starts), left=room(names), top=26)
    palette = _DARK if is_dark else _LIGHT
    _add_cells(chart, frame, rows, months, palette)
    for cell in frame.to_dict("records"):
        _add_share(chart, cell, rows[cell["period_start"]], colours)
    chart.set_x(
        side="top",
        tickvals=list(range(months + 1)),
        ticktext=["M0", *(str(month) for month in range(1, months + 1))],
        range=[-0.5, months + 0.5],
        ticks="",
        linecolor="rgba(0,0,0,0)",
    )
    chart.set_y(
        tickvals=list(rows.values()),
        ticktext=names,
        range=[len(starts) - 0.5, -0.5],
        showgrid=False,
        ticks="",
        tickfont={"color": colours.ink},
        ticksuffix=" ",
    )
    return chart


def _label(start: date, size: int, quarter_start_month: int) -> str:
    return f"{quarter_label(start, quarter_start_month)}<br>n = {size}"


def _add_cells(
    chart: Chart, frame: pd.DataFrame, rows: dict[date, int], months: int, palette: tuple[str, ...]
) -> None:
    values: list[list[float | None]] = [[None] * (months + 1) for _ in rows]
    for cell in frame[frame["status"] == "ok"].to_dict("records"):
        values[rows[cell["period_start"]]][int(cell["months_later"])] = 100 * cell["value"]
    chart.add(
        "heatmap",
        z=values,
        x=list(range(months + 1)),
        y=list(rows.values()),
        zmin=0,
        zmax=100,
        colorscale=[[i / (_STEPS - 1), colour] for i, colour in enumerate(palette)],
        showscale=False,
        xgap=2,
        ygap=4,
        hoverinfo="skip",
    )


def _add_share(chart: Chart, cell: dict[Hashable, Any], row: int, colours: Palette) -> None:
    """The percentage, or the counts where a cohort is too small for one."""
    is_ok = cell["status"] == "ok"
    text = (
        percent_text(cell["value"], 0).rstrip("\u00a0%") if is_ok else f"{cell['numerator']}/{cell['size']}"
    )
    # The strong end of the scale is dark on a light page and light on a dark one.
    colour = colours.paper if is_ok and cell["value"] > _STRONG else colours.ink if is_ok else colours.muted
    chart.add_words(text, x=int(cell["months_later"]), y=row, font={"size": 12, "color": colour})
