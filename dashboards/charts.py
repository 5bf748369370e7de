"""Figures from frames: a trend over periods, and what its axes and benchmark lines look like.

Gaps are gaps: a line stops where nothing is known; a hollow marker says that n is below the minimum.
"""

import math
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.theme import Palette, figure
from dashboards.values import count, day_text, interval_text, round_number, scale_of, value_text
from dashboards.windows import quarter_label, quarter_start
from dashboards.wording import noun
from metrics.bands import BANDS, LEVELS
from metrics.catalog import Metric
from metrics.scope import Period

# A benchmark is drawn where it helps to read the data, not where it would press the data flat.
_NEAR_LOG, _NEAR_LINEAR = 4.0, 1.3
_MOST_TICKS = 9
_HOUR_TICKS = [n * 10**e for e in range(-2, 5) for n in (1, 2, 5)]
_HOUR_WORDS = {24.0: "1 day", 168.0: "1 week", 730.0: "1 month", 4380.0: "6 months", 1.0: "1 hour"}
_RATE_WORDS = {
    1.0: "1 per day",
    1 / 7: "1 per week",
    1 / 30.4375: "1 per month",
    1 / 182.625: "1 in 6 months",
}
_MEASURES = {"hours": "median hours", "ratio": "share", "per day": "per day"}


def trend(
    frame: pd.DataFrame,
    metric: Metric,
    colours: Palette,
    *,
    grain: Period,
    end: date,
    quarter_start_month: int = 1,
    year: int | None = None,
) -> go.Figure:
    """A metric over periods with its band, hollow markers where n is small, quarters and benchmarks.

    Parameters
    ----------
    frame : one scope, columns of `metrics.compute` computed with ``minimum_n=1``, ordered by period.
    grain : the period of the frame; if its last one is not over by ``end``, its point stands apart.
    end : day after the last day that the frame speaks of.
    year : report year of the benchmark lines; ``None`` draws none.
    """
    chart = figure(colours, right=84 if year else 16)
    shape = frame.reset_index(drop=True)
    shape = shape.assign(middle=_middles(shape["period_start"], end))
    whole = shape.iloc[:-1] if is_running(shape["period_start"].iloc[-1], grain, end) else shape
    _add_band(chart, whole, metric, colours)
    _add_line(chart, whole, metric, colours)
    _add_small(chart, whole, metric, colours)
    _add_running(chart, shape.iloc[len(whole) :], metric, grain, colours)
    start = shape["period_start"].iloc[0]
    _add_quarters(chart, start, end, quarter_start_month, colours)
    _scale(chart, shape, metric, year, colours)
    chart.update_xaxes(
        type="date", range=[start, end], tickformat="%b\n%Y", nticks=7, hoverformat="%-d %b %Y"
    )
    return chart


def _middles(starts: pd.Series, end: date) -> list[datetime]:
    """The middle of each period, where its value is drawn."""
    edges = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in [*starts, end]]
    return [left + (right - left) / 2 for left, right in pairwise(edges)]


def band_columns(frame: pd.DataFrame) -> tuple[str, str, str]:
    """The two columns of the band and what it is called: the middle half where known, else the interval."""
    if "p25" in frame and "p75" in frame:
        return "p25", "p75", "25th to 75th percentile"
    return "low", "high", "95 % interval"


