"""Axes of a trend: quarters above the plot, a value axis that fits, benchmark lines with their year."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette
from dashboards.words.locale import in_use
from dashboards.words.values import day_text, round_number, scale_of
from dashboards.words.windows import quarter_label, quarter_start
from metrics.bands import BANDS, LEVELS
from metrics.catalog import Metric

# A benchmark is drawn where it helps to read the data, not where it would press the data flat.
_NEAR_LOG, _NEAR_LINEAR = 4.0, 1.3
# A goal is worth more room: the way to it is what the chart is about.
_FAR_LINEAR = 2.0
_MOST_TICKS = 9
_MOST_MONTHS, _FEWEST_MONTHS = 7, 3
_HOUR_TICKS = [n * 10**e for e in range(-2, 5) for n in (1, 2, 5)]
_HOUR_WORDS = {24.0: "1 day", 168.0: "1 week", 730.0: "1 month", 4380.0: "6 months", 1.0: "1 hour"}
_RATE_WORDS = {
    1.0: "1 per day",
    1 / 7: "1 per week",
    1 / 30.4375: "1 per month",
    1 / 182.625: "1 in 6 months",
}


def band_columns(frame: pd.DataFrame) -> tuple[str, str, str]:
    """The two columns of the band and what it is called: the middle half where known, else the interval."""
    if "p25" in frame and "p75" in frame:
        return "p25", "p75", "25th to 75th percentile"
    return "low", "high", "95 % interval"


def add_quarters(chart: Chart, start: date, end: date, month: int, colours: Palette) -> None:
    """Every second quarter shaded, its name above the plot; a sliver at the edge has no room for a name."""
    first, is_shaded, has_year = quarter_start(start, month), True, False
    while first < end:
        after = quarter_start(first + timedelta(days=100), month)
        left, right = max(first, start), min(after, end)
        if is_shaded:
            chart.add_span(left, right, fillcolor=colours.shade, line={"width": 0}, layer="below")
        if (right - left).days >= (end - start).days / 14:
            label = quarter_label(first, month)
            # The year stands once, so that names fit beside each other on a narrow screen.
            text = label[:2] if has_year and not label.startswith("Q1") else label
            _add_quarter_name(chart, left + (right - left) / 2, text, colours)
            has_year = True
        first, is_shaded = after, not is_shaded


def _add_quarter_name(chart: Chart, middle: date, label: str, colours: Palette) -> None:
    chart.add_words(
        label, x=middle, y=1, yref="paper", yanchor="bottom", font={"size": 12, "color": colours.muted}
    )


def add_months(chart: Chart, start: date, end: date) -> None:
    """A tick where a month begins, with its name as the locale has it, and the year where that changes.

    A short span has ticks at days.
    """
    firsts = [stamp.date() for stamp in pd.date_range(start, end, freq="MS", inclusive="left")]
    ticks = firsts[:: max(1, math.ceil(len(firsts) / _MOST_MONTHS))]
    if len(ticks) < _FEWEST_MONTHS:
        step = max(1, (end - start).days // _FEWEST_MONTHS)
        ticks = [start + timedelta(days=n) for n in range(0, (end - start).days, step)]
        words = [day_text(tick) for tick in ticks]
    else:
        years = [None, *(tick.year for tick in ticks)]
        words = [
            in_use().month(tick) + ("" if tick.year == year else f"<br>{tick.year}")
            for tick, year in zip(ticks, years, strict=False)
        ]
    chart.set_x(type="date", range=[start, end], tickvals=ticks, ticktext=words)


def fit_values(
    chart: Chart,
    frame: pd.DataFrame,
    metric: Metric,
    year: int | None,
    colours: Palette,
    target: float | None = None,
) -> None:
    """A value axis that fits, ``target`` included; an interval far wider than the values runs out of it."""
    low, high, _ = band_columns(frame)
    seen = [v for column in (low, "value", high) for v in frame[column].dropna() if v > 0]
    wanted = [] if target is None else [target]
    if metric.unit == "hours":
        _log_axis(chart, [*(seen or [1.0, 24.0]), *wanted], metric, year, colours)
    else:
        values = frame["value"].dropna()
        top = min(max(seen, default=0.1), 1.6 * max(values, default=0.1))
        _linear_axis(chart, max([top or 0.1, *wanted]), metric, year, colours)


def in_reach(frame: pd.DataFrame, metric: Metric, target: float) -> bool:
    """Whether a target can be drawn without pressing the data flat."""
    seen = [value for value in frame["value"].dropna() if value > 0]
    if metric.unit == "hours":
        return not seen or min(seen) / _NEAR_LOG < target < max(seen) * _NEAR_LOG
    return not seen or target < _FAR_LINEAR * max(seen)


def _log_axis(
    chart: Chart, seen: Sequence[float], metric: Metric, year: int | None, colours: Palette
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
    chart.set_y(
        type="log",
        range=[math.log10(bottom), math.log10(top)],
        tickvals=ticks,
        ticktext=[f"{round_number(tick)} h" for tick in ticks],
    )


def _linear_axis(chart: Chart, top: float, metric: Metric, year: int | None, colours: Palette) -> None:
    factor, suffix = (100.0, " %") if metric.unit == "ratio" else (1.0, "")
    near = [(limit, label) for limit, label in benchmark_limits(metric, year) if limit < top * _NEAR_LINEAR]
    top = max(top, *(limit for limit, _ in near)) if near else top
    for limit, label in near:
        add_benchmark(chart, limit * factor, label, colours, is_log=False)
    chart.set_y(range=[0, top * 1.08 * factor], ticksuffix=suffix, rangemode="tozero", nticks=6)


def worded_scale(
    chart: Chart, seen: Sequence[float], ticks: Sequence[tuple[float, str]], **rest: object
) -> None:
    """A logarithmic scale across that fits what is seen, with those ticks in words that lie on it."""
    low, high = min(seen) / 1.5, max(seen) * 1.5
    near = [(at, words) for at, words in ticks if low <= at <= high]
    chart.set_x(
        type="log",
        range=[math.log10(low), math.log10(high)],
        tickvals=[at for at, _ in near],
        ticktext=[words for _, words in near],
        **rest,
    )


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


def add_benchmark(chart: Chart, limit: float, label: str, colours: Palette, *, is_log: bool) -> None:
    """A quiet dotted line with its name and year beside the plot."""
    chart.add_level(limit, line={"color": colours.muted, "width": 1, "dash": "dot"}, layer="below")
    chart.add_words(
        label,
        x=1,
        xref="paper",
        xanchor="left",
        xshift=6,
        # Shapes on a log axis are placed by value, annotations by the value's logarithm.
        y=math.log10(limit) if is_log else limit,
        align="left",
        font={"size": 11, "color": colours.muted},
    )
