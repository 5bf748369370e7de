"""What has grown old: raw bodies, items that could not be read, runs, results of checks, alerts.

Rows of the world never grow old. The last run of a job and its last success stay however old they are, for
freshness and schedule rest on them; so do refused events of the spool, which `payoff replay` tries again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from warehouse.engine import Warehouse

_OF_SOURCE = "source = $source AND {at} < $before"
_RUNS = """started_at < $before AND status <> 'running' AND run_id NOT IN (
    SELECT max(run_id) FROM job_runs GROUP BY source, job
    UNION ALL
    SELECT max(run_id) FROM job_runs WHERE status = 'success' GROUP BY source, job
)"""
_RESULTS = "checked_at < $before AND version NOT IN (SELECT version FROM snapshots)"
_ALERTS = "coalesce(well_told_at, CASE WHEN told_at IS NULL THEN well_at END) < $before"


@dataclass(frozen=True, slots=True)
class Ages:
    """How many days things are kept.

    Parameters
    ----------
    raw : raw bodies and unread items of a source that says nothing else.
    raw_by_source : those of single sources; ``None``: for ever.
    runs : runs of jobs, results of checks, and alerts that are over.
    """

    raw: int
    runs: int
    raw_by_source: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of a table that are older than they are kept; ``n_bytes`` of bodies, unknown for small rows."""

    table: str
    source: str
    days: int
    n_rows: int
    n_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    table: str
    condition: str
    days: int
    source: str = ""

    def parameters(self, warehouse: Warehouse) -> dict[str, Any]:
        given = {"before": warehouse.now() - timedelta(days=self.days)}
        return given | ({"source": self.source} if self.source else {})


def expired(warehouse: Warehouse, ages: Ages) -> tuple[Expired, ...]:
    """What is older than it is kept."""
    found = []
    for rule in _rules(warehouse, ages):
        size = "sum(octet_length(body))" if rule.table == "raw_bodies" else "NULL"
        n_rows, n_bytes = warehouse.connection.execute(
            f"SELECT count(*), {size} FROM {rule.table} WHERE {rule.condition}", rule.parameters(warehouse)
        ).fetchall()[0]
        if n_rows:
            found.append(Expired(rule.table, rule.source, rule.days, n_rows, n_bytes))
    return tuple(found)


def remove_expired(warehouse: Warehouse, ages: Ages) -> None:
    """Delete it, all or nothing; `Warehouse.compact` gives the room back."""
    with warehouse.transaction() as con:
        for rule in _rules(warehouse, ages):
            con.execute(f"DELETE FROM {rule.table} WHERE {rule.condition}", rule.parameters(warehouse))


def _rules(warehouse: Warehouse, ages: Ages) -> list[_Rule]:
    rules = [
        _Rule("job_runs", _RUNS, ages.runs),
        _Rule("check_results", _RESULTS, ages.runs),
        _Rule("alerts", _ALERTS, ages.runs),
    ]
    for source in _sources(warehouse):
        days = ages.raw_by_source.get(source, ages.raw)
        if days is not None:
            rules.append(_Rule("raw_bodies", _OF_SOURCE.format(at="fetched_at"), days, source))
            rules.append(_Rule("skipped_items", _OF_SOURCE.format(at="skipped_at"), days, source))
    return rules


def _sources(warehouse: Warehouse) -> list[str]:
    rows = warehouse.connection.execute(
        "SELECT source FROM raw_bodies UNION SELECT source FROM skipped_items ORDER BY 1"
    ).fetchall()
    return [source for (source,) in rows]
