"""Teams, services and owners that the configuration lists, laid over what sources bring.

A source may know a service's repository and the configuration its team: neither wipes out the other.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from warehouse.engine import Warehouse
from warehouse.load import load_page
from warehouse.records import Ownership, Record, Service, Team, fields_of, to_tables


def overlay_catalogue(warehouse: Warehouse, source: str, records: Sequence[Record]) -> None:
    """Store the records; what they leave empty keeps the value of an earlier row.

    Owners are replaced as a set, since a hand-over that was corrected must not leave its old day behind.
    """
    with warehouse.transaction() as con:
        con.execute("DELETE FROM ownership WHERE source = ?", [source])
        filled = [record if isinstance(record, Ownership) else _filled(con, record) for record in records]
        load_page(warehouse, source, source, "*", tables=to_tables(filled))


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
