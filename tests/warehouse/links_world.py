"""Records through the real load, mapping and linking, and the link tables that come out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from warehouse.engine import Warehouse
from warehouse.identities import identify
from warehouse.links import LinkReport, link
from warehouse.load import load_page
from warehouse.records import Deployment, Record, to_tables
from warehouse.rules import Rule

START = datetime(2025, 7, 1, tzinfo=UTC)
PRODUCTION = ("production", "production-eu")


def at(seconds: float) -> datetime:
    """A time from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def hour(hours: float) -> datetime:
    """A time, in hours since the world began."""
    return START + timedelta(hours=hours)


def rolled(deployment_id: str, sha: str | None, at_hour: float, **more: Any) -> Deployment:
    """A success of the shop in production, unless said otherwise."""
    usual = {"service_id": "shop", "environment": "production", "status": "success"}
    return Deployment(deployment_id, sha=sha, **{**usual, "finished_at": hour(at_hour), **more})


@dataclass(frozen=True)
class World:
    """The warehouse after linking."""

    warehouse: Warehouse
    report: LinkReport

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.warehouse.connection.execute(query).fetchall()

    def changes(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Deployment and method by change and service."""
        return {(row[0], row[1]): (row[2], row[3]) for row in self.rows("FROM link_changes")}

    def incidents(self) -> dict[str, tuple[str, str]]:
        """Deployment and method by incident."""
        return {row[0]: (row[1], row[2]) for row in self.rows("FROM link_incidents")}


@contextmanager
def linked(
    directory: Path, records: Sequence[Record], *, rules: Sequence[Rule] = (), window_hours: float = 24
) -> Iterator[World]:
    """A warehouse with these records, linked."""
    with Warehouse.open(directory, threads=1, clock=lambda: START) as warehouse:
        load_page(warehouse, "test", "rows", "*", tables=to_tables(records))
        with warehouse.transaction() as con:
            identify(con, rules, lambda name: name in PRODUCTION, ZoneInfo("UTC"))
        yield World(warehouse, link(warehouse.connection, attribution_window_hours=window_hours))
