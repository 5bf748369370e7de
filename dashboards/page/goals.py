"""The goals that belong to what a page shows: those of the organisation, of one team or of one service."""

import streamlit as st

from dashboards.page.data import Facts
from dashboards.page.filters import View
from metrics.goals.goal import JudgedGoal
from metrics.goals.judging import goals_in, judged_goals
from warehouse.goals import Goals, scope_name
from warehouse.publish import Snapshot

_ENTRIES = 128


def scope_of(view: View) -> str | None:
    """The scope that a page is about; ``None`` where the filters make one that no goal can have."""
    where = view.where
    if where.tiers or where.actions:
        return None
    if where.services:
        return scope_name("service", where.services[0]) if len(where.services) == 1 else None
    if where.teams:
        return scope_name("team", where.teams[0]) if len(where.teams) == 1 else None
    return scope_name("organisation")


def published_goals(facts: Facts) -> Goals:
    """The goals that the snapshot was published with, remembered."""
    return _published(facts.key, facts.snapshot)


def judged(facts: Facts, goals: Goals, scope: str) -> tuple[JudgedGoal, ...]:
    """The goals of a scope with their verdicts, remembered."""
    return _judged(
        facts.key, facts.snapshot, Goals(tuple(e for e in goals.entries if e.scope_id == scope)), scope
    )


def goal_for(facts: Facts, view: View, metric: str) -> JudgedGoal | None:
    """The goal of what the page is about for a metric."""
    scope = scope_of(view)
    found = judged(facts, published_goals(facts), scope) if scope else ()
    return next((goal for goal in found if goal.metric == metric), None)


@st.cache_data(max_entries=4, show_spinner=False)
def _published(key: str, _snapshot: Snapshot) -> Goals:
    return goals_in(_snapshot)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _judged(key: str, _snapshot: Snapshot, goals: Goals, scope: str) -> tuple[JudgedGoal, ...]:
    return judged_goals(_snapshot, goals, scopes=[scope])
