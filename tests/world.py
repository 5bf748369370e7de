"""A small world for tests: neutral rows through the real load, link and publication to a snapshot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from warehouse.config_requests import Calendar, Tickets
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings, prepare_snapshot
from warehouse.goals import Edit, Goals
from warehouse.identities import identify
from warehouse.links import link
from warehouse.load import load_page
from warehouse.publish import Snapshot, publish
from warehouse.records import BY_TABLE, Record, fields_of, to_tables

NOW = datetime(2025, 12, 1, tzinfo=UTC)
PRODUCTION = ("production", "prod")
Answers = Callable[[Snapshot], Mapping[str, bytes]]
_COVERED = ("deployments", "changes", "incidents")


@contextmanager
def publish_world(
    directory: Path,
    given: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    now: datetime = NOW,
    goals: Sequence[Edit] = (),
    answers: Answers | None = None,
) -> Iterator[Snapshot]:
    """An open snapshot of the given rows; ``settings`` may hold those of `FactSettings` and readers' own."""
    chosen = dict(settings or {})
    facts = fact_settings(chosen)
    with Warehouse.open(directory, threads=1, clock=lambda: now) as warehouse:
        load_page(warehouse, "test", "rows", "*", tables=to_tables(records(given)))
        Goals.append(warehouse.connection, goals)
        publish_loaded(warehouse, facts, chosen, now, answers)
    with Snapshot.open(directory / "marts") as snapshot:
        yield snapshot


def fact_settings(chosen: Mapping[str, Any]) -> FactSettings:
    """The settings of facts among ``chosen``; ``calendar`` and ``tickets`` as in the configuration."""
    names = ("reporting_zone", "quarter_start_month", "hotfix_window_days", "hotfix_pattern")
    calendar = Calendar(**chosen.get("calendar", {}))
    return FactSettings(
        **{name: chosen[name] for name in names if name in chosen},
        working_time=calendar.working_time(chosen.get("reporting_zone", "UTC")),
        tickets=Tickets(**chosen.get("tickets", {})).reading,
    )


def publish_loaded(
    warehouse: Warehouse,
    facts: FactSettings,
    settings: Mapping[str, Any],
    now: datetime = NOW,
    answers: Answers | None = None,
) -> None:
    """Link and publish what is loaded; ``answers`` works out what the snapshot carries."""
    with warehouse.transaction() as con:
        identify(con, (), lambda name: name in PRODUCTION, ZoneInfo(facts.reporting_zone))
    link(warehouse.connection, attribution_window_hours=24)
    readers = {
        "reporting_zone": facts.reporting_zone,
        "quarter_start_month": facts.quarter_start_month,
        "stale_after_hours": 48,
        **settings,
    }
    publish(warehouse, lambda con: prepare_snapshot(con, facts), as_of=now, settings=readers, answers=answers)


def records(given: Mapping[str, Any]) -> list[Record]:
    """Records from a case's rows: short forms written out, texts turned into times and days."""
    rows = {table: list(_repeated(entries)) for table, entries in given.items() if table != "covered"}
    if "covered" in given:
        rows["coverage"] = [*rows.get("coverage", ()), *_coverage(given["covered"])]
    return [_record(table, row) for table, entries in rows.items() for row in entries]


def _coverage(covered: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in covered.get("resources", _COVERED):
        yield {
            "resource": resource,
            "scope_id": covered["scope"],
            "from_at": f"{covered['from']}T00:00:00Z",
            "to_at": f"{covered['to']}T00:00:00Z",
        }


def _repeated(entries: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        row = dict(entry)
        count = row.pop("repeat", None)
        for i in range(1, count + 1) if count else (0,):
            yield {k: v.format(i=i) if count and isinstance(v, str) else v for k, v in row.items()}


def _record(table: str, row: Mapping[str, Any]) -> Record:
    kind = BY_TABLE[table]
    types = {field.name: field.type for field in fields_of(kind)}
    values = {name: _typed(types[name], value) for name, value in row.items()}
    if table == "deployments":
        values = {"environment": "production", **values}
    return kind(**values)


def _typed(kind: type, value: Any) -> Any:
    if kind is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    return value
