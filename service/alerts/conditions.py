"""What is wrong with the sources now, by what the warehouse knows of their runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from collectors import registry
from service.configuration.config import ConfiguredSource, Settings
from service.storage.snapshots import marts_directory
from warehouse.refusal import read_refusal
from warehouse.sources import SOURCE_RUN

WEEKS = 4
USUAL_AT_LEAST = 20
_LAST_RUNS = f"""
SELECT source, count_if(status = 'failure') AS n_failed, max_by(message, run_id) AS message
FROM (
    SELECT *, row_number() OVER (PARTITION BY source ORDER BY run_id DESC) AS nth
    FROM job_runs WHERE job = '{SOURCE_RUN}' AND status IN ('success', 'failure')
)
WHERE nth <= $after_failures
GROUP BY source
"""
_HEARD = f"""
SELECT source, max(finished_at) FILTER (WHERE status = 'success') AS heard_at, min(started_at) AS since_at
FROM job_runs WHERE job = '{SOURCE_RUN}' GROUP BY source
UNION ALL
SELECT source, max(fetched_at), min(fetched_at) FROM raw_bodies
WHERE list_contains($pushed, source) GROUP BY source
"""
# New and changed rows by week, counted back from now; week 0 is the last one.
_WEEKLY = f"""
WITH news AS (
    SELECT source, started_at AS run_at, coalesce(n_inserted, 0) + coalesce(n_updated, 0) AS n
    FROM job_runs WHERE job = '{SOURCE_RUN}'
    UNION ALL
    SELECT source, fetched_at, 1 FROM raw_bodies WHERE list_contains($pushed, source)
),
weekly AS (
    SELECT *, greatest(ceil((epoch($now) - epoch(run_at)) / 604800) - 1, 0) AS week FROM news
)
SELECT
    source, min(run_at) AS since_at,
    sum(n) FILTER (WHERE week = 0) AS last_week,
    [
        coalesce(sum(n) FILTER (WHERE week = 1), 0),
        coalesce(sum(n) FILTER (WHERE week = 2), 0),
        coalesce(sum(n) FILTER (WHERE week = 3), 0),
        coalesce(sum(n) FILTER (WHERE week = 4), 0)
    ] AS weeks
FROM weekly GROUP BY source
"""


# The newest digest of every channel and kind, where it did not arrive or nobody knows.
_UNSENT = """
SELECT channel, cadence, period, status, message FROM digests
QUALIFY row_number() OVER (PARTITION BY channel, cadence ORDER BY last_at DESC) = 1
    AND status IN ('failed', 'unclear')
ORDER BY channel, cadence
"""
_OF_NO_SOURCE = ("held_back", "unsent")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong, in a sentence: with a source, with the snapshot as a whole (``*``), or with
    the digest of a channel (``weekly digest to CHANNEL``).
    """

    source: str
    condition: str
    message: str


def troubles(con: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> list[Trouble]:
    """All that is wrong at ``now`` (UTC, without a zone, as tables hold it).

    A source that fails or is stale brings little for that very reason, so the last is not said of it.
    """
    sources = {source.name: source for source in settings.sources if _is_watched(source)}
    pushed = [name for name, source in sources.items() if registry.KINDS[source.kind].is_pushed]
    found = [
        *_held_back(settings),
        *_failing(_rows(con, _LAST_RUNS, after_failures=settings.alerts.after_failures), settings),
        *_stale(_rows(con, _HEARD, pushed=pushed), settings, now),
        *_unsent(_rows(con, _UNSENT), settings),
    ]
    known = {trouble.source for trouble in found}
    weekly = _rows(con, _WEEKLY, pushed=pushed, now=now)
    found += [trouble for trouble in _shrunken(weekly, now) if trouble.source not in known]
    return [trouble for trouble in found if trouble.source in sources or trouble.condition in _OF_NO_SOURCE]


def _is_watched(source: ConfiguredSource) -> bool:
    """The demo is made once and never grows old."""
    return bool(source.every or source.schedule or registry.KINDS[source.kind].is_pushed)


def _rows(con: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> list[Mapping[str, Any]]:
    result = con.execute(sql, parameters)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _held_back(settings: Settings) -> Iterator[Trouble]:
    refusal = read_refusal(marts_directory(settings))
    if refusal is not None:
        checks = "; ".join(f"{name}: {message} ({n:,} rows)" for name, message, n in refusal.checks)
        yield Trouble("*", "held_back", f"newer data is held back by failed checks: {checks}")


def _unsent(rows: list[Mapping[str, Any]], settings: Settings) -> Iterator[Trouble]:
    """A digest for a channel that is no longer configured is nobody's trouble."""
    known = {channel.name for channel in settings.digest.channels}
    for row in rows:
        if row["channel"] in known:
            option = "--week" if row["cadence"] == "weekly" else "--quarter"
            again = f"payoff digest {row['cadence']} {option} {row['period']} --send --to {row['channel']}"
            how = "may not have arrived" if row["status"] == "unclear" else "did not go"
            text = f"that of {row['period']} {how}: {row['message']}. To send it again: {again}"
            yield Trouble(f"{row['cadence']} digest to {row['channel']}", "unsent", text)


def _failing(rows: list[Mapping[str, Any]], settings: Settings) -> Iterator[Trouble]:
    n = settings.alerts.after_failures
    for row in rows:
        if row["n_failed"] >= n:
            times = "the last run" if n == 1 else f"the last {n} runs"
            yield Trouble(row["source"], "failing", f"{times} failed. {row['message'] or ''}".strip())


def _stale(rows: list[Mapping[str, Any]], settings: Settings, now: datetime) -> Iterator[Trouble]:
    hours = settings.alerts.stale_after_hours or settings.freshness.stale_after_hours
    for row in rows:
        heard_at = row["heard_at"] or row["since_at"]
        if now - heard_at > timedelta(hours=hours):
            text = f"nothing was read since {heard_at:%Y-%m-%d %H:%M} UTC, which is more than {hours:g} hours"
            yield Trouble(row["source"], "stale", text)


def _shrunken(rows: list[Mapping[str, Any]], now: datetime) -> Iterator[Trouble]:
    for row in rows:
        ordered = sorted(row["weeks"])
        usual = (ordered[1] + ordered[2]) / 2
        is_known = row["since_at"] <= now - timedelta(weeks=WEEKS + 1)
        last = row["last_week"] or 0
        if is_known and usual >= USUAL_AT_LEAST and last * 2 < usual:
            text = f"{last:,.0f} new or changed rows in 7 days; usual are {usual:,.0f}"
            yield Trouble(row["source"], "shrunken", text)
