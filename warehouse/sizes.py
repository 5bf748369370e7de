"""How much room the rows of each source take: for the operator, and as a table of every snapshot.

A table's bytes are the whole blocks of the file that hold it. A source has the part of them that its rows
are, weighed by their length where that differs much (kept bodies), so its figure is an estimate.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from warehouse.snapshot import Snapshot

TABLE = "stored_sizes"
_WEIGHTS = {"raw_bodies": "octet_length(body)"}
_TABLES = """
SELECT table_name, list_contains(list(column_name), 'source') AS has_source
FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'main' AND table_name IN
    (
        SELECT table_name FROM duckdb_tables()
        WHERE NOT temporary AND database_name = current_database() AND estimated_size > 0
    )
GROUP BY table_name ORDER BY table_name
"""
_BLOCKS = """
WITH segments AS MATERIALIZED (SELECT * FROM pragma_storage_info('{table}')),
blocks AS (
    SELECT block_id FROM segments WHERE persistent
    UNION SELECT unnest(additional_block_ids) FROM segments
)
SELECT
    (SELECT count(*) FROM blocks WHERE block_id >= 0),
    (SELECT coalesce(sum(count), 0) FROM segments WHERE column_id = 0 AND segment_type <> 'VALIDITY')
"""


@dataclass(frozen=True, slots=True)
class StoredSize:
    """Rows of a source in a table, and about how many bytes of the file; source ``""``: of no single one."""

    source: str
    table: str
    n_rows: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class FileSize:
    """Bytes of the file, and about how many of them hold nothing any more and go by compaction."""

    n_bytes: int
    n_unused: int


def measure(con: duckdb.DuckDBPyConnection) -> tuple[StoredSize, ...]:
    """What every source takes in every table of the opened file; call it outside of a transaction."""
    con.execute("CHECKPOINT")
    block = _block_size(con)
    found: list[StoredSize] = []
    for table, has_source in con.execute(_TABLES).fetchall():
        source = "source" if has_source else "''"
        rows = con.execute(
            f"SELECT coalesce({source}, ''), count(*), sum({_WEIGHTS.get(table, '1')}) FROM {table} "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        n_bytes, weight = _blocks(con, table)[0] * block, sum(row[2] for row in rows)
        found += [
            StoredSize(name, table, n_rows, round(n_bytes * part / weight))
            for name, n_rows, part in rows
            if weight
        ]
    return tuple(found)


def write_sizes(con: duckdb.DuckDBPyConnection, sizes: tuple[StoredSize, ...]) -> None:
    """Give readers of the attached snapshot ``marts`` what was measured."""
    con.execute(
        f"CREATE TABLE marts.{TABLE} AS SELECT unnest($sources) AS source, unnest($tables) AS table_name, "
        "unnest($rows)::BIGINT AS n_rows, unnest($bytes)::BIGINT AS n_bytes",
        {
            "sources": [size.source for size in sizes],
            "tables": [size.table for size in sizes],
            "rows": [size.n_rows for size in sizes],
            "bytes": [size.n_bytes for size in sizes],
        },
    )


def stored_sizes(snapshot: Snapshot) -> tuple[StoredSize, ...]:
    """What was measured when the snapshot was published, the largest first; none in an older snapshot."""
    known = snapshot.sql("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [TABLE])
    if not known.num_rows:
        return ()
    rows = snapshot.sql(
        f"SELECT source, table_name, n_rows, n_bytes FROM {TABLE} ORDER BY n_bytes DESC, source, table_name"
    ).to_pylist()
    return tuple(StoredSize(*row.values()) for row in rows)


def by_source(sizes: Iterable[StoredSize]) -> list[tuple[str, int, int]]:
    """Rows and bytes of every source over all tables, the largest first."""
    totals: dict[str, tuple[int, int]] = {}
    for size in sizes:
        n_rows, n_bytes = totals.get(size.source, (0, 0))
        totals[size.source] = (n_rows + size.n_rows, n_bytes + size.n_bytes)
    return sorted(((name, *total) for name, total in totals.items()), key=lambda row: -row[2])


def file_size(con: duckdb.DuckDBPyConnection) -> FileSize:
    """The file after a checkpoint. Deleted rows take room until all of their neighbours are deleted too."""
    con.execute("CHECKPOINT")
    size, total, free = con.execute(
        "SELECT block_size, total_blocks, free_blocks FROM pragma_database_size() "
        "WHERE database_name = current_database()"
    ).fetchall()[0]
    unused = float(free)
    for table, _ in con.execute(_TABLES).fetchall():
        blocks, n_stored = _blocks(con, table)
        n_rows = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        if n_stored:
            unused += blocks * (1 - n_rows / n_stored)
    return FileSize(total * size, round(unused * size))


def _block_size(con: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()"
    return int(con.execute(query).fetchall()[0][0])


def _blocks(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    """How many blocks hold the table, and how many rows are in them, deleted ones among them."""
    blocks, rows = con.execute(_BLOCKS.format(table=table)).fetchall()[0]
    return int(blocks), int(rows)
