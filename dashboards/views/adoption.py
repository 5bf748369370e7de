"""Adoption: who uses the platform, whether they stay, and what still comes by ticket."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.adoption.cohort_panel import cohort_panel
from dashboards.adoption.leakage_panel import leakage_panel
from dashboards.adoption.panels import how_to_panel, runs_panel, start_panel
from dashboards.adoption.request_badges import request_badges
from dashboards.adoption.request_panels import latency_panel, shares_panel
from dashboards.delivery.depth import measure_in_depth
from dashboards.page.cards import card
from dashboards.page.data import open_facts
from dashboards.page.filters import chosen
from dashboards.page.goals import goals_here
from dashboards.page.head import heading
from dashboards.page.keys import key_of
from dashboards.page.layout import five_cards, section, side_by_side

HEADLINES = (
    "team_adoption_rate",
    "self_service_share",
    "golden_path_share",
    "fallback_rate",
    "how_to_ticket_rate",
)
MEASURES = (
    *HEADLINES,
    *("request_latency", "action_success_rate", "action_duration"),
    *("activation_rate", "time_to_first_deployment"),
)


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
heading("Platform adoption", "Which teams use the platform, and what still comes by ticket?", facts, view)
request_badges(facts, view, datetime.now(UTC))
if view.where.tiers:
    st.caption(
        "Where teams are counted, and for how-to questions, the figures are of all tiers: they have none."
    )

goals = goals_here(facts, view)
with five_cards("adoption"):
    for name in HEADLINES:
        card(key_of(facts, view, name, goals), view.window.previous_label, facts.report_year, view.n_services)

section("Self-service and tickets")
with side_by_side():
    shares_panel(facts, view)
    latency_panel(facts, view)
leakage_panel(facts, view)
with side_by_side():
    cohort_panel(facts, view)
    start_panel(facts, view)
runs_panel(facts, view)
how_to_panel(facts, view, goals)
measure_in_depth(facts, view, MEASURES, name="measure")
