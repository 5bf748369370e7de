"""Panels of the adoption page: runs by action, how-to questions, first steps of teams and services."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards.adoption.by_action import figures_by_action
from dashboards.page.components import chart, definition, download, left_out, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.goals import goal_of
from dashboards.page.keys import trend_chart, trend_of
from dashboards.words.values import NOTHING, count, decimals, interval_text, value_text
from dashboards.words.wording import (
    Figure,
    finding,
    only_figure,
    qualification,
    sentence,
    shown,
)
from metrics.catalog import metric_named
from metrics.deflection import Deflection
from metrics.goals.goal import JudgedGoal

_ACTION_METRICS = ("action_success_rate", "action_duration", "fallback_rate")


def runs_panel(facts: Facts, view: View) -> None:
    """Success, duration, approval and fallback of each action's runs."""
    window = view.window
    found = {name: figures_by_action(facts, view, name) for name in _ACTION_METRICS}
    success = facts.figures("action_success_rate", window.start, window.end, where=view.where)
    earlier = facts.figures("action_success_rate", window.previous_start, window.start, where=view.where)
    title = finding(
        only_figure("action_success_rate", success),
        only_figure("action_success_rate", earlier),
        window.previous_label,
    )
    with panel(
        title,
        f"{window.label[0].upper()}{window.label[1:]}, with 95 % intervals. The wait for an approval is "
        "apart from the duration. A fallback is a failed run that a ticket of the same team and action "
        "followed within 48 hours.",
    ):
        table = pd.DataFrame(
            [
                _run_row(action, {n: found[n][action] for n in found})
                for action in found["action_success_rate"]
            ]
        )
        if table.empty:
            st.caption("No action has been run.")
            return
        # So few rows need no sorting, and a grid takes the browser twice as long.
        st.table(table, hide_index=True, border="horizontal", alt="Runs by action")
        with st.container(horizontal=True):
            for name in _ACTION_METRICS:
                definition(metric_named(name), key=f"runs-{name}", label=metric_named(name).title)
                frame = facts.figures(name, window.start, window.end, by="action", where=view.where)
                label = f"CSV: {metric_named(name).title.lower()}"
                download(
                    frame, facts, name, "by", "action", window.start, window.end, label=label, panel="own"
                )


def _run_row(action: str, figures: dict[str, Figure]) -> dict[str, object]:
    duration = figures["action_duration"]
    approvals = int(duration.extras.get("approval_hours_n", 0))
    wait = value_text("hours", float(duration.extras.get("approval_hours_p50", float("nan"))))
    return {
        "Action": action,
        "Success rate": _cell(figures["action_success_rate"]),
        "Duration, median": _cell(duration),
        "90th percentile": value_text("hours", float(duration.extras.get("p90", float("nan")))),
        "Approval wait, median": f"{wait} (n\u00a0=\u00a0{count(approvals)})" if approvals else NOTHING,
        "Fallback rate": _cell(figures["fallback_rate"]),
    }


def _cell(item: Figure) -> str:
    """``93 % (90 to 95; n = 412)``"""
    if not item.is_ok:
        return f"{shown(item)} (n\u00a0=\u00a0{count(item.n)})" if item.n else shown(item)
    interval = interval_text(item.metric.unit, item.value, item.low, item.high)
    return f"{shown(item)} ({interval}; n\u00a0=\u00a0{count(item.n)})"


def how_to_panel(facts: Facts, view: View, goals: Sequence[JudgedGoal]) -> None:
    """Questions of how to do something, per engineer, and by which share they fell."""
    name, window = "how_to_ticket_rate", view.window
    where = view.where_for(metric_named(name))
    fallen = facts.deflection(
        (window.previous_start, window.previous_end), (window.start, window.end), where=where
    )
    frame = trend_of(facts, view, name, "month")
    title = deflection_title(fallen, window.previous_label)
    with panel(
        title,
        "How-to tickets per active engineer and quarter, by month; "
        f"n\u00a0=\u00a0{count(fallen.n_before)} tickets in {window.previous_label} and "
        f"{count(fallen.n_after)} in {window.label}; band: 95 % interval.",
    ):
        if frame["value"].notna().any():
            goal = goal_of(goals, name)
            drawn = trend_chart(facts, view, metric_named(name), frame, "month", goal=goal)
            chart(drawn, alt=title, key="how-to")
        else:
            st.caption("No month has enough active engineers whose tickets are known.")
        with st.container(horizontal=True):
            definition(metric_named(name), key="how-to")
            download(frame, facts, name, "by", "month", window.end, panel="own")


def deflection_title(fallen: Deflection, previous_label: str) -> str:
    """What became of the rate since the named window; a change only where its interval leaves out 0."""
    if fallen.value is None or fallen.low is None or fallen.high is None:
        reason = fallen.reason.replace("_", " ")
        return f"How-to questions cannot be compared with {previous_label}: {reason}"
    size, low, high = (decimals(abs(100 * share), 0) for share in (fallen.value, fallen.low, fallen.high))
    if fallen.low > 0:
        return f"How-to tickets per engineer fell by {size} % since {previous_label} (95 % {low} to {high})"
    if fallen.high < 0:
        return f"How-to tickets per engineer rose by {size} % since {previous_label} (95 % {high} to {low})"
    return (
        f"How-to tickets per engineer show no clear change since {previous_label} "
        f"(95 % from {high} % fewer to {low} % more)"
    )


def start_panel(facts: Facts, view: View) -> None:
    """The first steps of new teams and services: activation, and time to the first deployment."""
    window = view.window
    pairs = [_pair(facts, view, "activation_rate"), _pair(facts, view, "time_to_first_deployment")]
    activation, earlier = pairs[0]
    with panel(
        finding(activation, earlier, window.previous_label),
        "Activation: a first golden-path deployment within 30 days of onboarding. Time to the first "
        "deployment: Kaplan-Meier median, those that wait included.",
    ):
        for now, before in pairs:
            said = sentence(now, before, window.previous_label)
            if now is activation and now.is_ok:
                # The title is its finding already.
                said = f"{now.metric.title}: {shown(now)} ({qualification(now)})."
            st.markdown(f"- {said}")
            if out := left_out(now):
                st.caption(out)
            with st.container(horizontal=True):
                definition(now.metric, key=f"start-{now.metric.name}", label=now.metric.title)
                name = now.metric.name
                frame = facts.figures(name, window.start, window.end, where=view.where_for(now.metric))
                download(frame, facts, name, window.start, window.end, panel="start")


def _pair(facts: Facts, view: View, name: str) -> tuple[Figure, Figure]:
    window, where = view.window, view.where_for(metric_named(name))
    return (
        only_figure(name, facts.figures(name, window.start, window.end, where=where)),
        only_figure(name, facts.figures(name, window.previous_start, window.start, where=where)),
    )
