"""Teams, services and owners that the configuration lists, laid over what sources bring.

A source may know a service's repository and the configuration its team: neither wipes out the other. What
the configuration lies over is kept aside, and comes back where an entry is removed.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from warehouse.engine import Warehouse
from warehouse.load import load_page
from warehouse.records import Ownership, Record, Service, Team, fields_of, to_tables

_OVERLAID: tuple[type[Record], ...] = (Team, Service)


def lift_catalogue(warehouse: Warehouse, source: str) -> None:
    """Take the configuration's teams, services and owners off, so that sources meet their own rows."""
    with warehouse.transaction() as con:
        con.execute("DELETE FROM ownership WHERE source = ?", [source])
        for record in _OVERLAID:
            table, (key,) = record.table, record.key
            con.execute(f"DELETE FROM {table} WHERE source = ?", [source])
            # A source that brought the row meanwhile knows better than what was kept aside.
            con.execute(
                f"INSERT INTO {table} BY NAME SELECT o.* FROM overlaid_{table} o "
                f"ANTI JOIN {table} t ON t.{key} = o.{key}"
            )
            con.execute(f"DELETE FROM overlaid_{table}")


def overlay_catalogue(warehouse: Warehouse, source: str, records: Sequence[Record]) -> None:
    """Store the records in place of those before; what they leave empty stays as the source has it."""
    with warehouse.transaction() as con:
        lift_catalogue(warehouse, source)
        for record in records:
            _keep_aside(con, record)
        filled = [record if isinstance(record, Ownership) else _filled(con, record) for record in records]
        load_page(warehouse, source, source, "*", tables=to_tables(filled))


def _keep_aside(con: duckdb.DuckDBPyConnection, record: Record) -> None:
    if isinstance(record, Team | Service):
        (key,) = record.key
        con.execute(
            f"INSERT INTO overlaid_{record.table} BY NAME SELECT * FROM {record.table} WHERE {key} = ?",
            [getattr(record, key)],
        )


def _filled(con: duckdb.DuckDBPyConnection, record: Record) -> Record:
    """The record with its empty fields taken from the row that has its key."""
    if not isinstance(record, Team | Service):
        return record
    names = [field.name for field in fields_of(type(record))]
    times = [
        f"timezone('UTC', {f.name})" if f.name.endswith("_at") else f.name for f in fields_of(type(record))
    ]
    (key,) = record.key
    rows = con.execute(
        f"SELECT {', '.join(times)} FROM {record.table} WHERE {key} = ?", [getattr(record, key)]
    ).fetchall()
    if not rows:
        return record
    known = dict(zip(names, rows[0], strict=True))
    return replace(record, **{name: known[name] for name in names if getattr(record, name) is None})