def _add_band(chart: go.Figure, frame: pd.DataFrame, metric: Metric, colours: Palette) -> None:
    low, high, name = band_columns(frame)
    known = frame[low].notna() & frame[high].notna()
    for i, run in enumerate(_runs(known)):
        part = frame.iloc[run]
        outline = [*part["middle"], *reversed(list(part["middle"]))]
        edge = [*part[high], *reversed(list(part[low]))]
        chart.add_scatter(
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


def _add_line(chart: go.Figure, frame: pd.DataFrame, metric: Metric, colours: Palette) -> None:
    lonely = frame["value"].notna() & frame["value"].shift(1).isna() & frame["value"].shift(-1).isna()
    chart.add_scatter(
        x=frame["middle"],
        y=_scaled(metric, frame["value"]),
        mode="lines+markers",
        marker={"size": [7 if alone else 5 for alone in lonely], "color": colours.accent},
        line={"color": colours.accent, "width": 2.25, "shape": "linear"},
        connectgaps=False,
        name=_MEASURES[metric.unit],
        customdata=frame["period_start"].astype(str),
        text=[_hover(metric, row) for row in frame.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
    )


def _add_small(chart: go.Figure, frame: pd.DataFrame, metric: Metric, colours: Palette) -> None:
    """Hollow markers on top of the line, so that the difference is one of shape and not of colour alone."""
    small = frame[frame["value"].notna() & (frame["n"] < metric.minimum_n)]
    if small.empty:
        return
    chart.add_scatter(
        x=small["middle"],
        y=_scaled(metric, small["value"]),
        mode="markers",
        marker={"size": 9, "color": colours.paper, "line": {"color": colours.warn, "width": 2}},
        name=f"fewer than {metric.minimum_n} {noun(metric, 2)}",
        customdata=small["period_start"].astype(str),
        text=[_hover(metric, row) for row in small.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
    )


def _add_running(
    chart: go.Figure, last: pd.DataFrame, metric: Metric, grain: Period, colours: Palette
) -> None:
    """The period that is not over: a few days are not comparable with whole periods, so no line leads there."""
    if last["value"].notna().any():
        chart.add_scatter(
            x=last["middle"],
            y=_scaled(metric, last["value"]),
            mode="markers",
            marker={
                "symbol": "square",
                "size": 8,
                "color": colours.paper,
                "line": {"color": colours.accent, "width": 2},
            },
            name=f"{grain} not over",
            customdata=last["period_start"].astype(str),
            text=[_hover(metric, row) for row in last.to_dict("records")],
            hovertemplate="%{text}<extra></extra>",
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


def _add_quarters(chart: go.Figure, start: date, end: date, month: int, colours: Palette) -> None:
    """Every second quarter shaded, its name above the plot; a sliver at the edge has no room for a name."""
    first, is_shaded, has_year = quarter_start(start, month), True, False
    while first < end:
        after = quarter_start(first + timedelta(days=100), month)
        left, right = max(first, start), min(after, end)
        if is_shaded:
            chart.add_vrect(x0=left, x1=right, fillcolor=colours.shade, line_width=0, layer="below")
        if (right - left).days >= (end - start).days / 14:
            label = quarter_label(first, month)
            # The year stands once, so that names fit beside each other on a narrow screen.
            text = label[:2] if has_year and not label.startswith("Q1") else label
            _add_quarter_name(chart, left + (right - left) / 2, text, colours)
            has_year = True
        first, is_shaded = after, not is_shaded


def _add_quarter_name(chart: go.Figure, middle: date, label: str, colours: Palette) -> None:
    chart.add_annotation(
        x=middle,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=label,
        showarrow=False,
        font={"size": 12, "color": colours.muted},
    )


def _scale(chart: go.Figure, frame: pd.DataFrame, metric: Metric, year: int | None, colours: Palette) -> None:
    """The axis fits the values; an interval that is far wider than they are runs out of the plot."""
    low, high, _ = band_columns(frame)
    seen = [v for column in (low, "value", high) for v in frame[column].dropna() if v > 0]
    if metric.unit == "hours":
        _log_axis(chart, seen or [1.0, 24.0], metric, year, colours)
    else:
        values = frame["value"].dropna()
        top = min(max(seen, default=0.1), 1.6 * max(values, default=0.1))
        _linear_axis(chart, top or 0.1, metric, year, colours)


def _log_axis(
    chart: go.Figure, seen: Sequence[float], metric: Metric, year: int | None, colours: Palette
) -> None:
    bottom, top = min(seen) / 1.3, max(seen) * 1.3
    near = [
        (limit, label)
        for limit, label in benchmark_limits(metric, year)
        if bottom / _NEAR_LOG < limit < top * _NEAR_LOG
    ]
    for limit, label in near:
        bottom, top = min(bottom, limit / 1.3), max(top, limit * 1.3)
        add_benchmark(chart, limit, label, colours, is_log=True)
    ticks = [tick for tick in _HOUR_TICKS if bottom <= tick <= top]
    if len(ticks) > _MOST_TICKS:
        ticks = [tick for tick in ticks if math.log10(tick).is_integer()]
    chart.update_yaxes(
        type="log",
        range=[math.log10(bottom), math.log10(top)],
        tickvals=ticks,
        ticktext=[f"{round_number(tick)} h" for tick in ticks],
    )


def _linear_axis(chart: go.Figure, top: float, metric: Metric, year: int | None, colours: Palette) -> None:
    factor, suffix = (100.0, " %") if metric.unit == "ratio" else (1.0, "")
    near = [(limit, label) for limit, label in benchmark_limits(metric, year) if limit < top * _NEAR_LINEAR]
    top = max(top, *(limit for limit, _ in near)) if near else top
    for limit, label in near:
        add_benchmark(chart, limit * factor, label, colours, is_log=False)
    chart.update_yaxes(range=[0, top * 1.08 * factor], ticksuffix=suffix, rangemode="tozero", nticks=6)


def benchmark_limits(metric: Metric, year: int | None) -> list[tuple[float, str]]:
    """The limits of a report year's levels with a label that names level and year."""
    bands = BANDS.get(year or 0, {}).get(metric.name)
    if bands is None:
        return []
    return [
        (limit, f"{limit_words(metric, limit)}<br>{level} {year}")
        for level, limit in zip(LEVELS, bands.limits, strict=False)
    ]


def limit_words(metric: Metric, limit: float) -> str:
    """A limit as people say it: 1 day, 10 %, 1 per week."""
    words = {"hours": _HOUR_WORDS, "per day": _RATE_WORDS}.get(metric.unit, {})
    scale = scale_of(metric.unit, limit)
    return words.get(limit, f"{round_number(limit * scale.factor)}{scale.suffix}")


def add_benchmark(chart: go.Figure, limit: float, label: str, colours: Palette, *, is_log: bool) -> None:
    """A quiet dotted line with its name and year beside the plot."""
    chart.add_hline(y=limit, line={"color": colours.muted, "width": 1, "dash": "dot"}, layer="below")
    chart.add_annotation(
        x=1,
        xref="paper",
        xanchor="left",
        xshift=6,
        # Shapes on a log axis are placed by value, annotations by the value's logarithm.
        y=math.log10(limit) if is_log else limit,
        text=label,
        align="left",
        showarrow=False,
        font={"size": 11, "color": colours.muted},
    )
