"""How collecting goes: cursors, runs of jobs, and the raw bodies that replay reads."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from warehouse.engine import Warehouse
from warehouse.merge import Counts

FinalStatus = Literal["success", "failure", "interrupted"]


def read_cursor(warehouse: Warehouse, source: str, resource: str, scope_id: str) -> Mapping[str, Any] | None:
    """Where the next run of a resource goes on; ``None``: at the beginning."""
    with warehouse.transaction() as con:
        rows = con.execute(
            "SELECT cursor FROM cursors WHERE source = ? AND resource = ? AND scope_id = ?",
            [source, resource, scope_id],
        ).fetchall()
    return json.loads(rows[0][0]) if rows else None


def write_cursor(
    warehouse: Warehouse, source: str, resource: str, scope_id: str, cursor: Mapping[str, Any]
) -> None:
    """Store where the next run goes on; `load_page` does it in the transaction of the page."""
    at = [source, resource, scope_id]
    with warehouse.transaction() as con:
        con.execute("DELETE FROM cursors WHERE source = ? AND resource = ? AND scope_id = ?", at)
        con.execute("INSERT INTO cursors VALUES (?, ?, ?, ?, ?)", [*at, json.dumps(cursor), warehouse.now()])


def forget_cursors(warehouse: Warehouse, source: str) -> None:
    """Let the next run of a source begin at the beginning; rows and coverage stay."""
    with warehouse.transaction() as con:
        con.execute("DELETE FROM cursors WHERE source = ?", [source])


def start_run(warehouse: Warehouse, job: str, source: str | None = None) -> int:
    """The identifier of a new run of ``job``. A run that never finishes is marked at the next opening."""
    with warehouse.transaction() as con:
        run_id = con.execute("SELECT coalesce(max(run_id), 0) + 1 FROM job_runs").fetchall()[0][0]
        con.execute(
            "INSERT INTO job_runs (run_id, job, source, status, started_at) VALUES (?, ?, ?, 'running', ?)",
            [run_id, job, source, warehouse.now()],
        )
    return int(run_id)


def finish_run(
    warehouse: Warehouse,
    run_id: int,
    status: FinalStatus,
    *,
    message: str | None = None,
    counts: Counts | None = None,
    skipped: int | None = None,
    requests: int | None = None,
) -> None:
    """Store how a run ended; ``message`` is what the operator reads."""
    rows = (counts.inserted, counts.updated, counts.unchanged) if counts else (None, None, None)
    with warehouse.transaction() as con:
        con.execute(
            "UPDATE job_runs SET status = ?, finished_at = ?, message = ?, n_inserted = ?, n_updated = ?, "
            "n_unchanged = ?, n_skipped = ?, n_requests = ? WHERE run_id = ?",
            [status, warehouse.now(), message, *rows, skipped, requests, run_id],
        )


@dataclass(frozen=True, slots=True)
class StoredBody:
    """A raw body as it was collected; ``fetched_at`` is when this very body was first seen."""

    scope_id: str
    key: str
    body: bytes
    fetched_at: datetime


def raw_scopes(warehouse: Warehouse, source: str) -> list[str]:
    """The scopes of a source of which raw bodies are kept."""
    with warehouse.transaction() as con:
        rows = con.execute(
            "SELECT DISTINCT scope_id FROM raw_bodies WHERE source = ? ORDER BY scope_id", [source]
        ).fetchall()
    return [scope_id for (scope_id,) in rows]


def raw_bodies(
    warehouse: Warehouse, source: str, resource: str, scope_id: str | None = None, *, batch_size: int = 1000
) -> Iterator[list[StoredBody]]:
    """The raw bodies of a resource (``None``: of all its scopes) in batches, to be parsed again.

    A batch is read in full before it is handed out: between two of them the warehouse may be written.
    """
    after = ("", "")
    while True:
        with warehouse.transaction() as con:
            rows = con.execute(
                "SELECT scope_id, key, body, fetched_at FROM raw_bodies WHERE source = ? AND resource = ? "
                "AND coalesce(scope_id = ?, TRUE) AND (scope_id, key) > (?, ?) "
                "ORDER BY scope_id, key LIMIT ?",
                [source, resource, scope_id, *after, batch_size],
            ).fetchall()
        if not rows:
            return
        yield [
            StoredBody(scope, key, zlib.decompress(body), at.replace(tzinfo=UTC))
            for scope, key, body, at in rows
        ]
        after = (rows[-1][0], rows[-1][1])


def bodies_of(
    warehouse: Warehouse, source: str, resource: str, scope_id: str, keys: Sequence[str]
) -> dict[str, StoredBody]:
    """The raw bodies that there are of these keys."""
    with warehouse.transaction() as con:
        rows = con.execute(
            "SELECT key, body, fetched_at FROM raw_bodies WHERE source = ? AND resource = ? "
            "AND scope_id = ? AND list_contains(?, key)",
            [source, resource, scope_id, list(keys)],
        ).fetchall()
    bodies = (StoredBody(scope_id, k, zlib.decompress(body), at.replace(tzinfo=UTC)) for k, body, at in rows)
    return {body.key: body for body in bodies}
