"""Which team or service a page is about: chosen on the page, kept in the URL, so that a link shares it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.head import head, heading
from dashboards.questions.health import health
from metrics.scope import Filter

_TEAM, _TEAMS, _SERVICE = "one-team", "team", "service"
_CHOICE = 420


@dataclass(frozen=True, slots=True)
class Subject:
    """The team or the service of a page by its name, what it looks at and when, and where its head stands."""

    name: str
    view: View
    top: DeltaGenerator
    now: datetime


def subject_head(
    facts: Facts,
    view: View,
    kind: Literal["team", "service"],
    question: str,
    choose: Callable[[View], tuple[str, View] | None],
) -> Subject:
    """The head of a page about one team or service; the page ends here where the reader has chosen none."""
    top = st.container()
    line = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with line:
        found = choose(view)
    if found is None:
        with top:
            heading(kind.capitalize(), f"One {kind} against its own past.", facts, view)
        _nothing_chosen(kind)
        st.stop()
    subject = Subject(*found, top, datetime.now(UTC))
    with top:
        head(subject.name, question, facts, subject.view, health(facts, subject.view, subject.now))
    with line:
        _share_link()
    return subject


def choose_team(view: View) -> tuple[str, View] | None:
    """The team of the page: the one that the filter names; ``None`` where it names none or several."""
    teams = view.where.teams or ()
    current = teams[0] if len(teams) == 1 else None
    # The filter in the sidebar is the one that the URL holds; this box follows it and writes to it.
    st.session_state[_TEAM] = current
    team = st.selectbox(
        "Team of this page",
        list(view.team_names),
        format_func=lambda team: view.team_names.get(team, team),
        key=_TEAM,
        index=None,
        placeholder="Choose a team",
        width=_CHOICE,
        on_change=_filter_by_team,
    )
    return None if team is None else (view.team_names[team], view)


def _filter_by_team() -> None:
    chosen = st.session_state[_TEAM]
    st.session_state[_TEAMS] = [chosen] if chosen else []


def choose_service(view: View) -> tuple[str, View] | None:
    """The service of the page, among those that the filters let through, whose place it takes."""
    labels = _service_labels(view)
    service = st.selectbox(
        "Service of this page",
        view.services,
        format_func=lambda service: labels.get(service, service),
        key=_SERVICE,
        bind="query-params",
        index=None,
        placeholder="Choose a service",
        width=_CHOICE,
    )
    if service is None:
        return None
    name = view.service_names[service]
    return name, replace(view, where=Filter(services=(service,)), n_services=1, scope=name)


def _service_labels(view: View) -> dict[str, str]:
    """The name of each service; one that several share is told apart by the id, because the URL holds it."""
    names = Counter(view.service_names.values())
    return {
        service: name if names[name] == 1 else f"{name} ({service})"
        for service, name in view.service_names.items()
    }


def _nothing_chosen(kind: str) -> None:
    """What stands where the page has no subject yet."""
    with st.container(border=True):
        st.markdown(f"## Choose one {kind} to see it against its own past", anchors=False)
        st.caption("The choice is part of the address, so the link can be shared. Nothing is ranked here.")


def _share_link() -> None:
    """The address of what is shown, to copy."""
    with st.popover("Link to this page", icon=":material/link:", type="tertiary"):
        st.caption("Opens the same subject, period and filters.")
        address = str(st.context.url).split("?")[0]
        asked = urlencode(st.query_params.to_dict(), doseq=True)
        st.code(f"{address}?{asked}" if asked else address, language=None, wrap_lines=True)
