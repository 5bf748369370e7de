"""One service against its own past: its delivery, how it is deployed, what waits and what leaks."""

import streamlit as st

from dashboards.adoption.leakage_panel import leakage_panel
from dashboards.delivery.depth import measure_in_depth
from dashboards.delivery.flow_panels import stages_panel, waiting_panel
from dashboards.goals.panel import goals_panel
from dashboards.page.cards import card
from dashboards.page.data import open_facts
from dashboards.page.filters import chosen
from dashboards.page.goals import goals_here
from dashboards.page.keys import KEYS, key_of
from dashboards.page.layout import five_cards, section
from dashboards.page.subjects import choose_service, subject_head

ADOPTION = ("golden_path_share", "self_service_share", "request_latency", "action_success_rate")

facts = open_facts()
if facts is None:
    st.stop()
question = "How is this service delivered, and how is it asked for?"
view = subject_head(facts, chosen(), "service", question, choose_service).view
section("Goals")
goals = goals_here(facts, view)
goals_panel(facts, view, goals)
section("Delivery")
with five_cards("keys"):
    for name in KEYS:
        card(key_of(facts, view, name, goals), view.window.previous_label, facts.report_year, 1)
stages_panel(facts, view)
waiting_panel(facts, view)
section("Use of the platform")
with st.grid(4, min_column_width=230, gap="small"):
    for name in ADOPTION:
        card(key_of(facts, view, name, goals), view.window.previous_label, facts.report_year, 1)
leakage_panel(facts, view)
measure_in_depth(facts, view, (*KEYS, *ADOPTION), name="service-measure", levels=("action",))
