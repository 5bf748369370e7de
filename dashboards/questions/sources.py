"""The sources behind the figures: how each fares, what its runs did, and what the checks found."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from dashboards.places import DIRECTORY_VARIABLE
from dashboards.questions.health import is_stale
from dashboards.questions.published import Published
from dashboards.questions.remembered import remembered
from warehouse.identities import Identified, read_identified
from warehouse.refusal import Refusal, read_refusal
from warehouse.sources import KNOWN, SOURCE_RUNS, SPOOL

State = Literal["failing", "stale", "stopped", "current", "unknown"]

_SOURCES = f"""
WITH source_runs AS (FROM ({SOURCE_RUNS}) WHERE source <> '{SPOOL}'),
last_runs AS (
    SELECT
        source, status, started_at, finished_at, n_requests, n_inserted, n_updated, n_skipped, message
    FROM source_runs
    WHERE status <> 'running'
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY run_id DESC) = 1
),
last_successes AS (
    SELECT source, max(finished_at) AS succeeded_at
    FROM source_runs
    WHERE status = 'success'
    GROUP BY source
),
known AS (
    SELECT source, max(to_at) AS data_to, count(DISTINCT resource) AS n_resources
    FROM coverage GROUP BY source
)
SELECT
    coalesce(r.source, k.source) AS source, k.data_to, k.n_resources, r.status, r.started_at,
    epoch(r.finished_at) - epoch(r.started_at) AS seconds, s.succeeded_at,
    r.n_requests, r.n_inserted, r.n_updated, r.n_skipped, r.message
FROM last_runs r
FULL JOIN known k ON k.source = r.source
LEFT JOIN last_successes s ON s.source = r.source
ORDER BY source
"""
_RUNS = """
SELECT
    coalesce(source, '') AS source, job, status, started_at, finished_at,
    epoch(finished_at) - epoch(started_at) AS seconds,
    n_requests, n_inserted, n_updated, n_skipped, coalesce(message, '') AS error
FROM job_runs ORDER BY run_id DESC LIMIT 500
"""
_CHECKS = """
SELECT severity, check_name, message, n_offending, sample
FROM check_results
WHERE n_offending > 0
ORDER BY severity, n_offending DESC, check_name
"""
_N_CHECKS = "SELECT count(*) AS n FROM check_results"
_SKIPPED = """
SELECT
    source, resource, reason, count(*) AS n_items, min(item) AS example, max(skipped_at) AS last_at
FROM skipped_items GROUP BY ALL ORDER BY n_items DESC, source, resource, reason
"""
_TABLES = "SELECT table_name FROM duckdb_tables()"
_SIZES = """
WITH held AS (
    SELECT source, CAST(sum(n_rows) AS BIGINT) AS n_rows, max_by(table_name, n_rows) AS largest_table
    FROM source_rows WHERE source IS NOT NULL GROUP BY source
)
SELECT
    coalesce(h.source, b.source) AS source, h.n_rows, h.largest_table, b.n_bodies,
    b.bytes / 1e6 AS megabytes, b.oldest_at
FROM held h
FULL JOIN source_bodies b ON b.source = h.source
ORDER BY source
"""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that the page on the data shows of sources; the frames' columns are those of the queries."""

    sources: pd.DataFrame
    resources: pd.DataFrame
    runs: pd.DataFrame
    checks: pd.DataFrame
    n_checks: int
    skipped: pd.DataFrame
    sizes: pd.DataFrame

    def of(self, sources: Sequence[str]) -> "Look":
        """The same of some sources alone; none are all. Checks are of the whole snapshot."""
        if not sources:
            return self
        names = ("sources", "resources", "runs", "skipped", "sizes")
        frames = {name: getattr(self, name) for name in names}
        return replace(
            self, **{n: f[f["source"].isin(sources)] if "source" in f else f for n, f in frames.items()}
        )

    def in_state(self, *states: State) -> list[str]:
        """The names of the sources in one of these states."""
        return list(self.sources.loc[self.sources["state"].isin(states), "source"])


def look(facts: Published, now: datetime) -> Look:
    """How the sources fare by the snapshot, judged at ``now``."""
    tables = set(facts.rows(_TABLES)["table_name"])
    sources = facts.rows(_SOURCES)
    states = [_state(facts, row, now) for row in sources.to_dict("records")]
    resources = facts.rows(KNOWN)
    ages = [_is_old(facts, at, now) for at in resources["known_to"]]
    return Look(
        sources=sources.assign(state=pd.Series(states, dtype="str")),
        resources=resources.assign(is_stale=pd.Series(ages, dtype="bool")),
        runs=facts.rows(_RUNS),
        checks=facts.rows(_CHECKS),
        n_checks=int(facts.rows(_N_CHECKS)["n"].iloc[0]),
        skipped=facts.rows(_SKIPPED),
        # A snapshot of an earlier version does not say how large its sources are.
        sizes=facts.rows(_SIZES) if "source_rows" in tables else pd.DataFrame(),
    )


def _state(facts: Published, row: dict[Any, Any], now: datetime) -> State:
    if row["status"] == "failure":
        return "failing"
    if _is_old(facts, row["data_to"], now):
        return "stale"
    if row["status"] == "interrupted":
        return "stopped"
    return "unknown" if pd.isna(row["data_to"]) and pd.isna(row["started_at"]) else "current"


def _is_old(facts: Published, at: Any, now: datetime) -> bool:
    return not pd.isna(at) and is_stale(facts, at.to_pydatetime(), now)


def names(facts: Published) -> Identified | None:
    """Names that nothing explains, or that two rules explain differently; ``None``: an older snapshot."""
    if "unmapped_names" not in set(facts.rows(_TABLES)["table_name"]):
        return None
    return remembered(facts.snapshot, partial(read_identified, facts.snapshot.sql))


def held_back() -> Refusal | None:
    """Why newer data is not published; ``None`` where the snapshot is the newest."""
    return read_refusal(Path(os.environ.get(DIRECTORY_VARIABLE, "data/marts")))
