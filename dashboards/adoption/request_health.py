"""How far figures of requests can be trusted: which teams' tickets and runs are known, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.health import is_missing, is_stale
from dashboards.words.values import instant_text, part_text

# Teams that asked for anything or could have; coverage of the whole organisation covers each of them.
_TEAMS = """
WITH scoped AS (
    SELECT DISTINCT team_id FROM request_scopes
    WHERE team_id IS NOT NULL AND team_id <> 'unassigned'
        AND ($teams IS NULL OR list_contains($teams, team_id))
),
known AS (
    SELECT team_id, max(tickets) AS tickets, max(action_runs) AS action_runs
    FROM team_days WHERE day >= $start AND day < $end GROUP BY team_id
),
until AS (
    SELECT resource, max(to_at) AS to_at FROM team_coverage JOIN scoped USING (team_id) GROUP BY resource
)
SELECT
    count(*) AS n_teams,
    coalesce(count_if(k.tickets > 0), 0) AS n_tickets,
    coalesce(count_if(k.action_runs > 0), 0) AS n_action_runs,
    (SELECT max(to_at) FROM until WHERE resource = 'tickets') AS tickets_to,
    (SELECT max(to_at) FROM until WHERE resource = 'action_runs') AS action_runs_to
FROM scoped
LEFT JOIN known k USING (team_id)
"""
_WORDS = {"tickets": "Tickets", "action_runs": "Self-service runs"}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one resource: of how many teams, and until when (UTC without a zone)."""

    resource: str
    n_known: int
    n_teams: int
    until: datetime | None
    is_stale: bool


def request_health(facts: Facts, view: View, now: datetime) -> list[Known]:
    """Tickets and runs, each with its coverage and age."""
    asked: dict[str, Any] = {"start": view.window.start, "end": view.window.end}
    row = facts.rows(_TEAMS, asked | {"teams": view.where.parameters["teams"]}).iloc[0]
    return [_known(facts, name, row, now) for name in _WORDS]


def _known(facts: Facts, name: str, row: Any, now: datetime) -> Known:
    found = row[f"{name}_to"]
    until = None if is_missing(found) else found.to_pydatetime()
    stale = until is not None and is_stale(facts, until, now)
    return Known(name, int(row[f"n_{name}"]), int(row["n_teams"]), until, stale)


def request_badges(facts: Facts, view: View) -> None:
    """Freshness and coverage of tickets and runs, as badges."""
    with st.container(horizontal=True, gap="xsmall"):
        for known in request_health(facts, view, datetime.now(UTC)):
            _badge(facts, known)


def _badge(facts: Facts, known: Known) -> None:
    words = _WORDS[known.resource]
    if known.until is None:
        st.badge(f"{words}: no source covers this scope", icon=":material/cloud_off:", color="red")
        return
    covered = part_text(known.n_known, known.n_teams, "team", "teams")
    until = instant_text(known.until, facts.zone)
    if known.is_stale:
        st.badge(f"{words} stale: to {until}; {covered}", icon=":material/history:", color="orange")
    else:
        is_whole = known.n_known == known.n_teams
        icon = ":material/schedule:" if is_whole else ":material/data_usage:"
        st.badge(f"{words} to {until}; {covered}", icon=icon, color="green" if is_whole else "orange")
