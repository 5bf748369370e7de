"""How much of what is collected could be tied together: changes, incidents, tickets, by method."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pandas as pd

from dashboards.questions.health import Looked
from dashboards.questions.published import Published
from dashboards.words.windows import Window
from metrics.scope import fetch
from metrics.whole import narrowed, whole

_CHANGES = """
SELECT
    f.change_id, f.service_id, f.team_id, f.tier, c.merged_at, f.deployment_id, f.exclusion, c.source, c.url,
    CASE
        WHEN f.deployment_id IS NULL THEN 'no deployment contains it'
        WHEN f.is_link_stated THEN 'stated by the source'
        ELSE 'by ancestry of commits'
    END AS method
FROM fact_changes f
JOIN changes c ON c.change_id = f.change_id AND c.service_id = f.outside_service_id
WHERE c.merged_at >= $from_at AND c.merged_at < $to_at
"""
# Infrastructure and third parties have no deployment to be linked to.
_INCIDENTS = """
SELECT
    f.incident_id, f.service_id, f.team_id, f.tier, f.started_at, f.cause, f.deployment_id, i.source, f.url,
    CASE f.link_method
        WHEN 'explicit' THEN 'stated by the source'
        WHEN 'window' THEN 'by service and time alone'
        ELSE 'tied to none'
    END AS method
FROM fact_incidents f
JOIN incidents i ON i.incident_id = f.incident_id
WHERE f.started_on >= $start AND f.started_on < $end AND f.cause IN ('change', 'unknown')
"""
_TICKETS = """
SELECT
    f.ticket_id, f.team_id, f.service_id, f.tier, f.queue, f.type, f.action, f.created_at, f.resolved_at,
    t.source, f.url,
    CASE
        WHEN f.type = 'request' AND f.action IS NOT NULL THEN 'request for a known action'
        WHEN f.type = 'request' THEN 'request for no known action'
        WHEN f.type = 'how_to' THEN 'how-to question'
        WHEN f.type = 'incident' THEN 'incident'
        ELSE 'other'
    END AS method
FROM fact_tickets f
JOIN tickets t ON t.ticket_id = f.ticket_id
WHERE f.created_on >= $start AND f.created_on < $end
"""
_COUNTED = "SELECT '{}' AS kind, method, team_id, tier, source, count(*) AS n FROM ({}) GROUP BY ALL"
_LISTED = """
WITH tied AS ({})
SELECT * EXCLUDE (tier) FROM tied
WHERE method = $method AND in_scope(service_id, team_id, tier, NULL, $teams, $tiers)
    AND ($sources IS NULL OR list_contains($sources, source))
ORDER BY 1, 2
"""
# The methods in the order in which they are drawn, surest first; the last one is what is not known.
_METHODS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Merged changes": (
        _CHANGES,
        ("stated by the source", "by ancestry of commits", "no deployment contains it"),
    ),
    "Incidents": (_INCIDENTS, ("stated by the source", "by service and time alone", "tied to none")),
    "Tickets": (
        _TICKETS,
        (
            "request for a known action",
            "how-to question",
            "incident",
            "request for no known action",
            "other",
        ),
    ),
}
UNKNOWN = {
    "Merged changes": ("no deployment contains it",),
    "Incidents": ("tied to none",),
    "Tickets": ("request for no known action", "other"),
}
"""What could not be tied or typed, by kind."""


class Picked(Looked, Protocol):
    """What is looked at, of some sources; none for all."""

    @property
    def sources(self) -> Sequence[str]: ...


def linkage(facts: Published, view: Picked) -> pd.DataFrame:
    """Columns kind, method, n, share (0 to 1, of the kind); only kinds of which the window has rows."""
    counts = narrowed(counts_in(facts, view.window), view.where)
    if view.sources:
        counts = counts[counts["source"].isin(view.sources)]
    numbers = counts.groupby(["kind", "method"])["n"].sum().to_dict()
    rows = []
    for kind, (_, methods) in _METHODS.items():
        total = sum(numbers.get((kind, method), 0) for method in methods)
        rows += [
            (kind, method, int(n), n / total) for method in methods if (n := numbers.get((kind, method), 0))
        ]
    return pd.DataFrame(rows, columns=["kind", "method", "n", "share"])


def counts_in(facts: Published, window: Window) -> pd.DataFrame:
    """How many rows of a window were tied in which way, by team, tier and source."""
    sql = " UNION ALL ".join(_COUNTED.format(kind, tied) for kind, (tied, _) in _METHODS.items())
    asked = _days(facts, window)
    return whole(facts.snapshot, (sql, asked), lambda: fetch(facts.snapshot, sql, asked))


def linkage_rows(facts: Published, view: Picked, kind: str, method: str) -> pd.DataFrame:
    """The changes, incidents or tickets that were tied or typed in one way."""
    sql = _LISTED.format(_METHODS[kind][0])
    asked = {"method": method, "sources": list(view.sources) or None, **view.where.parameters}
    return fetch(facts.snapshot, sql, asked | _days(facts, view.window))


def _days(facts: Published, window: Window) -> dict[str, Any]:
    """The window as local days and as instants."""
    zone = ZoneInfo(facts.zone)
    return {
        "start": window.start,
        "end": window.end,
        "from_at": _instant(window.start, zone),
        "to_at": _instant(window.end, zone),
    }


def _instant(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC without a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)
