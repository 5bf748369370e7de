"""Frozen quarterly reports as rows, for queries and pages; the files themselves lie in the storage folder."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

REPORT_COLUMNS = (
    *("report_id", "period", "version", "generated_at", "model_version", "config_sha256"),
    *("snapshot_version", "seed", "accepted", "reason", "inputs"),
)


def stored_reports(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The identifiers of the versions that are stored."""
    return frozenset(name for (name,) in con.execute("SELECT report_id FROM reports").fetchall())


def store_report(
    con: duckdb.DuckDBPyConnection,
    report: Mapping[str, Any],
    lines: Sequence[Mapping[str, str]],
    summary: Sequence[Mapping[str, str]],
) -> None:
    """Store a version: its own columns, and the rows of its two files, in which an empty cell is unknown."""
    values = [report[name] for name in REPORT_COLUMNS]
    con.execute(f"INSERT INTO reports ({', '.join(REPORT_COLUMNS)}) VALUES ({_marks(values)})", values)
    for table, rows in (("report_lines", lines), ("report_summary", summary)):
        if rows:
            _insert(con, table, rows)


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, str]]) -> None:
    names = list(rows[0])
    columns = {name: pa.array([row[name] or None for row in rows], pa.string()) for name in names}
    types = dict(
        con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE table_name = ? AND database_name = current_database()",
            [table],
        ).fetchall()
    )
    cells = ", ".join(f'CAST("{name}" AS {types[name]})' for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    con.register("report_rows", pa.table(columns))
    try:
        con.execute(f"INSERT INTO {table} ({listed}) SELECT {cells} FROM report_rows")
    finally:
        con.unregister("report_rows")


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
