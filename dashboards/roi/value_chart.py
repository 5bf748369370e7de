"""Cumulative value by quarter, and when the platform has paid for itself."""

from collections.abc import Sequence

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, figure
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.words.values import amount_text
from metrics.roi.result import WIDEST

_MOST_TICKS = 12
_SYMBOLS = {"cash": "square", "cash_and_capacity": "diamond", "cash_capacity_and_risk": "circle"}


def cumulative_title(money: Money) -> str:
    """Whether and when the widest headline is paid back."""
    if money.is_refused(WIDEST):
        return "Payback cannot be stated: a source behind it is refused"
    finance = money.result.headline(WIDEST).finance
    answer = finance.payback_quarters
    if answer.value is None:
        return f"The platform is {answer.reason} of {len(finance.flows)} quarters"
    if answer.value == 0:
        return "The platform was never in the red"
    return f"The platform is {text.payback_text(money.result.headline(WIDEST))}"


def cumulative(frame: pd.DataFrame, money: Money, colours: Palette) -> Chart:
    """Net so far on each basis; solid until the reported quarter, dotted and hollow after it."""
    chart = figure(colours, left=44, right=24, top=20, bottom=86)
    chart.add_level(0, line={"color": colours.muted, "width": 1})
    shades = {"cash": colours.muted, "cash_and_capacity": colours.second, WIDEST: colours.accent}
    for basis, rows in frame.groupby("basis", sort=False):
        _add_basis(chart, str(basis), rows, shades[str(basis)], colours, money.result.currency)
    names = list(dict.fromkeys(frame["quarter"]))
    chart.set_x(
        type="category", tickvals=names, ticktext=quarter_ticks(names), tickfont={"color": colours.muted}
    )
    chart.set_y(tickformat="~s", nticks=6)
    return chart


def quarter_ticks(names: Sequence[str]) -> list[str]:
    """``Q3`` with the year below where it begins or the axis does; every other one where there are many.

    Examples
    --------
    >>> quarter_ticks(["2025-Q4", "2026-Q1", "2026-Q2"])
    ['Q4<br>2025', 'Q1<br>2026', 'Q2']
    """
    ticks, shown = [], ""
    for place, name in enumerate(names):
        year, _, number = name.rpartition("-")
        is_dropped = len(names) > _MOST_TICKS and place % 2
        ticks.append("" if is_dropped else number if year == shown else f"{number}<br>{year}")
        shown = shown if is_dropped else year
    return ticks


def _add_basis(
    chart: Chart, basis: str, rows: pd.DataFrame, shade: str, colours: Palette, currency: str
) -> None:
    past = rows[~rows["is_projected"]]
    ahead = pd.concat([past.tail(1), rows[rows["is_projected"]]])
    for part, is_ahead in ((past, False), (ahead, True)):
        chart.add(
            "scatter",
            x=list(part["quarter"]),
            y=list(part["net_so_far"]),
            mode="lines+markers",
            line={"color": shade, "width": 2.25, "dash": "dot" if is_ahead else "solid", "shape": "linear"},
            marker={
                "symbol": _SYMBOLS[basis],
                "size": 8,
                "color": colours.paper if is_ahead else shade,
                "line": {"color": shade, "width": 1.6},
            },
            name=text.BASIS_NAMES[basis],
            legendgroup=basis,
            showlegend=not is_ahead,
            text=[
                f"{quarter}: {amount_text(reached, currency)} so far, {amount_text(net)} in it"
                for quarter, net, reached in zip(
                    part["quarter"], part["net"], part["net_so_far"], strict=True
                )
            ],
            hovertemplate="%{text}<extra></extra>",
        )
