"""Panels of the adoption page: self-service and tickets by action, runs, how-to questions, first steps."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.adoption.action_charts import ActionLatency, ActionShare, latencies, shares
from dashboards.page.components import chart, colours, definition, download, left_out, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.goals import goal_for
from dashboards.page.keys import trend_chart, trend_of
from dashboards.page.tables import show
from dashboards.words.values import NOTHING, count, decimals, interval_text, value_text
from dashboards.words.wording import (
    Figure,
    figure_of,
    finding,
    only_figure,
    qualification,
    sentence,
    shown,
)
from metrics.catalog import metric_named
from metrics.deflection import Deflection

_ACTION_METRICS = ("action_success_rate", "action_duration", "fallback_rate")
_NO_ACTION = "No action was asked for in this scope, by ticket or by self-service."


def shares_panel(facts: Facts, view: View) -> None:
    """Self-service against tickets for each action, what is mandated apart from what is free."""
    window, name = view.window, "self_service_share"
    now = only_figure(name, facts.figures(name, window.start, window.end, where=view.where))
    before = only_figure(name, facts.figures(name, window.previous_start, window.start, where=view.where))
    rows = _shares(facts, view)
    title = finding(now, before, window.previous_label)
    with panel(
        title,
        "Successful runs of all runs and tickets for the same action, with the 95 % interval; requests under "
        "a mandate are compliance, so they stand apart.",
    ):
        if not rows:
            st.caption(_NO_ACTION)
            return
        chart(shares(rows, colours(), previous_label=window.previous_label), alt=title, key="shares")
        with st.container(horizontal=True):
            definition(now.metric, key="shares")
            frame = facts.figures(name, window.start, window.end, by="action", where=view.where)
            download(frame, facts, name, "by", "action", window.start, window.end, panel="own")


def _shares(facts: Facts, view: View) -> list[ActionShare]:
    name, window = "self_service_share", view.window
    free, mandated = (
        _by_action(facts, view, name, adoption=adoption) for adoption in ("voluntary", "mandated")
    )
    before = {
        str(row["scope_id"]): figure_of(name, row)
        for row in _records(
            facts.figures(
                name,
                window.previous_start,
                window.start,
                by="action",
                where=view.where,
                adoption="voluntary",
            )
        )
    }
    nothing = figure_of(name, None)
    return [
        ActionShare(action, free[action], mandated.get(action, nothing), before.get(action, nothing))
        for action in free
    ]


def latency_panel(facts: Facts, view: View) -> None:
    """How long a request takes by ticket and by self-service, on one scale."""
    window, name = view.window, "request_latency"
    ticket = _by_action(facts, view, name)
    own = _by_action(facts, view, name, way="self_service")
    nothing = figure_of(name, None)
    rows = [ActionLatency(action, ticket[action], own.get(action, nothing)) for action in ticket]
    pooled = [
        only_figure(name, facts.figures(name, window.start, window.end, where=view.where, way=way))
        for way in ("ticket", "self_service")
    ]
    title = _latency_title(*pooled)
    with panel(
        title,
        "From request to fulfilment in elapsed time, approval included; n in brackets; the whisker is the "
        "95 % interval of the median.",
    ):
        if not rows:
            st.caption(_NO_ACTION)
            return
        chart(latencies(rows, colours()), alt=title, key="latencies")
        if still_open := int(pooled[0].extras.get("n_unfulfilled", 0)):
            st.caption(f"{count(still_open)} tickets are still open and in no median.")
        with st.container(horizontal=True):
            definition(pooled[0].metric, key="latencies")
            frame = facts.figures(name, window.start, window.end, by="action", where=view.where)
            download(frame, facts, name, "by", "action", window.start, window.end, panel="own")


def _latency_title(ticket: Figure, own: Figure) -> str:
    if not ticket.is_ok or not own.is_ok:
        return "Too few requests by one of the two ways to set them side by side"
    by_ticket, by_run = (value_text("hours", item.value) for item in (ticket, own))
    if own.high < ticket.low or own.low > ticket.high:
        return f"A request takes {by_ticket} by ticket and {by_run} by self-service"
    return f"Tickets and self-service take about as long: {by_ticket} and {by_run}"


def runs_panel(facts: Facts, view: View) -> None:
    """Success, duration, approval and fallback of each action's runs."""
    window = view.window
    found = {name: _by_action(facts, view, name) for name in _ACTION_METRICS}
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
        show(table, "Runs by action", width="stretch")
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
        "Approval wait, median": f"{wait} (n = {count(approvals)})" if approvals else NOTHING,
        "Fallback rate": _cell(figures["fallback_rate"]),
    }


def _cell(item: Figure) -> str:
    """``93 % (90 to 95; n = 412)``"""
    if not item.is_ok:
        return f"{shown(item)} (n = {count(item.n)})" if item.n else shown(item)
    interval = interval_text(item.metric.unit, item.value, item.low, item.high)
    return f"{shown(item)} ({interval}; n = {count(item.n)})"


def how_to_panel(facts: Facts, view: View) -> None:
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
            goal = goal_for(facts, view, name)
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


def _by_action(facts: Facts, view: View, name: str, **parameters: Any) -> dict[str, Figure]:
    """The figure of each action, by its name, in the order of the alphabet."""
    window, where = view.window, view.where_for(metric_named(name))
    frame = facts.figures(name, window.start, window.end, by="action", where=where, **parameters)
    return {str(row["scope_id"]): figure_of(name, row) for row in _records(frame)}


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
