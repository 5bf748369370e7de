"""Self-service beside tickets, action by action: shares as bars, durations as points on one scale of time.

Each action has its name and figures in a line above its marks, so that they fit on a narrow screen too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.drawing.axes import worded_scale
from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import LEGEND, Palette, figure, whiskers
from dashboards.words.values import count, value_text
from dashboards.words.wording import Figure, noun, shown

_ROW, _FRAME = 92, 76
_TIMES = (
    (1 / 60, "1 min"),
    (1 / 6, "10 min"),
    (1.0, "1 h"),
    (6.0, "6 h"),
    (24.0, "1 day"),
    (168.0, "1 week"),
    (730.0, "1 month"),
)


@dataclass(frozen=True, slots=True)
class ActionShare:
    """An action's share where its use is free, under a mandate, and as it was before (free)."""

    action: str
    voluntary: Figure
    mandated: Figure
    before: Figure


@dataclass(frozen=True, slots=True)
class ActionLatency:
    """How long an action takes by ticket and by self-service."""

    action: str
    ticket: Figure
    self_service: Figure


def shares(rows: Sequence[ActionShare], colours: Palette, *, previous_label: str) -> Chart:
    """A bar with its interval for each action; requests under a mandate have a bar of their own."""
    chart = _frame(len(rows), colours, bottom=LEGEND)
    has_mandate = any(row.mandated.n for row in rows)
    _add_bars(chart, [row.voluntary for row in rows], colours, is_mandated=False, shift=0.0)
    if has_mandate:
        _add_bars(chart, [row.mandated for row in rows], colours, is_mandated=True, shift=0.27)
    chart.add(
        "scatter",
        x=[100 * row.before.value if row.before.is_ok else None for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={"symbol": "diamond-open", "size": 10, "color": colours.ink, "line": {"width": 1.6}},
        name=f"in {previous_label}",
        cliponaxis=False,
        hoverinfo="skip",
    )
    for i, row in enumerate(rows):
        _label(chart, i, row.action, _share_words(row), colours)
    chart.set_x(range=[0, 101], ticksuffix=" %", dtick=25, showgrid=True, gridcolor=colours.grid)
    return chart


def _add_bars(
    chart: Chart, figures: Sequence[Figure], colours: Palette, *, is_mandated: bool, shift: float
) -> None:
    known = [(i, item) for i, item in enumerate(figures) if item.is_ok]
    chart.add(
        "bar",
        x=[100 * item.value for _, item in known],
        y=[i + shift for i, _ in known],
        width=0.23,
        orientation="h",
        marker={
            "color": colours.muted if is_mandated else colours.accent,
            # The pattern tells the two apart without the colour.
            "pattern": {"shape": "/" if is_mandated else "", "fgcolor": colours.paper, "fillmode": "overlay"},
        },
        error_x=whiskers([item for _, item in known], 100.0, colours),
        name="under a mandate (compliance)" if is_mandated else "free to choose, with 95 % interval",
        hoverinfo="skip",
    )


def _share_words(row: ActionShare) -> str:
    if not row.mandated.n:
        words = f"{_counted(row.voluntary)} {noun(row.voluntary.metric, row.voluntary.n)}"
        return words if row.voluntary.n else shown(row.voluntary)
    free = [_counted(row.voluntary)] if row.voluntary.n else []
    return " · ".join([*free, f"mandated {_counted(row.mandated)}"])


def _counted(item: Figure) -> str:
    return f"<b>{shown(item)}</b> of {count(item.n)}" if item.is_ok else f"{shown(item)}: {count(item.n)}"


def latencies(rows: Sequence[ActionLatency], colours: Palette) -> Chart:
    """Median and 90th percentile of both ways on one scale; the whisker is the median's interval."""
    chart = _frame(len(rows), colours, bottom=80)
    ways = (
        ([row.ticket for row in rows], "by ticket", colours.accent, "circle", 0.0),
        ([row.self_service for row in rows], "by self-service", colours.second, "diamond", 0.25),
    )
    for figures, name, colour, symbol, shift in ways:
        _add_way(chart, figures, name, colour, symbol, shift, colours)
    for i, row in enumerate(rows):
        words = f"{_time_words(row.ticket)} by ticket · {_time_words(row.self_service)} by self-service"
        _label(chart, i, row.action, words, colours)
    _time_axis(chart, rows, colours)
    return chart


def _add_way(
    chart: Chart,
    figures: Sequence[Figure],
    name: str,
    colour: str,
    symbol: str,
    shift: float,
    colours: Palette,
) -> None:
    known = [(i + shift, item) for i, item in enumerate(figures) if item.is_ok]
    for y, item in known:
        if not math.isnan(p90 := _p90(item)):
            chart.add(
                "scatter",
                x=[item.value, p90],
                y=[y, y],
                mode="lines",
                line={"color": colour, "width": 2},
                showlegend=False,
                hoverinfo="skip",
            )
    chart.add(
        "scatter",
        x=[item.value for _, item in known],
        y=[y for y, _ in known],
        mode="markers",
        marker={"symbol": symbol, "size": 10, "color": colour},
        error_x=whiskers([item for _, item in known], 1.0, colours),
        name=f"median {name}",
        hoverinfo="skip",
    )
    chart.add(
        "scatter",
        x=[_p90(item) for _, item in known],
        y=[y for y, _ in known],
        mode="markers",
        marker={"symbol": f"{symbol}-open", "size": 9, "color": colour, "line": {"width": 2}},
        name="90th percentile",
        hoverinfo="skip",
    )


def _p90(item: Figure) -> float:
    return float(item.extras.get("p90", math.nan))


def _time_words(item: Figure) -> str:
    value = f"<b>{value_text('hours', item.value)}</b>" if item.is_ok else shown(item)
    return f"{value} ({count(item.n)})" if item.n else value


def _time_axis(chart: Chart, rows: Sequence[ActionLatency], colours: Palette) -> None:
    known = [item for row in rows for item in (row.ticket, row.self_service) if item.is_ok]
    seen = [at for item in known for at in (item.low, item.value, item.high, _p90(item)) if at > 0] or [
        1.0,
        24.0,
    ]
    worded_scale(chart, seen, _TIMES, showgrid=True, gridcolor=colours.grid)


def _frame(n_rows: int, colours: Palette, bottom: int) -> Chart:
    chart = figure(colours, height=_FRAME + _ROW * n_rows, top=4, right=20, bottom=bottom)
    chart.set_y(visible=False, range=[n_rows - 0.4, -0.6])
    return chart


def _label(chart: Chart, row: int, action: str, words: str, colours: Palette) -> None:
    chart.add_words(
        f"<b>{action}</b><br>{words}",
        x=0,
        xref="paper",
        xanchor="left",
        y=row - 0.14,
        yanchor="bottom",
        align="left",
        font={"size": 12, "color": colours.ink},
    )
