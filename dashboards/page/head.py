"""The head of a page: title, question, and badges that say how far its figures can be trusted."""

import streamlit as st

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.questions.health import Health
from dashboards.words.simulated import BANNER
from dashboards.words.values import count, instant_text, part_text, share_text

_LINKED_ENOUGH = 0.8


def head(title: str, question: str, facts: Facts, view: View, state: Health) -> None:
    """Title, the question that the page answers, and how far its figures can be trusted."""
    heading(title, question, facts, view)
    if state.data_to is None and not state.n_services:
        st.info(
            "No source has delivered a row yet, so nothing can be said. This is not the same as zero. "
            "`payoff doctor` shows what each source would bring, `payoff collect` fetches it.",
            icon=":material/cloud_off:",
        )
    with st.container(horizontal=True, gap="xsmall"):
        _freshness_badge(facts, state)
        _coverage_badge(state)
        _incident_badges(state)


def heading(title: str, question: str, facts: Facts, view: View) -> None:
    """Title and question, under the banner of the demo world where it is one."""
    banner(facts)
    st.title(title, anchor=False)
    st.caption(f"{question} {view.scope}; days in {facts.zone}.")
    if view.sources:
        st.caption(
            f"Chosen sources: {', '.join(view.sources)}. They narrow rows as they were collected, on Data "
            "health; figures tie rows of all sources together and are not narrowed."
        )


def banner(facts: Facts) -> None:
    """What every page says on top until real sources are configured."""
    if facts.is_demo:
        st.info(BANNER, icon=":material/science:")


def _freshness_badge(facts: Facts, state: Health) -> None:
    if state.data_to is None:
        st.badge("No deployment source covers this scope", icon=":material/cloud_off:", color="red")
        return
    until = instant_text(state.data_to, facts.zone)
    if state.is_stale:
        st.badge(f"Stale: data to {until}", icon=":material/history:", color="orange")
    else:
        st.badge(f"Data to {until}", icon=":material/schedule:", color="green")


def _coverage_badge(state: Health) -> None:
    is_whole = state.n_with_deployments == state.n_services
    st.badge(
        f"Coverage {part_text(state.n_with_deployments, state.n_services, 'service', 'services')}",
        icon=":material/data_usage:",
        color="blue" if is_whole else "orange",
        help="Services whose deployments are known on at least one day of the period.",
    )


def _incident_badges(state: Health) -> None:
    if state.n_with_incidents < state.n_services:
        known = part_text(state.n_with_incidents, state.n_services, "service", "services")
        st.badge(
            f"Incidents collected for {known}",
            icon=":material/warning:",
            color="orange",
        )
    if not state.n_incidents:
        return
    is_enough = state.n_linked >= _LINKED_ENOUGH * state.n_incidents
    st.badge(
        f"Incidents linked {share_text(state.n_linked, state.n_incidents)}",
        icon=":material/link:" if is_enough else ":material/warning:",
        color="blue" if is_enough else "orange",
        help=f"{count(state.n_linked)} of {count(state.n_incidents)} incidents of the period are tied to a "
        "deployment; those caused by infrastructure or third parties are not asked for one.",
    )


def empty_page() -> None:
    """What stands where nothing is published yet: the command to run."""
    st.title("Nothing to show yet", anchor=False)
    st.caption("No snapshot is published, so there are no figures. This is not the same as zero.")
    with st.container(border=True):
        st.markdown("## Look around in the demo world")
        st.code("payoff demo", language="shell")
        st.markdown("## Or collect from the sources in config.yaml")
        st.code("payoff doctor\npayoff collect", language="shell")
        st.caption("Then reload this page.")
