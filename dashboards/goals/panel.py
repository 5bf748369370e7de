"""The goals of the organisation, a team or a service: verdict, figure, progress against its own past."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboards.access.here import visitor_here
from dashboards.goals.bar import bar_html
from dashboards.goals.forms import forms
from dashboards.page.components import colours, download, evidence_rows, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.goals import scope_of
from dashboards.words.goals import (
    VERDICT_MARKS,
    asked_words,
    decision_words,
    goals_finding,
    progress_words,
    reading_words,
    title_of,
    verdict_label,
    window_words,
)
from dashboards.words.markdown import plain
from dashboards.words.values import day_text
from metrics.catalog import CATALOG
from metrics.goals.goal import JudgedGoal
from metrics.goals.judging import WINDOW_DAYS, goal_frame

_BY_COMMAND = "payoff goals set change_fail_rate --scope '{scope}' --target 0.1 --due 2027-Q1 --owner ROLE"


def goal_decisions(facts: Facts, goals: Sequence[JudgedGoal]) -> list[str]:
    """A sentence for every goal that needs a decision: its last day is over, or near and it is not met."""
    return [words for goal in goals if (words := decision_words(goal, facts.today))]


def goals_panel(facts: Facts, view: View, goals: Sequence[JudgedGoal]) -> None:
    """Every goal, and how to set one."""
    scope = scope_of(view)
    with panel(
        goals_finding(goals),
        f"{view.scope}, the last {WINDOW_DAYS} days, or those up to a goal's last day. Tick: the target; "
        "bar: the 95 % interval, which must lie on one side of it; thin line: before the goal was set.",
    ):
        if scope is None:
            st.caption(
                "A goal is of the whole organisation, one team or one service; these filters fit none."
            )
            return
        if goals:
            with st.grid(min(len(goals), 3), min_column_width=300, gap="medium"):
                for goal in goals:
                    _goal(goal)
            _evidence(facts, view, goals)
        else:
            st.markdown("A goal says what a metric should reach, by when, and who answers for it.")
            st.code(_BY_COMMAND.format(scope=scope), language=None, wrap_lines=True)
        with st.container(horizontal=True):
            forms(facts, visitor_here(), scope, goals)
            if goals:
                download(goal_frame(goals), facts, "goals", scope.replace(":", "-").replace("*", "all"))


def _goal(goal: JudgedGoal) -> None:
    icon, colour = VERDICT_MARKS[goal.verdict]
    with st.container(key=f"goal-{goal.metric}", gap="xsmall"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{title_of(goal)}**")
            st.badge(verdict_label(goal), icon=icon, color=colour)  # type: ignore[arg-type]
            if goal.is_pending:
                st.badge("pending", icon=":material/schedule:", color="gray")
            if goal.now.is_stale:
                st.badge("stale", icon=":material/history:", color="orange")
        st.html(bar_html(goal, colours()))
        figure = reading_words(goal.unit, goal.now) or "No figure"
        lines = [f"{_capital(asked_words(goal))}", f"{figure} in {window_words(goal)}"]
        st.caption("  \n".join([*lines, _capital(progress_words(goal))]))
        st.caption("  \n".join(_stated(goal)))


def _stated(goal: JudgedGoal) -> list[str]:
    reason = f": {plain(goal.note)}" if goal.note else ""
    lines = [f"{plain(goal.owner)}, since {day_text(goal.since)}{reason}"]
    return [*lines, f":orange[:material/warning:] {goal.warning}"] if goal.warning else lines


def _evidence(facts: Facts, view: View, goals: Sequence[JudgedGoal]) -> None:
    """The rows behind the figure that a goal is judged by."""
    known = {goal.metric: goal for goal in goals if goal.metric in CATALOG}
    name = st.selectbox(
        "Rows behind a goal",
        list(known),
        index=None,
        format_func=lambda metric: CATALOG[metric].title,
        placeholder="Choose a goal to see the rows that it is judged by",
        key="goal-rows",
        width=420,
    )
    if name in known:
        goal = known[name]
        by = goal.scope_type
        scope_id = "organisation" if by == "organisation" else goal.scope_id
        last = goal.now.end - timedelta(days=1)
        words = f"{view.scope}, {day_text(goal.now.start)} to {day_text(last)}"
        start, end = goal.now.start, goal.now.end
        evidence_rows(facts, CATALOG[name], start, end, by=by, scope_id=scope_id, view=view, words=words)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
