"""One team against its own past: its delivery, its use of the platform, what waits and what leaks."""

from collections.abc import Sequence

import streamlit as st

from dashboards.adoption.leakage_panel import leakage_panel
from dashboards.adoption.request_badges import request_badges
from dashboards.adoption.request_panels import latency_panel, shares_panel
from dashboards.delivery.depth import measure_in_depth
from dashboards.delivery.flow_panels import stages_panel, waiting_panel
from dashboards.goals.panel import goals_panel
from dashboards.page.cards import card
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import View, chosen
from dashboards.page.goals import goals_here
from dashboards.page.keys import KEYS, key_of
from dashboards.page.layout import five_cards, section, side_by_side
from dashboards.page.subjects import choose_team, subject_head
from metrics.goals.goal import JudgedGoal

ADOPTION = (
    "self_service_share",
    "golden_path_share",
    "request_latency",
    "fallback_rate",
    "how_to_ticket_rate",
)


def _cards(names: tuple[str, ...], facts: Facts, view: View, goals: Sequence[JudgedGoal]) -> None:
    with five_cards(names[0]):
        for name in names:
            key = key_of(facts, view, name, goals)
            card(key, view.window.previous_label, facts.report_year, view.n_services)


facts = open_facts()
if facts is None:
    st.stop()
question = "How does this team deliver, and how does it use the platform?"
subject = subject_head(facts, chosen(), "team", question, choose_team)
view = subject.view
with subject.top:
    request_badges(facts, view, subject.now)
section("Goals")
goals = goals_here(facts, view)
goals_panel(facts, view, goals)
section("Delivery")
_cards(KEYS, facts, view, goals)
stages_panel(facts, view)
waiting_panel(facts, view)
section("Use of the platform")
_cards(ADOPTION, facts, view, goals)
with side_by_side():
    shares_panel(facts, view)
    latency_panel(facts, view)
leakage_panel(facts, view)
measure_in_depth(facts, view, (*KEYS, *ADOPTION), name="team-measure", levels=("service", "action"))
