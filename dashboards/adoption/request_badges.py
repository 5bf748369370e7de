"""Freshness and coverage of tickets and runs, above the figures of requests."""

from datetime import datetime

import streamlit as st

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.questions.requests import Known, request_health
from dashboards.words.values import instant_text, part_text

_WORDS = {"tickets": "Tickets", "action_runs": "Runs"}


def request_badges(facts: Facts, view: View, now: datetime) -> None:
    """Freshness and coverage of tickets and runs, as badges."""
    with st.container(horizontal=True, gap="xsmall"):
        for known in request_health(facts, view, now):
            _badge(facts, known)


def _badge(facts: Facts, known: Known) -> None:
    words = _WORDS[known.resource]
    if known.until is None:
        st.badge(f"{words}: no source covers this scope", icon=":material/cloud_off:", color="red")
        return
    covered = part_text(known.n_known, known.n_teams, "team", "teams")
    until = instant_text(known.until, facts.zone)
    if known.is_stale:
        st.badge(f"{words} stale: to {until}; {covered}", icon=":material/history:", color="orange")
    else:
        is_whole = known.n_known == known.n_teams
        icon = ":material/schedule:" if is_whole else ":material/data_usage:"
        st.badge(f"{words} to {until}; {covered}", icon=icon, color="green" if is_whole else "orange")
