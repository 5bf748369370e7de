"""Which team or service a page is about: chosen on the page, kept in the URL, so that a link shares it."""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards.page.filters import View
from metrics.scope import Filter

_TEAM, _TEAMS, _SERVICE = "one-team", "team", "service"
_CHOICE = 420


def choice_line() -> DeltaGenerator:
    """Where the choice of the subject stands, and the link to it beside it."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")


def choose_team(view: View) -> str | None:
    """The team of the page: the one that the filter names; ``None`` where it names none or several."""
    teams = view.where.teams or ()
    current = teams[0] if len(teams) == 1 else None
    # The filter in the sidebar is the one that the URL holds; this box follows it and writes to it.
    st.session_state[_TEAM] = current
    return st.selectbox(
        "Team of this page",
        list(view.team_names),
        format_func=lambda team: view.team_names.get(team, team),
        key=_TEAM,
        index=None,
        placeholder="Choose a team",
        width=_CHOICE,
        on_change=_filter_by_team,
    )


def _filter_by_team() -> None:
    chosen = st.session_state[_TEAM]
    st.session_state[_TEAMS] = [chosen] if chosen else []


def choose_service(view: View) -> str | None:
    """The service of the page, among those that the filters let through."""
    labels = _service_labels(view)
    return st.selectbox(
        "Service of this page",
        view.services,
        format_func=lambda service: labels.get(service, service),
        key=_SERVICE,
        bind="query-params",
        index=None,
        placeholder="Choose a service",
        width=_CHOICE,
    )


def _service_labels(view: View) -> dict[str, str]:
    """The name of each service; one that several share is told apart by the id, because the URL holds it."""
    names = Counter(view.service_names.values())
    return {
        service: name if names[name] == 1 else f"{name} ({service})"
        for service, name in view.service_names.items()
    }


def of_service(view: View, service: str) -> View:
    """The view of one service; its own filter takes the place of teams and tiers."""
    name = view.service_names.get(service, service)
    return replace(view, where=Filter(services=(service,)), n_services=1, scope=name)


def nothing_chosen(kind: str) -> None:
    """What stands where the page has no subject yet."""
    with st.container(border=True):
        st.markdown(f"## Choose one {kind} to see it against its own past", anchors=False)
        st.caption("The choice is part of the address, so the link can be shared. Nothing is ranked here.")


def share_link() -> None:
    """The address of what is shown, to copy."""
    with st.popover("Link to this page", icon=":material/link:", type="tertiary"):
        st.caption("Opens the same subject, period and filters.")
        address = str(st.context.url).split("?")[0]
        asked = urlencode(st.query_params.to_dict(), doseq=True)
        st.code(f"{address}?{asked}" if asked else address, language=None, wrap_lines=True)
