"""Return on investment: what the platform brings and costs in a quarter, how sure that is, and on what."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.page.data import open_facts
from dashboards.page.filters import chosen
from dashboards.page.head import head
from dashboards.page.layout import section
from dashboards.questions.health import health
from dashboards.questions.quarter import Money, quarter_shown
from dashboards.report import text
from dashboards.roi.answer import answer_panels, headline_cards
from dashboards.roi.ledger_panel import ledger_panel
from dashboards.roi.lines import lines_panel, missing_panel
from dashboards.roi.money import money_of
from dashboards.roi.reports import reports_panel
from dashboards.roi.scenario import scenario_panel
from dashboards.roi.verdict import verdict_panel
from metrics.errors import MetricError


def _doubts(money: Money) -> None:
    """What a reader has to know before the figures: warnings of the model, and sources that are not well."""
    for warning in money.result.warnings:
        st.warning(f"{warning[:1].upper()}{warning[1:]}.", icon=":material/warning:")
    needed = {need for total in money.result.totals for need in total.kind.needs}
    for state in money.states:
        if state.stamp and state.resource in needed:
            st.badge(f"{state.verdict}: {state.stamp}", icon=":material/warning:", color="orange")
    grades = {figure.grade for figure in money.result.figures if figure.key.startswith("fulfil_touch_hours")}
    if grades and grades != {"measured"}:
        st.badge("The manual baseline is assumed in part", icon=":material/edit:", color="orange")


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
head(
    "Return on investment",
    "Does the platform pay off?",
    facts,
    view,
    health(facts, view, datetime.now(UTC)),
)
quarter = quarter_shown(facts, view.window)
try:
    money = money_of(facts, quarter)
except MetricError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()
if not money.is_known:
    st.info(
        f"Nothing can be said of the money of {text.quarter_name(money)} yet; what is missing stands below."
    )
    missing_panel(money)
    st.stop()
verdict_panel(facts, money)
_doubts(money)
headline_cards(money)
section("Where it comes from, and how sure it is")
answer_panels(facts, money)
scenario_panel(facts, money)
section("Line by line")
lines_panel(facts, view, money)
missing_panel(money)
section("What it rests on")
ledger_panel(facts, money)
reports_panel(facts, money)
