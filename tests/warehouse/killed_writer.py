"""A writer that loads pages and publishes for ever; `test_kills.py` runs it and ends it without warning.

Page n brings deployments n·10 to n·10+9, changes one of the page before, and reads as finished only with
its cursor. Before each page an event is appended to the spool and applied.
Run as ``python killed_writer.py DIRECTORY``.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import duckdb

from warehouse.engine import Warehouse
from warehouse.journal import read_cursor, start_run
from warehouse.load import load_page
from warehouse.publish import publish
from warehouse.records import Coverage, Deployment, to_tables
from warehouse.spool import Event, Spool

START = datetime(2026, 1, 1, tzinfo=UTC)
PAGE_ROWS = 10


def deployment(number: int, status: str) -> Deployment:
    return Deployment(f"d{number}", "api", "production", status)  # type: ignore[arg-type]


def load_next_page(warehouse: Warehouse) -> int:
    """The number of the page that was loaded."""
    cursor = read_cursor(warehouse, "world", "deployments", "*")
    page = cursor["next"] if cursor else 0
    first = page * PAGE_ROWS
    rows = [deployment(number, "in_progress") for number in range(first, first + PAGE_ROWS)]
    if page:
        rows.append(deployment(first - 1, "success"))
    covered = Coverage("deployments", START + timedelta(hours=page), START + timedelta(hours=page + 1))
    load_page(
        warehouse,
        "world",
        "deployments",
        "*",
        tables=to_tables(rows),
        coverage=[covered],
        cursor={"next": page + 1},
    )
    return int(page)


def store_events(warehouse: Warehouse, events: Sequence[Event]) -> None:
    """Appends without looking for a key, so that an event that is applied twice shows."""
    with warehouse.transaction() as con:
        for event in events:
            con.execute("INSERT INTO environments VALUES (?, FALSE)", [f"event {event.id}"])


def apply_an_event(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    spool.append("tick", "{}")
    spool.drain(warehouse, store_events)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE marts.counted AS SELECT count(*) AS n FROM deployments")
    con.execute("CREATE TABLE marts.copied AS SELECT * FROM deployments")


def publish_now(warehouse: Warehouse) -> None:
    publish(warehouse, prepare, as_of=START, settings={})


def main() -> None:
    with Warehouse.open(sys.argv[1], threads=1) as warehouse:
        publish_now(warehouse)
        start_run(warehouse, "collect", "world")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            apply_an_event(warehouse)
            if load_next_page(warehouse) % 2 == 0:
                publish_now(warehouse)


if __name__ == "__main__":
    main()
