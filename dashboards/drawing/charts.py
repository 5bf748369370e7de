"""Figures from frames: a trend over periods, and what its axes and benchmark lines look like.

Gaps are gaps: a line stops where nothing is known; a hollow marker says that n is below the minimum.
"""

import math
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboards.drawing.axes import add_months, add_quarters, band_columns, fit_values, in_reach
from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, figure
from dashboards.words.values import count, day_text, interval_text, value_text
from dashboards.words.wording import noun
from metrics.catalog import Metric
from metrics.scope import Period

_MEASURES = {
    "hours": "median hours",
    "ratio": "share",
    "per day": "per day",
    "per engineer and quarter": "per engineer and quarter",
    "days": "median days",
}


def trend(
    frame: pd.DataFrame,
    metric: Metric,
    colours: Palette,
    *,
    grain: Period,
    end: date,
    quarter_start_month: int = 1,
    year: int | None = None,
    target: tuple[float, str] | None = None,
) -> Chart:
    """A metric over periods with its band, hollow markers where n is small, quarters and benchmarks.

    Parameters
    ----------
    frame : one scope, columns of `metrics.compute` computed with ``minimum_n=1``, ordered by period.
    grain : the period of the frame; if its last one is not over by ``end``, its point stands apart.
    end : day after the last day that the frame speaks of.
    year : report year of the benchmark lines; ``None`` draws none.
    target : value of a goal and its words, for a quiet line.
    """
    # Room for "100 %" or "200 h", for months with a year below them, and for a legend of one line.
    left = 50 if metric.unit in ("hours", "ratio") else 28
    chart = figure(colours, left=left, right=84 if year else 26, bottom=86)
    shape = frame.reset_index(drop=True)
    shape = shape.assign(middle=_middles(shape["period_start"], end))
    whole = shape.iloc[:-1] if is_running(shape["period_start"].iloc[-1], grain, end) else shape
    _add_band(chart, whole, metric, colours)
    _add_line(chart, whole, metric, colours)
    _add_small(chart, whole, metric, colours)
    _add_running(chart, shape.iloc[len(whole) :], metric, grain, colours)
    start = shape["period_start"].iloc[0]
    add_quarters(chart, start, end, quarter_start_month, colours)
    reached = target is not None and in_reach(shape, metric, target[0])
    if target is not None and reached:
        _add_target(chart, start, end, metric, target, colours)
    fit_values(chart, shape, metric, year, colours, target[0] if target and reached else None)
    add_months(chart, start, end)
    return chart


def _middles(starts: pd.Series, end: date) -> list[str]:
    """The middle of each period, where its value is drawn, as Plotly reads it."""
    edges = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in [*starts, end]]
    return [(left + (right - left) / 2).isoformat() for left, right in pairwise(edges)]


def _add_band(chart: Chart, frame: pd.DataFrame, metric: Metric, colours: Palette) -> None:
    low, high, name = band_columns(frame)
    known = frame[low].notna() & frame[high].notna()
    for i, run in enumerate(_runs(known)):
        part = frame.iloc[run]
        outline = [*part["middle"], *reversed(list(part["middle"]))]
        edge = [*part[high], *reversed(list(part[low]))]
        chart.add(
            "scatter",
            x=outline,
            y=_scaled(metric, edge),
            fill="toself",
            fillcolor=colours.band,
            line={"width": 0},
            mode="lines",
            name=name,
            legendgroup="band",
            showlegend=i == 0,
            hoverinfo="skip",
        )


def _add_line(chart: Chart, frame: pd.DataFrame, metric: Metric, colours: Palette) -> None:
    lonely = frame["value"].notna() & frame["value"].shift(1).isna() & frame["value"].shift(-1).isna()
    chart.add(
        "scatter",
        x=list(frame["middle"]),
        y=_scaled(metric, frame["value"]),
        mode="lines+markers",
        marker={"size": [7 if alone else 5 for alone in lonely], "color": colours.accent},
        line={"color": colours.accent, "width": 2.25, "shape": "linear"},
        connectgaps=False,
        name=_MEASURES[metric.unit],
        customdata=[str(start) for start in frame["period_start"]],
        text=[_hover(metric, row) for row in frame.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
    )


def _add_small(chart: Chart, frame: pd.DataFrame, metric: Metric, colours: Palette) -> None:
    """Hollow markers on top of the line, so that the difference is one of shape and not of colour alone."""
    small = frame[frame["value"].notna() & (frame["n"] < metric.minimum_n)]
    if small.empty:
        return
    chart.add(
        "scatter",
        x=list(small["middle"]),
        y=_scaled(metric, small["value"]),
        mode="markers",
        marker={"size": 9, "color": colours.paper, "line": {"color": colours.warn, "width": 2}},
        name=f"fewer than {metric.minimum_n} {noun(metric, 2)}",
        customdata=[str(start) for start in small["period_start"]],
        text=[_hover(metric, row) for row in small.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
    )


def _add_running(chart: Chart, last: pd.DataFrame, metric: Metric, grain: Period, colours: Palette) -> None:
    """The period that is not over: its few days are no whole period, so no line leads to it."""
    if last["value"].notna().any():
        chart.add(
            "scatter",
            x=list(last["middle"]),
            y=_scaled(metric, last["value"]),
            mode="markers",
            marker={
                "symbol": "square",
                "size": 8,
                "color": colours.paper,
                "line": {"color": colours.accent, "width": 2},
            },
            cliponaxis=False,
            name=f"{grain} not over",
            customdata=[str(start) for start in last["period_start"]],
            text=[_hover(metric, row) for row in last.to_dict("records")],
            hovertemplate="%{text}<extra></extra>",
        )


def _add_target(
    chart: Chart, start: date, end: date, metric: Metric, target: tuple[float, str], colours: Palette
) -> None:
    """A quiet dashed line whose words stand in the legend, where they cover no data."""
    value, words = target
    chart.add(
        "scatter",
        x=[start, end],
        y=_scaled(metric, [value, value]),
        mode="lines",
        line={"color": colours.second, "width": 1.5, "dash": "dash"},
        name=words,
        hoverinfo="skip",
    )


def is_running(start: date, grain: Period, end: date) -> bool:
    """Whether a period that began on ``start`` goes on after the window's end."""
    days = {"week": 7, "month": 28, "quarter": 89}.get(grain, 0)
    if (end - start).days < days:
        return True
    return grain in ("month", "quarter") and end.day != 1


def _hover(metric: Metric, row: dict[Hashable, Any]) -> str:
    value, low, high = (float(row[key]) for key in ("value", "low", "high"))
    if math.isnan(value):
        return ""
    start = row["period_start"]
    n = int(row["n"])
    interval = interval_text(metric.unit, value, low, high)
    return (
        f"<b>{value_text(metric.unit, value)}</b> from {day_text(start)}<br>"
        f"95 % {interval}<br>n = {count(n)} {noun(metric, n)}"
    )


def _scaled(metric: Metric, values: Sequence[float] | pd.Series) -> list[float]:
    factor = 100.0 if metric.unit == "ratio" else 1.0
    return [float(value) * factor for value in values]


def _runs(known: pd.Series) -> Iterator[slice]:
    """The stretches of rows without a gap."""
    start: int | None = None
    for i, is_known in enumerate([*known, False]):
        if is_known and start is None:
            start = i
        elif not is_known and start is not None:
            yield slice(start, i)
            start = None
