"""Requests by ticket beside those by self-service, action by action: shares, and how long they take."""

import streamlit as st

from dashboards.adoption.action_charts import ActionLatency, ActionShare, latencies, shares
from dashboards.adoption.by_action import figures_by_action
from dashboards.page.components import chart, colours, definition, download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.opened import rows_button
from dashboards.words.values import count, value_text
from dashboards.words.wording import Figure, figure_of, finding, only_figure

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
            rows_button(facts, view, name, key="shares")
            frame = facts.figures(name, window.start, window.end, by="action", where=view.where)
            download(frame, facts, name, "by", "action", window.start, window.end, panel="own")


def _shares(facts: Facts, view: View) -> list[ActionShare]:
    name = "self_service_share"
    free, mandated = (
        figures_by_action(facts, view, name, adoption=adoption) for adoption in ("voluntary", "mandated")
    )
    before = figures_by_action(facts, view, name, is_before=True, adoption="voluntary")
    nothing = figure_of(name, None)
    return [
        ActionShare(action, free[action], mandated.get(action, nothing), before.get(action, nothing))
        for action in free
    ]


def latency_panel(facts: Facts, view: View) -> None:
    """How long a request takes by ticket and by self-service, on one scale."""
    window, name = view.window, "request_latency"
    ticket = figures_by_action(facts, view, name)
    own = figures_by_action(facts, view, name, way="self_service")
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
            rows_button(facts, view, name, key="latencies")
            frame = facts.figures(name, window.start, window.end, by="action", where=view.where)
            download(frame, facts, name, "by", "action", window.start, window.end, panel="own")


def _latency_title(ticket: Figure, own: Figure) -> str:
    if not ticket.is_ok or not own.is_ok:
        return "Too few requests by one of the two ways to set them side by side"
    by_ticket, by_run = (value_text("hours", item.value) for item in (ticket, own))
    if own.high < ticket.low or own.low > ticket.high:
        return f"A request takes {by_ticket} by ticket and {by_run} by self-service"
    return f"Tickets and self-service take about as long: {by_ticket} and {by_run}"
