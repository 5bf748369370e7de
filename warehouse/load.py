"""Loading: a page's rows, raw bodies, coverage, skipped items and cursor in one transaction.

A run that is killed therefore goes on behind the last page that is stored, and loading a page twice
changes no row.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.arrange import arranged, source_column
from warehouse.coverage import EVERYTHING, add_coverage
from warehouse.engine import Warehouse
from warehouse.errors import LoadError
from warehouse.journal import write_cursor
from warehouse.merge import Counts, merge
from warehouse.records import BY_TABLE, Coverage, to_tables


class RawBody(Protocol):
    """An item as the source sent it, under the key that tells it within its resource."""

    @property
    def key(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def fetched_at(self) -> datetime: ...


class Skipped(Protocol):
    """An item that could not be read, and why."""

    @property
    def item(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a page changed, by table."""

    tables: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def total(self) -> Counts:
        return sum(self.tables.values(), Counts())


def load_page(
    warehouse: Warehouse,
    source: str,
    resource: str,
    scope_id: str,
    *,
    tables: Mapping[str, pa.Table],
    cursor: Mapping[str, Any] | None = None,
    coverage: Sequence[Coverage] = (),
    raw: Sequence[RawBody] = (),
    skipped: Sequence[Skipped] = (),
) -> Loaded:
    """Counts by table after the whole page was stored.

    Parameters
    ----------
    tables : Arrow tables by warehouse table name, with the columns of `warehouse.records` in any order;
        optional columns may be absent, which means unknown.
    cursor : where the next run goes on; ``None`` leaves the stored one.
    coverage : intervals that this page completes; a scope of ``None`` means everything.

    Raises
    ------
    LoadError : an unknown table or column, a missing required value, a word that is not allowed, a time
        that is not one. Nothing of the page is stored.
    """
    where = f"{source}: {resource} of {scope_id}"
    rows = {name: arranged(name, table, source, where) for name, table in tables.items()}
    if coverage:
        given = arranged("coverage", to_tables(coverage)["coverage"], source, where)
        rows["coverage"] = pa.concat_tables([rows["coverage"], given]) if "coverage" in rows else given
    if "coverage" in rows:
        rows["coverage"] = _checked_coverage(rows["coverage"], where)
    at = (source, resource, scope_id)
    with warehouse.transaction() as con:
        counts = {name: _store(con, name, table) for name, table in rows.items()}
        _store_raw(con, at, raw)
        _store_skipped(con, at, raw, skipped, warehouse.now())
        if cursor is not None:
            write_cursor(warehouse, *at, cursor)
    return Loaded(counts)


def _store(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> Counts:
    if name == "coverage":
        return add_coverage(con, rows)
    key = BY_TABLE[name].key
    return merge(
        con,
        name,
        rows,
        key=key,
        compare=[column for column in rows.column_names if column not in key],
        source_column=source_column(name),
    )


def _checked_coverage(rows: pa.Table, where: str) -> pa.Table:
    backwards = rows.filter(pc.less_equal(rows["to_at"], rows["from_at"]))
    if backwards.num_rows:
        first = backwards.slice(0, 1).to_pylist()[0]
        raise LoadError(
            f"{where}: coverage of {first['resource']} ends at {first['to_at']}, not after its start "
            f"{first['from_at']}. An interval is half-open and needs from_at before to_at."
        )
    scopes = pc.fill_null(rows["scope_id"], EVERYTHING)
    return rows.set_column(rows.schema.get_field_index("scope_id"), "scope_id", scopes)


def _store_raw(con: duckdb.DuckDBPyConnection, at: tuple[str, str, str], raw: Sequence[RawBody]) -> None:
    rows = _located(
        at,
        {
            "key": pa.array([item.key for item in raw], pa.string()),
            "body": pa.array([zlib.compress(item.body) for item in raw], pa.binary()),
            "fetched_at": pa.array(
                [item.fetched_at.astimezone(UTC).replace(tzinfo=None) for item in raw], pa.timestamp("us")
            ),
        },
    )
    merge(con, "raw_bodies", rows, key=("source", "resource", "scope_id", "key"), compare=("body",))


def _store_skipped(
    con: duckdb.DuckDBPyConnection,
    at: tuple[str, str, str],
    raw: Sequence[RawBody],
    skipped: Sequence[Skipped],
    now: datetime,
) -> None:
    """An item that could be read this time is no longer skipped."""
    read = {item.key for item in raw} - {item.item for item in skipped}
    if read:
        con.execute(
            "DELETE FROM skipped_items WHERE source = ? AND resource = ? AND scope_id = ? "
            "AND list_contains(?, item)",
            [*at, sorted(read)],
        )
    rows = _located(
        at,
        {
            "item": pa.array([item.item for item in skipped], pa.string()),
            "reason": pa.array([item.reason for item in skipped], pa.string()),
            "skipped_at": pa.array([now] * len(skipped), pa.timestamp("us")),
        },
    )
    key = ("source", "resource", "scope_id", "item")
    merge(con, "skipped_items", rows, key=key, compare=("reason",))


def _located(at: tuple[str, str, str], columns: dict[str, pa.Array]) -> pa.Table:
    n = len(next(iter(columns.values())))
    names = ("source", "resource", "scope_id")
    return pa.table({name: pa.repeat(value, n) for name, value in zip(names, at, strict=True)} | columns)
