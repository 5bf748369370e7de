"""Every run of the writer stores spooled events; one that cannot be stored is kept, told, and stops none."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from collectors.errors import SkippableError
from service.running import pipeline
from service.running.pipeline import collect_and_publish, drain_and_publish, replay_and_publish
from service.running.spooled import Kinds, drain_spool, retry_refused
from tests.service.folders import NOW, configured
from warehouse.engine import Warehouse
from warehouse.errors import StorageError
from warehouse.load import load_page
from warehouse.records import Team, to_tables
from warehouse.spool import Event, Spool

UNKNOWN = "this version knows no events of kind from the future; update Payoff and replay"
FILES = "sources: [{name: exports, kind: files, path: exports}]\n"


def store_teams(warehouse: Warehouse, events: Sequence[Event]) -> None:
    """A team per event; rows go in before a faulty event is met, so that what stays of it would show."""
    for event in events:
        load_page(warehouse, "spool", "teams", "*", tables=to_tables([Team(event.payload["team_id"])]))
        if event.payload["team_id"] == "secret-word":
            raise KeyError("secret-word")
        if event.payload["team_id"] == "told":
            raise SkippableError("teams need a name")


KINDS: Kinds = {"team": store_teams}


def append_teams(directory: Path, *names: str, kind: str = "team") -> None:
    for name in names:
        Spool(directory).append(kind, json.dumps({"team_id": name}))


def query(directory: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(directory / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_event_that_cannot_be_applied_holds_up_no_other(tmp_path: Path) -> None:
    append_teams(tmp_path, "a", "secret-word", "b", "told", "c")
    append_teams(tmp_path, "d", kind="from the future")
    append_teams(tmp_path, "e")
    with Warehouse.open(tmp_path) as warehouse:
        drained = drain_spool(warehouse, KINDS)
        assert not drain_spool(warehouse, KINDS)
    assert drained.applied == 4
    assert [(r.event_id, r.kind, r.reason) for r in drained.refused] == [
        (2, "team", "KeyError in applying it"),
        (4, "team", "teams need a name"),
        (
            6,
            "from the future",
            UNKNOWN,
        ),
    ]
    assert query(tmp_path, "SELECT team_id FROM teams ORDER BY 1") == [("a",), ("b",), ("c",), ("e",)]
    assert query(tmp_path, "SELECT source, resource, item FROM skipped_items ORDER BY item") == [
        ("spool", "team", "event 2"),
        ("spool", "team", "event 4"),
        ("spool", "from the future", "event 6"),
    ]
    assert query(tmp_path, "SELECT job, status, n_skipped, message FROM job_runs") == [
        ("drain", "success", 3, "4 events applied, 3 refused")
    ]
    assert len(Spool(tmp_path).events()) == 7  # what was refused is still there


def test_replay_tries_refused_events_again(tmp_path: Path) -> None:
    append_teams(tmp_path, "a", "told")
    append_teams(tmp_path, "b", kind="from the future")
    with Warehouse.open(tmp_path) as warehouse:
        drain_spool(warehouse, KINDS)
        assert retry_refused(warehouse, KINDS) == 0
        assert retry_refused(warehouse, {**KINDS, "from the future": store_teams}) == 1
    assert query(tmp_path, "SELECT team_id FROM teams ORDER BY 1") == [("a",), ("b",)]
    assert query(tmp_path, "SELECT item FROM skipped_items") == [("event 2",)]


def test_failure_of_the_disk_refuses_no_event(tmp_path: Path) -> None:
    append_teams(tmp_path, "a")

    def full(warehouse: Warehouse, events: Sequence[Event]) -> None:
        raise StorageError("the disk is full")

    with Warehouse.open(tmp_path) as warehouse:
        with pytest.raises(StorageError):
            drain_spool(warehouse, {"team": full})
        assert drain_spool(warehouse, KINDS).applied == 1


def test_every_run_of_a_writer_drains_the_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "spool_kinds", lambda settings: KINDS)
    settings = configured(tmp_path, FILES)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "teams.csv").write_text("team_id\nfile\n")
    data = settings.storage.directory
    for name, run in (("a", collect_and_publish), ("b", replay_and_publish), ("c", drain_and_publish)):
        append_teams(data, name)
        report = run(settings, clock=lambda: NOW)  # type: ignore[operator]
        assert report.drained.applied == 1
        assert query(data, f"SELECT count(*) FROM teams WHERE team_id = '{name}'") == [(1,)]
    assert drain_and_publish(settings, clock=lambda: NOW) is None  # nothing waited, nothing published
    assert query(data, "SELECT count(*) FROM snapshots") == [(3,)]
