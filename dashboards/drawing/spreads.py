"""All services of a metric side by side: each a dot, and how many lie in each band."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboards.drawing.axes import benchmark_limits, worded_scale
from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import LEGEND, Palette, figure, room
from dashboards.words.values import count, percent_text, value_text
from dashboards.words.vocabulary import STATES
from dashboards.words.wording import noun
from metrics.catalog import Metric
from metrics.distribution import Distribution

_ACROSS_TICKS = {
    "hours": [
        (1 / 60, "1 min"),
        (0.25, "15 min"),
        (1.0, "1 h"),
        (6.0, "6 h"),
        (24.0, "1 day"),
        (72.0, "3 days"),
        (168.0, "1 week"),
        (730.0, "1 month"),
    ],
    "per day": [
        (1 / 30.4375, "1 a month"),
        (1 / 7, "1 a week"),
        (1.0, "1 a day"),
        (5.0, "5 a day"),
        (25.0, "25 a day"),
    ],
}


def strip(spread: Distribution, metric: Metric, names: Mapping[str, str], colours: Palette) -> Chart:
    """One dot per service along the metric's scale, the quartiles as a shaded box with a line at the median.

    The height of a dot means nothing; it only keeps dots apart, by a fixed pattern.
    """
    chart = figure(colours, height=250, top=48, bottom=LEGEND)
    services = spread.services[spread.services["status"] == "ok"]
    is_log = metric.unit != "ratio"
    factor = 100.0 if metric.unit == "ratio" else 1.0
    values = services["value"] * factor
    if is_log:
        services, values = services[values > 0], values[values > 0]
    _add_quartiles(chart, spread.quartiles, factor, colours, is_log)
    chart.add(
        "scatter",
        x=list(values),
        y=_heights(len(values)),
        mode="markers",
        marker={
            "size": 8,
            "color": colours.accent,
            "opacity": 0.65,
            "line": {"color": colours.paper, "width": 1},
        },
        name="one service",
        text=[_hover(metric, names, row) for row in services.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
    )
    _add_limits(chart, metric, spread.year, factor, colours, is_log)
    chart.set_y(visible=False, range=[-1.15, 1.15])
    _across(chart, metric, values, is_log)
    return chart


def _hover(metric: Metric, names: Mapping[str, str], row: dict[Hashable, Any]) -> str:
    name, n = names.get(row["scope_id"], row["scope_id"]), int(row["n"])
    return f"<b>{name}</b><br>{value_text(metric.unit, row['value'])}<br>n = {count(n)} {noun(metric, n)}"


def _heights(n: int) -> list[float]:
    """Heights between -0.9 and 0.9 in the order of a golden-ratio sequence: even and always the same."""
    return list((np.arange(n) * 0.618033988749895 % 1.0) * 1.8 - 0.9)


def _add_quartiles(
    chart: Chart,
    quartiles: tuple[float, float, float] | None,
    factor: float,
    colours: Palette,
    is_log: bool,
) -> None:
    if quartiles is None or (is_log and quartiles[0] <= 0):
        return
    low, middle, high = (q * factor for q in quartiles)
    chart.add_span(
        low,
        high,
        fillcolor=colours.band,
        line={"width": 0},
        layer="below",
    )
    chart.add(
        "scatter",
        x=[middle, middle],
        y=[-1.1, 1.1],
        mode="lines",
        line={"color": colours.accent, "width": 2},
        name="median service",
        hoverinfo="skip",
    )


def _add_limits(
    chart: Chart, metric: Metric, year: int, factor: float, colours: Palette, is_log: bool
) -> None:
    for limit, label in benchmark_limits(metric, year):
        at = limit * factor
        chart.add_upright(
            at,
            line={"color": colours.muted, "width": 1, "dash": "dot"},
            layer="below",
        )
        chart.add_words(
            label,
            x=math.log10(at) if is_log else at,
            y=1,
            yref="paper",
            yanchor="bottom",
            font={"size": 11, "color": colours.muted},
        )


def _across(chart: Chart, metric: Metric, values: pd.Series, is_log: bool) -> None:
    if not is_log:
        top = max(25.0, float(values.max()) * 1.08 if len(values) else 0.0)
        chart.set_x(range=[-0.6, top], ticksuffix=" %")
        return
    ticks = _ACROSS_TICKS[metric.unit]
    worded_scale(chart, [float(v) for v in values] or [ticks[0][0], ticks[-1][0]], ticks)


def levels(spread: Distribution, colours: Palette) -> Chart:
    """How many services lie in each band, and how many say nothing; counts are written beside the bars."""
    words = {str(level): n for level, n in spread.level_counts.items()}
    if not words:
        words["with a value"] = spread.status_counts["ok"]
    silent = {STATES[status]: spread.status_counts[status] for status in STATES}
    counts = words | silent
    labels = list(counts)
    total = sum(counts.values()) or 1
    chart = figure(colours, height=250, left=room(labels), top=48, right=56)
    chart.add(
        "bar",
        x=list(counts.values()),
        y=labels,
        orientation="h",
        marker={"color": [colours.accent if label in words else colours.muted for label in labels]},
        text=[f"{count(n)} ({percent_text(n / total, 0)})" for n in counts.values()],
        textposition="outside",
        textfont={"color": colours.ink},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    chart.set_y(autorange="reversed", showgrid=False, tickfont={"color": colours.ink}, ticksuffix=" ")
    chart.set_x(visible=False, range=[0, max(counts.values(), default=1) * 1.4 or 1])
    chart.layout["bargap"] = 0.35
    return chart
