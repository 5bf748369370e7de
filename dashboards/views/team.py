"""One team against its own past: its delivery, its use of the platform, what waits and what leaks."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.adoption.leakage_panel import leakage_panel
from dashboards.adoption.panels import latency_panel, shares_panel
from dashboards.adoption.request_badges import request_badges
from dashboards.delivery.depth import measure_in_depth
from dashboards.delivery.flow_panels import stages_panel, waiting_panel
from dashboards.goals.panel import goals_here, goals_panel
from dashboards.page.cards import card
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import View, chosen
from dashboards.page.head import head, heading
from dashboards.page.keys import KEYS, key_of
from dashboards.page.layout import five_cards, section, side_by_side
from dashboards.page.subjects import choice_line, choose_team, nothing_chosen, share_link
from dashboards.questions.health import health

ADOPTION = (
    "self_service_share",
    "golden_path_share",
    "request_latency",
    "fallback_rate",
    "how_to_ticket_rate",
)


def _cards(names: tuple[str, ...], facts: Facts, view: View) -> None:
    with five_cards(names[0]):
        for name in names:
            card(key_of(facts, view, name), view.window.previous_label, facts.report_year, view.n_services)


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
top = st.container()
line = choice_line()
with line:
    team = choose_team(view)
if team is None:
    with top:
        heading("Team", "One team against its own past.", facts, view)
    nothing_chosen("team")
    st.stop()
with top:
    head(
        view.team_names[team],
        "How does this team deliver, and how does it use the platform?",
        facts,
        view,
        health(facts, view, datetime.now(UTC)),
    )
    request_badges(facts, view)
with line:
    share_link()
section("Goals")
goals_panel(facts, view, goals_here(facts, view))
section("Delivery")
_cards(KEYS, facts, view)
stages_panel(facts, view)
waiting_panel(facts, view)
section("Use of the platform")
_cards(ADOPTION, facts, view)
with side_by_side():
    shares_panel(facts, view)
    latency_panel(facts, view)
leakage_panel(facts, view)
measure_in_depth(facts, view, (*KEYS, *ADOPTION), name="team-measure", levels=("service", "action"))
