"""Publishing: the tables that readers need go into a new file, checks run, and the pointer is moved.

A file is written under a ``.part`` name, so whatever bears the final name is complete. Nothing that
readers see changes before the pointer is replaced, and a failing check or a kill leaves it where it was.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.arrange import source_column
from warehouse.checks import CheckResult, run_checks
from warehouse.engine import Warehouse
from warehouse.errors import ChecksFailedError, storage_errors
from warehouse.kept import write_kept
from warehouse.records import RECORDS
from warehouse.refusal import forget_refusal, write_refusal
from warehouse.retention import next_version, remove_leftovers, remove_old
from warehouse.sizes import measure, write_sizes
from warehouse.snapshot import Snapshot, SnapshotInfo, flush, write_pointer

__all__ = ["READER_TABLES", "Snapshot", "SnapshotInfo", "publish"]

# What readers get besides the facts. Changes and deployments are in the facts; commits, raw bodies, cursors
# and members stay with the writer, for they hold people or serve collectors only; and so do single survey
# answers, which may be shown for groups of five and more only.
READER_TABLES = (
    "teams",
    "services",
    "ownership",
    "mandates",
    "incidents",
    "tickets",
    "ticket_transitions",
    "worklogs",
    "action_runs",
    "builds",
    "survey_invitations",
    "slos",
    "quality_gates",
    "ai_usage",
    "costs",
    "inputs",
    "coverage",
    "ledger_entries",
    "goal_entries",
    "reports",
    "report_lines",
    "report_summary",
    "environments",
    "service_map",
    "team_map",
    "unmapped_names",
    "disputed_names",
    "skipped_items",
    "job_runs",
)


def publish(
    warehouse: Warehouse,
    prepare: Callable[[duckdb.DuckDBPyConnection], None],
    *,
    as_of: datetime,
    settings: Mapping[str, Any],
    keep: int = 3,
    answers: Callable[[Snapshot], Mapping[str, bytes]] | None = None,
) -> SnapshotInfo:
    """The new snapshot, published.

    Parameters
    ----------
    prepare : creates the facts in the attached, empty catalogue ``marts``; the warehouse is the default
        catalogue. Tables that readers need and that it did not make are copied after it.
    as_of : the instant up to which the snapshot speaks (aware).
    settings : JSON values that readers find as ``Snapshot.settings``, over those stored in the warehouse.
    keep : how many snapshots stay, besides the last one of every closed quarter.
    answers : works out, from the finished snapshot, what it shall carry for its readers (`warehouse.kept`).

    Raises
    ------
    ChecksFailedError : the last good snapshot stays published; the results are in ``check_results``.
    StorageError : the disk is full or the folder cannot be written; nothing changed for readers.
    """
    marts, as_of = warehouse.marts_dir, as_of.astimezone(UTC)
    with warehouse.exclusive() as con, storage_errors(marts, "publish a snapshot"):
        marts.mkdir(parents=True, exist_ok=True)
        remove_leftovers(marts)
        version = next_version(marts)
        published_at = warehouse.now().replace(tzinfo=UTC)
        info = SnapshotInfo(version, f"marts-{version:06d}.duckdb", published_at, as_of)
        sizes = measure(con)
        with _attached(con, marts / f"{info.file}.part"):
            prepare(con)
            write_sizes(con, sizes)
            results = _fill(warehouse, info, settings)
        _store_results(warehouse, info, results)
        _refuse_failures(marts, info, results)
        if answers is not None:
            _keep_answers(marts / f"{info.file}.part", answers)
        _complete(marts, info)
        _store_snapshot(warehouse, info)
        write_pointer(marts, info)
        forget_refusal(marts)
        quarter_start = int(settings.get("quarter_start_month", 1))
        remove_old(warehouse, keep=keep, as_of=as_of, quarter_start_month=quarter_start)
    return info


def _fill(warehouse: Warehouse, info: SnapshotInfo, settings: Mapping[str, Any]) -> tuple[CheckResult, ...]:
    """Results of the checks, after the tables beside the facts were written in one commit."""
    with warehouse.transaction() as con:
        _copy_tables(con)
        _write_settings(con, info, settings)
        _count_rows(con)
        _write_sizes(con)
        results = run_checks(con)
        _insert_results(con, "marts.check_results", info, results)
    warehouse.connection.execute("CHECKPOINT marts")
    return results


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, part: Path) -> Iterator[None]:
    """The new file as ``marts``. The older storage version lets older clients read a snapshot."""
    quoted = str(part).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS marts (STORAGE_VERSION 'v1.4.0')")
    try:
        yield
    except BaseException:
        con.execute("DETACH marts")
        remove_leftovers(part.parent)
        raise
    con.execute("DETACH marts")


def _keep_answers(part: Path, answers: Callable[[Snapshot], Mapping[str, bytes]]) -> None:
    try:
        with Snapshot.open(part) as snapshot:
            found = answers(snapshot)
        write_kept(part, found)
    except BaseException:
        remove_leftovers(part.parent)
        raise


def _copy_tables(con: duckdb.DuckDBPyConnection) -> None:
    made = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'marts'").fetchall()
    for table in READER_TABLES:
        if (table,) not in made:
            con.execute(f"CREATE TABLE marts.{table} AS SELECT * FROM {table}")
    con.execute("CREATE TABLE marts.check_results AS SELECT * FROM check_results LIMIT 0")


def _write_settings(con: duckdb.DuckDBPyConnection, info: SnapshotInfo, settings: Mapping[str, Any]) -> None:
    stored = dict(con.execute("SELECT key, value FROM settings").fetchall())
    own = {
        "snapshot_version": info.version,
        "published_at": info.published_at.isoformat(),
        "as_of": info.as_of.isoformat(),
    }
    values = stored | {key: json.dumps(value) for key, value in {**settings, **own}.items()}
    con.execute(
        "CREATE TABLE marts.settings AS SELECT unnest($keys) AS key, unnest($values) AS value",
        {"keys": list(values), "values": list(values.values())},
    )


def _count_rows(con: duckdb.DuckDBPyConnection) -> None:
    """``rows_now`` and ``rows_before``, which checks and the next publication compare."""
    counts = " UNION ALL ".join(
        f"SELECT '{record.table}' AS table_name, "
        f"{source_column(record.table)} AS source, count(*) AS n_rows "
        f"FROM {record.table} GROUP BY ALL"
        for record in RECORDS
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE rows_now AS {counts}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rows_before AS SELECT table_name, source, n_rows FROM snapshot_rows "
        "WHERE version = (SELECT max(version) FROM snapshot_rows)"
    )


def _write_sizes(con: duckdb.DuckDBPyConnection) -> None:
    """How much of the warehouse each source fills: its rows by table, and its kept raw bodies."""
    con.execute("CREATE TABLE marts.source_rows AS SELECT * FROM rows_now WHERE n_rows > 0")
    con.execute(
        "CREATE TABLE marts.source_bodies AS SELECT source, count(*) AS n_bodies, "
        "CAST(sum(octet_length(body)) AS BIGINT) AS bytes, min(fetched_at) AS oldest_at "
        "FROM raw_bodies GROUP BY source"
    )


def _store_results(warehouse: Warehouse, info: SnapshotInfo, results: Sequence[CheckResult]) -> None:
    with warehouse.transaction() as con:
        con.execute("DELETE FROM check_results WHERE version = ?", [info.version])
        _insert_results(con, "check_results", info, results)


def _insert_results(
    con: duckdb.DuckDBPyConnection, table: str, info: SnapshotInfo, results: Sequence[CheckResult]
) -> None:
    rows = [[r.check.name, r.check.severity, r.check.message, r.n_offending, r.sample_json] for r in results]
    con.execute(
        f"INSERT INTO {table} SELECT $version, r[1], r[2], r[3], CAST(r[4] AS BIGINT), r[5], $at "
        "FROM (SELECT unnest($rows) AS r)",
        {
            "version": info.version,
            "rows": [[str(cell) for cell in row] for row in rows],
            "at": info.published_at.replace(tzinfo=None),
        },
    )


def _refuse_failures(marts: Path, info: SnapshotInfo, results: Sequence[CheckResult]) -> None:
    failed = [result for result in results if result.is_failure]
    if not failed:
        return
    remove_leftovers(marts)
    write_refusal(marts, info, failed)
    reasons = "; ".join(f"{r.check.name}: {r.check.message} ({r.n_offending} rows)" for r in failed)
    raise ChecksFailedError(
        f"{marts}: snapshot {info.version} was not published, the last good one stays. {reasons}. "
        "Sample rows are in the table check_results; correct them at their source and collect again.",
        names=[result.check.name for result in failed],
    )


def _complete(marts: Path, info: SnapshotInfo) -> None:
    part = marts / f"{info.file}.part"
    flush(part)
    part.replace(marts / info.file)
    flush(marts)


def _store_snapshot(warehouse: Warehouse, info: SnapshotInfo) -> None:
    """Before the pointer moves: a kill in between leaves a snapshot that is known and unused."""
    times = [t.replace(tzinfo=None) for t in (info.published_at, info.as_of)]
    with warehouse.transaction() as con:
        con.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?)", [info.version, info.file, *times])
        con.execute("DELETE FROM snapshot_rows")
        con.execute("INSERT INTO snapshot_rows SELECT ?, * FROM rows_now", [info.version])
