"""How far figures of requests can be trusted: which teams' tickets and runs are known, and until when."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from dashboards.questions.health import Looked, is_missing, is_stale
from dashboards.questions.published import Published
from dashboards.words.windows import Window
from metrics.scope import fetch
from metrics.whole import narrowed, whole

# Teams that asked for anything or could have; coverage of the whole organisation covers each of them.
_TEAMS = """
WITH known AS (
    SELECT team_id, max(tickets) > 0 AS tickets, max(action_runs) > 0 AS action_runs
    FROM team_days WHERE day >= $start AND day < $end GROUP BY team_id
),
until AS (
    SELECT
        team_id,
        max(to_at) FILTER (WHERE resource = 'tickets') AS tickets_to,
        max(to_at) FILTER (WHERE resource = 'action_runs') AS action_runs_to
    FROM team_coverage GROUP BY team_id
)
SELECT DISTINCT
    s.team_id,
    coalesce(k.tickets, FALSE) AS tickets,
    coalesce(k.action_runs, FALSE) AS action_runs,
    u.tickets_to, u.action_runs_to
FROM request_scopes s
LEFT JOIN known k USING (team_id)
LEFT JOIN until u USING (team_id)
WHERE s.team_id IS NOT NULL AND s.team_id <> 'unassigned'
ORDER BY ALL
"""
_RESOURCES = ("tickets", "action_runs")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one resource: of how many teams, and until when (UTC without a zone)."""

    resource: str
    n_known: int
    n_teams: int
    until: datetime | None
    is_stale: bool


def request_health(facts: Published, view: Looked, now: datetime) -> list[Known]:
    """Tickets and runs, each with its coverage and age."""
    teams = narrowed(teams_in(facts, view.window), view.where)
    return [_known(facts, name, teams, now) for name in _RESOURCES]


def teams_in(facts: Published, window: Window) -> pd.DataFrame:
    """What is known of every team in a window."""
    asked = {"start": window.start, "end": window.end}
    return whole(facts.snapshot, (_TEAMS, asked), lambda: fetch(facts.snapshot, _TEAMS, asked))


def _known(facts: Published, name: str, teams: pd.DataFrame, now: datetime) -> Known:
    newest = teams[f"{name}_to"].max()
    until = None if is_missing(newest) else newest.to_pydatetime()
    stale = until is not None and is_stale(facts, until, now)
    return Known(name, int(teams[name].sum()), len(teams), until, stale)
