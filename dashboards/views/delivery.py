"""Delivery: one key at a time, by team and service, over time, with the rows behind it."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.delivery.flow_panels import stages_panel, waiting_panel
from dashboards.delivery.panels import Cell, choose_grain, evidence_panel, scopes_panel, trend_panel
from dashboards.delivery.reading_panels import incidents_panel, readings_panel
from dashboards.delivery.spread_panels import spread_panels
from dashboards.page.cards import card
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import View, chosen
from dashboards.page.goals import goals_here
from dashboards.page.head import head
from dashboards.page.keys import KEYS, key_of
from dashboards.page.layout import section
from dashboards.questions.health import health
from dashboards.words.wording import only_figure
from metrics.catalog import metric_named


def _key_name() -> str:
    return st.segmented_control(
        "Key",
        KEYS,
        default=KEYS[0],
        required=True,
        key="key",
        bind="query-params",
        format_func=lambda name: metric_named(name).title,
        label_visibility="collapsed",
        wrap=True,
    )


def _more_about(facts: Facts, view: View, name: str) -> None:
    if name == "change_lead_time":
        stages_panel(facts, view)
        waiting_panel(facts, view)
    elif name == "change_fail_rate":
        readings_panel(facts, view)
    elif name == "failed_deployment_recovery_time":
        figures = facts.figures(
            "incident_time_to_restore", view.window.start, view.window.end, where=view.where
        )
        incidents_panel(facts, view, only_figure("incident_time_to_restore", figures))


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
head(
    "Delivery performance",
    "How fast and how safely do changes reach production?",
    facts,
    view,
    health(facts, view, datetime.now(UTC)),
)
with st.container(horizontal=True, horizontal_alignment="distribute"):
    name = _key_name()
    grain = choose_grain()
key = key_of(facts, view, name, goals_here(facts, view))

left, right = st.columns([5, 12], gap="small")
with left:
    card(key, view.window.previous_label, facts.report_year, view.n_services, is_detailed=True)
with right:
    period = trend_panel(facts, view, key, grain)

scope = scopes_panel(facts, view, name)
start, end = period or (view.window.start, view.window.end)
by, scope_id, words = scope or ("organisation", "organisation", view.scope)
evidence_panel(
    facts, view, key.metric, Cell(by, scope_id, words, start, end), is_chosen=bool(period or scope)
)
section("Across the services")
spread_panels(facts, view, name)
_more_about(facts, view, name)
