"""Small worlds in which a page has one designed state each, published once for all tests that ask."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from tests.dashboards.organisation import END, GOALS, rows
from tests.world import fact_settings, publish_loaded, publish_world, records
from warehouse.engine import Warehouse
from warehouse.journal import finish_run, start_run
from warehouse.load import load_page
from warehouse.merge import Counts
from warehouse.records import to_tables

State = Literal["full", "empty", "stale", "too few", "null"]
SETTINGS = {
    "organisation": "Small organisation",
    "reporting_zone": "Europe/Berlin",
    "report_year": 2024,
    "is_demo": True,
}
COVERED = {"scope": "*", "from": "2024-01-01", "to": "2025-12-01"}
_REQUESTED = ("tickets", "action_runs")
FEW: dict[str, Any] = {
    "teams": [{"team_id": "t", "name": "T", "engineers": 5}],
    "services": [{"service_id": "s", "name": "s", "team_id": "t"}],
    "deployments": [
        {"deployment_id": "d{i}", "service_id": "s", "status": "success", "repeat": 3}
        | {"finished_at": "2025-11-0{i}T10:00:00Z", "reached_production": True}
    ],
    "changes": [
        {"change_id": "c{i}", "service_id": "s", "repeat": 3}
        | {"first_commit_at": "2025-11-0{i}T08:00:00Z", "merged_at": "2025-11-0{i}T09:00:00Z"}
    ],
    "deployment_changes": [{"deployment_id": "d{i}", "change_id": "c{i}", "repeat": 3}],
    "covered": COVERED,
}
_ASKED: dict[str, Any] = {
    "tickets": [
        {"ticket_id": "q{i}", "team_id": "t", "type": "request", "action": "db", "repeat": 3}
        | {"created_at": "2025-11-0{i}T10:00:00Z", "resolved_at": "2025-11-0{i}T12:00:00Z"}
    ],
    "action_runs": [
        {"run_id": "r", "action": "db", "team_id": "t", "status": "success"}
        | {"requested_at": "2025-11-01T10:00:00Z", "finished_at": "2025-11-01T10:05:00Z"}
    ],
    "covered": COVERED | {"resources": _REQUESTED},
}


def full(directory: Path) -> Path:
    """The small organisation, which changes over time and has goals."""
    with publish_world(directory, rows(), SETTINGS, now=END, goals=GOALS):
        return directory / "marts"


def empty(directory: Path) -> Path:
    """A published snapshot without a row, of no demo."""
    with publish_world(directory, {}, SETTINGS | {"is_demo": False}, now=END):
        return directory / "marts"


def stale(directory: Path) -> Path:
    """Few rows of two sources: that of deliveries ended on 20 November, that of requests is current."""
    old = FEW | {"covered": COVERED | {"to": "2025-11-20"}}
    return _of_sources(directory, {"forge": old, "desk": _ASKED})


def too_few(directory: Path) -> Path:
    """Three rows of each kind, known up to the end."""
    return _of_sources(directory, {"forge": FEW, "desk": _ASKED})


def null(directory: Path) -> Path:
    """The small organisation without any change over time: nothing in it has an effect."""
    with publish_world(directory, rows(is_changing=False), SETTINGS, now=END):
        return directory / "marts"


WORLDS: Mapping[State, Callable[[Path], Path]] = {
    "full": full,
    "empty": empty,
    "stale": stale,
    "too few": too_few,
    "null": null,
}


def _of_sources(directory: Path, given: Mapping[str, Mapping[str, Any]]) -> Path:
    with Warehouse.open(directory, threads=1, clock=lambda: END) as warehouse:
        for source, tables in given.items():
            load_page(warehouse, source, "rows", "*", tables=to_tables(records(tables)))
            run = start_run(warehouse, "collect", source)
            finish_run(warehouse, run, "success", counts=Counts(5, 0, 0), skipped=0, requests=1)
        publish_loaded(warehouse, fact_settings(SETTINGS), SETTINGS, END)
    return directory / "marts"
