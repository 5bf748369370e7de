"""Adoption: who uses the platform, whether they stay, and what still comes by ticket."""

import streamlit as st

from dashboards.adoption_panels import how_to_panel, latency_panel, runs_panel, shares_panel, start_panel
from dashboards.cards import card
from dashboards.cohort_panel import cohort_panel
from dashboards.components import heading
from dashboards.data import Facts, open_facts
from dashboards.delivery_panels import Cell, choose_grain, evidence_panel, scopes_panel, trend_panel
from dashboards.filters import View, chosen
from dashboards.keys import key_of
from dashboards.leakage_panel import leakage_panel
from dashboards.request_health import request_badges
from metrics.catalog import metric_named

HEADLINES = (
    "team_adoption_rate",
    "self_service_share",
    "golden_path_share",
    "fallback_rate",
    "how_to_ticket_rate",
)
MEASURES = (*HEADLINES, "request_latency", "action_success_rate", "action_duration", "activation_rate")


def _measure() -> str:
    return st.segmented_control(
        "Measure",
        MEASURES,
        default=MEASURES[0],
        required=True,
        key="measure",
        bind="query-params",
        format_func=lambda name: metric_named(name).title,
        label_visibility="collapsed",
        wrap=True,
    )


def _one_measure(facts: Facts, view: View) -> None:
    """One measure over time, by team or action, with the rows behind it."""
    st.subheader("One measure in depth", anchor=False)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        name, grain = _measure(), choose_grain()
    key = key_of(facts, view, name)
    period = trend_panel(facts, view, key, grain)
    scope = scopes_panel(facts, view, name)
    start, end = period or (view.window.start, view.window.end)
    by, scope_id, words = scope or ("organisation", "organisation", view.scope)
    cell = Cell(by, scope_id, words, start, end)
    evidence_panel(facts, view, key.metric, cell, is_chosen=bool(period or scope))


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
heading("Platform adoption", "Which teams use the platform, and what still comes by ticket?", facts, view)
request_badges(facts, view)
if view.where.tiers:
    st.caption(
        "Where teams are counted, and for how-to questions, the figures are of all tiers: they have none."
    )

with st.grid(5, min_column_width=180, gap="small"):
    for name in HEADLINES:
        card(key_of(facts, view, name), view.window.previous_label, facts.report_year, view.n_services)

left, right = st.columns(2)
with left:
    shares_panel(facts, view)
with right:
    latency_panel(facts, view)
leakage_panel(facts, view)
left, right = st.columns([3, 2])
with left:
    cohort_panel(facts, view)
with right:
    start_panel(facts, view)
runs_panel(facts, view)
how_to_panel(facts, view)
_one_measure(facts, view)
