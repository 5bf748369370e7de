"""Figures with many things side by side: services of a metric, stages of a change, ages of open changes."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboards.drawing.axes import benchmark_limits
from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, figure
from dashboards.words.values import count, percent_text, scale_of, value_text
from dashboards.words.wording import Figure, noun
from metrics.catalog import Metric
from metrics.distribution import Distribution

_STATES = {"too_few": "too few to say", "no_data": "no data", "not_collected": "not collected"}
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
    chart = figure(colours, height=250, top=48, bottom=66)
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
    seen = [float(v) for v in values] or [ticks[0][0], ticks[-1][0]]
    low, high = min(seen) / 1.5, max(seen) * 1.5
    near = [(at, words) for at, words in ticks if low <= at <= high]
    chart.set_x(
        type="log",
        range=[math.log10(low), math.log10(high)],
        tickvals=[at for at, _ in near],
        ticktext=[words for _, words in near],
    )


def levels(spread: Distribution, colours: Palette) -> Chart:
    """How many services lie in each band, and how many say nothing; counts are written beside the bars."""
    words = {str(level): n for level, n in spread.level_counts.items()}
    if not words:
        words["with a value"] = spread.status_counts["ok"]
    silent = {_STATES[status]: spread.status_counts[status] for status in _STATES}
    counts = words | silent
    labels = list(counts)
    total = sum(counts.values()) or 1
    chart = figure(colours, height=250, top=48, right=56)
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


def stages(
    now: Sequence[Figure], before: Sequence[Figure], colours: Palette, *, previous_label: str
) -> Chart:
    """Each stage's median with its interval, beside that of the window before. Medians do not add up."""
    known = [stage for stage in now if stage.is_ok]
    suffix_scale = scale_of("hours", max((stage.value for stage in known), default=1.0))
    factor = suffix_scale.factor
    labels = [stage.metric.title for stage in now]
    chart = figure(colours, right=92, top=8)
    chart.add(
        "bar",
        x=[stage.value * factor if stage.is_ok else None for stage in now],
        y=labels,
        orientation="h",
        marker={"color": colours.accent},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(stage.high - stage.value) * factor for stage in now],
            "arrayminus": [(stage.value - stage.low) * factor for stage in now],
            "color": colours.ink,
            "thickness": 1.2,
            "width": 4,
        },
        name="median with 95 % interval",
        hoverinfo="skip",
    )
    chart.add(
        "scatter",
        x=[stage.value * factor if stage.is_ok else None for stage in before],
        y=labels,
        mode="markers",
        marker={"symbol": "diamond-open", "size": 10, "color": colours.ink, "line": {"width": 1.6}},
        name=f"median in {previous_label}",
        hoverinfo="skip",
    )
    for stage in now:
        _annotate_stage(chart, stage, colours)
    chart.set_y(autorange="reversed", showgrid=False, tickfont={"color": colours.ink}, ticksuffix=" ")
    chart.set_x(
        showgrid=True, gridcolor=colours.grid, ticksuffix=suffix_scale.suffix, rangemode="tozero", nticks=6
    )
    chart.layout["bargap"] = 0.45
    return chart


def _annotate_stage(chart: Chart, stage: Figure, colours: Palette) -> None:
    p90 = float(stage.extras.get("p90", math.nan))
    tail = f"<br>p90 {value_text('hours', p90)}" if not math.isnan(p90) else ""
    text = f"<b>{value_text('hours', stage.value)}</b>{tail}" if stage.is_ok else _STATES[stage.status]
    chart.add_words(
        text,
        x=1,
        xref="paper",
        xanchor="left",
        xshift=8,
        y=stage.metric.title,
        align="left",
        font={"size": 12, "color": colours.ink},
    )


AGES = ((24.0, "< 1 day"), (168.0, "< 1 week"), (730.0, "< 1 month"), (math.inf, "older"))


def ages(waiting: pd.DataFrame, colours: Palette) -> Chart:
    """How many changes wait, by age, those merged apart from those not merged."""
    chart = figure(colours, height=250, top=8)
    labels = [label for _, label in AGES]
    limits = [0.0, *(limit for limit, _ in AGES)]
    for state, colour, pattern in (
        ("merged, not deployed", colours.accent, ""),
        ("not merged", colours.muted, "/"),
    ):
        hours = waiting.loc[waiting["state"] == state, "age_hours"].dropna().clip(lower=0)
        n = pd.cut(hours, limits, labels=labels, right=False).value_counts().reindex(labels, fill_value=0)
        chart.add(
            "bar",
            x=labels,
            y=n.to_list(),
            name=state,
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fgcolor": colours.paper, "fillmode": "overlay"},
            },
            text=[count(v) if v else "" for v in n],
            textposition="outside",
            textfont={"color": colours.ink},
            cliponaxis=False,
            hoverinfo="skip",
        )
    chart.layout |= {"bargap": 0.4, "bargroupgap": 0.08}
    chart.set_y(rangemode="tozero", nticks=4)
    return chart
