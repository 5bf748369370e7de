"""Panels of the overview that speak of money: where it comes from, what changed, what needs a decision."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboards.page.components import colours, download, panel
from dashboards.page.data import Facts
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.report.rows import waterfall_chart
from dashboards.roi.changes import LineChange, change_frame, change_sentence, ledger_changes, line_changes
from dashboards.roi.decisions import decisions
from dashboards.roi.drawn import draw
from dashboards.roi.frames import total_frame
from dashboards.roi.money import ledger_of_page
from dashboards.roi.reports import reports_directory
from dashboards.words.values import amount_text, count, in_currency
from metrics.roi.result import WIDEST

_MOST = 8
_TRENDS = {True: ":green[:material/trending_up:]", False: ":red[:material/trending_down:]"}


def waterfall_panel(facts: Facts, money: Money) -> None:
    """From the benefits to the net, line by line."""
    drawn = waterfall_chart(money)
    title = text.waterfall_title(money)
    with panel(
        title, f"{money.result.currency} in {text.quarter_name(money)}, likely values, whole organisation."
    ):
        if drawn is None:
            st.caption(
                "Nothing is known of the money of the quarter, or the trust gate refuses a line of it."
            )
            return
        draw(drawn, colours(), alt=title)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("views/roi.py", label="What is behind each line", icon=":material/table_rows:")
            download(total_frame(money), facts, "money", money.quarter.name)


def changes_panel(facts: Facts, money: Money, before: Money) -> None:
    """What changed since the quarter before, the largest first."""
    earlier = text.quarter_name(before)
    every = line_changes(money, before)
    changes, others = every[:_MOST], every[_MOST:]
    with panel(
        _changes_title(money, before),
        f"Likely values of {text.quarter_name(money)} against {earlier}; the largest first.",
    ):
        lines = [
            f"{_TRENDS[change.size > 0]} {change_sentence(change, money.result.currency, earlier)}"
            for change in changes
        ]
        lines += [f":material/edit: {line}" for line in ledger_changes(ledger_of_page(facts), money)]
        if lines:
            st.markdown("\n\n".join(lines))
        if others:
            st.caption(_others(others, money.result.currency))
        if not changes:
            st.caption("No line differs, or none could be computed in both quarters.")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("views/roi.py", label="What is behind each line", icon=":material/table_rows:")
            download(change_frame(every), facts, "money-changes", money.quarter.name)


def _others(changes: Sequence[LineChange], currency: str) -> str:
    """What is not told line by line, so that the reader can add up to the title."""
    lines = "One more line" if len(changes) == 1 else f"{count(len(changes))} more lines together"
    size = sum((change.size for change in changes), Decimal(0))
    sign = "+" if size > 0 else ""
    return f"{lines}: {in_currency(sign + amount_text(size), currency)}."


def _changes_title(money: Money, before: Money) -> str:
    if any(not each.is_known or each.is_refused(WIDEST) for each in (money, before)):
        return "The two quarters cannot be compared as a whole"
    change = money.result.headline(WIDEST).net.point - before.result.headline(WIDEST).net.point
    how = "more" if change >= 0 else "less"
    size = amount_text(abs(change), money.result.currency)
    return f"The likely net is {size} {how} than in {text.quarter_name(before)}"


def decisions_panel(facts: Facts, money: Money, goals: Sequence[str]) -> None:
    """What waits for somebody, with the command that settles it; ``goals`` are sentences of such goals."""
    lines = [*goals, *decisions(facts, money, ledger_of_page(facts), reports_directory())]
    n = len(lines)
    title = (
        "Nothing waits for a decision"
        if not n
        else f"{n} {'matter needs' if n == 1 else 'matters need'} a decision"
    )
    with panel(title, "What keeps figures out or in doubt, with the command that settles it."):
        if lines:
            st.markdown("\n".join(f"- {line}" for line in lines))
