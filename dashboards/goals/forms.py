"""The forms that set and withdraw a goal, for visitors whose role allows it."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from dashboards.access.visitor import Visitor
from dashboards.page.data import Facts
from dashboards.page.port import Commands
from dashboards.page.sending import commands_for, say_done, say_problems, send
from dashboards.words.goals import title_of
from dashboards.words.locale import in_use
from metrics.catalog import CATALOG, Metric
from metrics.goals.goal import JudgedGoal, operator_of
from metrics.quarters import quarter_of
from warehouse.goals import Wish, scope_parts

_PROBLEMS, _DONE = "goal-problems", "goal-done"
# What a number is typed in, and how many of it make the metric's own unit.
_TYPED: Mapping[str, tuple[str, float]] = {"ratio": ("%", 100.0)}


def forms(facts: Facts, visitor: Visitor, scope: str, goals: Sequence[JudgedGoal]) -> None:
    """Both forms; where the visitor may not, who may."""
    here = commands_for(visitor, "set_goals")
    if here is None:
        return
    say_done(_DONE, ":material/flag:")
    with st.popover("Set a goal", icon=":material/flag:"):
        _set_form(facts, here, visitor, scope, goals)
    if goals:
        with st.popover("Withdraw a goal", icon=":material/outlined_flag:"):
            _withdraw_form(here, visitor, scope, goals)


def _set_form(
    facts: Facts, here: Commands, visitor: Visitor, scope: str, goals: Sequence[JudgedGoal]
) -> None:
    kind = scope_parts(scope)[0]
    names = [metric.name for metric in CATALOG.values() if kind in metric.by]
    # Outside of the form: unit, direction and what stands already follow from the metric.
    name = st.selectbox(
        "Metric", names, format_func=lambda one: CATALOG[one].title, key=f"goal-metric-{scope}"
    )
    metric, held = CATALOG[name], next((goal for goal in goals if goal.metric == name), None)
    unit, factor = _TYPED.get(metric.unit, (metric.unit, 1.0))
    with st.form(f"set-goal-{scope}-{name}", border=False):
        target = st.number_input(
            f"{operator_of(metric).capitalize()}, in {unit}",
            value=round(held.target * factor, 6) if held else None,
            help=f"{metric.better.capitalize()} is better, so the goal is {operator_of(metric)} this.",
        )
        due = st.date_input(
            "Last day", value=_due(facts, held), min_value=facts.today, format=in_use().day_order()
        )
        owner = st.text_input("Who answers for it (a role)", value=held.owner if held else "", max_chars=80)
        note = st.text_input("Why", max_chars=300, help="Needed to change a goal that is there.")
        say_problems(_PROBLEMS, _FIELDS)
        if st.form_submit_button("Change the goal" if held else "Set the goal", type="primary"):
            wish = _wish(metric, scope, None if target is None else target / factor, due, owner, note)
            said = f"The goal for {metric.title.lower()} stands."
            send(partial(here.set_goal, visitor, wish), said, done=_DONE, problems=_PROBLEMS)


def _wish(metric: Metric, scope: str, target: float | None, due: date | None, owner: str, note: str) -> Wish:
    kept = None if target is None else float(f"{target:.12g}")
    return Wish(metric.name, scope, kept, due, owner.strip() or None, note.strip() or None)


def _due(facts: Facts, held: JudgedGoal | None) -> date:
    if held is not None and held.due_on >= facts.today:
        return held.due_on
    quarter = quarter_of(facts.today, facts.quarter_start_month)
    return quarter_of(quarter.end, facts.quarter_start_month).last_day


def _withdraw_form(here: Commands, visitor: Visitor, scope: str, goals: Sequence[JudgedGoal]) -> None:
    titles = {goal.metric: title_of(goal) for goal in goals}
    with st.form(f"withdraw-goal-{scope}", border=False):
        name = st.selectbox("Goal for", list(titles), format_func=lambda one: titles.get(one, one))
        note = st.text_input("Why", max_chars=300)
        say_problems(f"{_PROBLEMS}-end", _FIELDS)
        st.caption("Its history stays; setting it again brings it back.")
        if st.form_submit_button("Withdraw the goal"):
            said = f"Goal for {titles[name].lower()} withdrawn."
            withdraw = partial(here.withdraw_goal, visitor, name, scope, note)
            send(withdraw, said, done=_DONE, problems=f"{_PROBLEMS}-end")


_FIELDS: Mapping[str, str] = {"due_on": "Last day", "owner": "Who answers", "note": "Why"}
