"""One measure in depth: over time, by team, service or action, and with the rows behind it."""

from collections.abc import Sequence

import streamlit as st

from dashboards.delivery.panels import LEVELS, Cell, choose_grain, evidence_panel, scopes_panel, trend_panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.goals import goals_here
from dashboards.page.keys import key_of
from dashboards.page.layout import section
from metrics.catalog import metric_named
from metrics.scope import By


# What is chosen here concerns nothing else of the page, so nothing else is drawn again.
@st.fragment
def measure_in_depth(
    facts: Facts, view: View, measures: Sequence[str], *, name: str, levels: Sequence[By] = LEVELS
) -> None:
    """The chosen measure; the URL calls the choice ``name``, ``levels`` are by what it may be told apart.

    None is chosen at first: what a measure shows takes a third of the time until the page stands.
    """
    section("One measure in depth")
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        chosen = st.pills(
            "Measure",
            measures,
            key=name,
            bind="query-params",
            format_func=lambda measure: metric_named(measure).title,
            label_visibility="collapsed",
            wrap=True,
        )
        grain = choose_grain() if chosen else None
    if chosen is None:
        st.caption("Choose one to see it over time and in its parts, with the rows behind it.")
        return
    key = key_of(facts, view, chosen, goals_here(facts, view))
    period = trend_panel(facts, view, key, grain)
    scope = scopes_panel(facts, view, chosen, levels)
    start, end = period or (view.window.start, view.window.end)
    by, scope_id, words = scope or ("organisation", "organisation", view.scope)
    cell = Cell(by, scope_id, words, start, end)
    evidence_panel(facts, view, key.metric, cell, is_chosen=bool(period or scope))
