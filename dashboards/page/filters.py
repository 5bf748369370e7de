"""What the reader has chosen: window, teams, tiers, sources. It lives in the URL, so a link shares it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

import streamlit as st

from dashboards.page.data import Facts
from dashboards.words.locale import in_use
from dashboards.words.values import count
from dashboards.words.windows import (
    CUSTOM,
    TO_DATE,
    Window,
    custom_at_first,
    custom_window,
    twelve_months,
)
from metrics.catalog import Metric
from metrics.scope import Filter
from warehouse.sources import SPOOL

_SERVICES = """
SELECT DISTINCT
    m.service_id, coalesce(s.name, m.service_id) AS service_name,
    coalesce(m.team_id, 'unassigned') AS team_id, coalesce(t.name, m.team_id, 'unassigned') AS team_name,
    m.tier
FROM service_map m
LEFT JOIN services s ON s.service_id = m.service_id
LEFT JOIN teams t ON t.team_id = m.team_id
WHERE m.service_id IS NOT NULL
    AND (m.from_at IS NULL OR m.from_at <= $as_of) AND (m.to_at IS NULL OR m.to_at > $as_of)
"""
_VIEW = "view"
_SOURCES = f"""
SELECT source FROM coverage UNION SELECT source FROM job_runs
WHERE source IS NOT NULL AND source <> '{SPOOL}' ORDER BY source
"""
_FEWEST_SOURCES = 2


@dataclass(frozen=True, slots=True)
class View:
    """The window, which services count, how many those are, and the names of teams and services.

    ``services`` are those that the filter lets through, by the alphabet of their names. ``sources`` are those
    that the reader picked, none for all; they narrow rows as they were collected and never a figure, which
    ties rows of several sources together.
    """

    window: Window
    where: Filter
    n_services: int
    scope: str
    team_names: dict[str, str]
    service_names: dict[str, str]
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def where_for(self, metric: Metric) -> Filter:
        """The filter without what the metric's rows do not have, such as the tier where teams are counted."""
        return metric.narrowed(self.where)


def chosen() -> View:
    """What the filters say in this run of the app."""
    view: View = st.session_state[_VIEW]
    return view


def chosen_words() -> str:
    """What the filters say, for the audit: ``2026-10-01/2026-11-24 teams=payments``; empty without any."""
    view: View | None = st.session_state.get(_VIEW)
    if view is None:
        return ""
    narrowed = [f"{name}={','.join(values)}" for name, values in asdict(view.where).items() if values]
    narrowed += [f"sources={','.join(view.sources)}"] if view.sources else []
    return " ".join([f"{view.window.start}/{view.window.end}", *narrowed])


def choose(facts: Facts) -> None:
    """Draw the filters in the sidebar and keep what they say for the page."""
    st.session_state[_VIEW] = _chosen(facts)


def _chosen(facts: Facts) -> View:
    services = facts.rows(_SERVICES, {"as_of": facts.as_of.replace(tzinfo=None)})
    team_names = dict(
        sorted(zip(services["team_id"], services["team_name"], strict=True), key=lambda t: t[1].lower())
    )
    tiers = sorted(tier for tier in services["tier"].dropna().unique())
    with st.sidebar:
        window = _window(facts)
        teams = st.multiselect(
            "Teams",
            list(team_names),
            format_func=lambda team: team_names.get(team, team),
            key="team",
            bind="query-params",
            placeholder="All teams",
        )
        chosen_tiers = (
            st.multiselect("Service tiers", tiers, key="tier", bind="query-params", placeholder="All tiers")
            if tiers
            else []
        )
        sources = _sources(facts)
    kept = services
    kept = kept[kept["team_id"].isin(teams)] if teams else kept
    kept = kept[kept["tier"].isin(chosen_tiers)] if chosen_tiers else kept
    names = dict(zip(services["service_id"], services["service_name"], strict=True))
    where = Filter(teams=tuple(sorted(teams)) or None, tiers=tuple(sorted(chosen_tiers)) or None)
    scope = _scope([team_names[team] for team in teams], chosen_tiers, facts)
    services_in_scope = sorted(kept["service_id"].unique(), key=lambda s: names[s].lower())
    return View(
        window, where, len(services_in_scope), scope, team_names, names, tuple(services_in_scope), sources
    )


def _sources(facts: Facts) -> tuple[str, ...]:
    """The sources that the reader picks; a single one leaves no choice."""
    known = list(facts.rows(_SOURCES)["source"])
    if len(known) < _FEWEST_SOURCES:
        return ()
    return tuple(
        st.multiselect(
            "Sources",
            known,
            key="source",
            bind="query-params",
            placeholder="All sources",
            help="Narrows what Data health shows. Figures tie rows of all sources together.",
        )
    )


def _window(facts: Facts) -> Window:
    windows = facts.windows
    names = [*windows, CUSTOM]
    name = st.selectbox(
        "Period",
        names,
        index=names.index(facts.default_window),
        format_func=lambda n: _period_label(windows, n),
        key="period",
        bind="query-params",
        help="Figures of this period, compared with the one before it.",
    )
    return windows[name] if name in windows else _custom(facts.first_day, facts.today)


def _period_label(windows: Mapping[str, Window], name: str) -> str:
    """What the list and the URL say; without "to date", so that a link still works when a quarter is over."""
    label = windows[name].label.removesuffix(TO_DATE) if name in windows else "custom period"
    return label[0].upper() + label[1:]


def _custom(first_day: date, today: date) -> Window:
    days = st.date_input(
        "First and last day",
        (custom_at_first(today, first_day).start, today),
        min_value=first_day,
        max_value=today,
        format=in_use().day_order(),
        key="days",
        bind="query-params",
    )
    chosen = list(days) if isinstance(days, tuple) else [days]
    # While the reader has picked only the first of the two days, the period goes up to today.
    return (
        custom_window(chosen[0], chosen[1] if len(chosen) > 1 else today) if chosen else twelve_months(today)
    )


def _scope(teams: list[str], tiers: list[str], facts: Facts) -> str:
    organisation = str(facts.settings.get("organisation", "the organisation"))
    who = organisation if not teams else ", ".join(teams) if len(teams) <= 3 else f"{count(len(teams))} teams"
    return f"{who}, {', '.join(tiers)}" if tiers else who
