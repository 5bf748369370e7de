"""The spool: any process may append at any time, and every event is applied once, in order."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from warehouse.engine import Warehouse
from warehouse.errors import StorageError
from warehouse.load import load_page
from warehouse.records import Team, to_tables
from warehouse.spool import FILE, Event, Spool

APPEND = """
import json, sys
from warehouse.spool import Spool
spool = Spool(sys.argv[1])
for number in range(int(sys.argv[3])):
    print(spool.append("team", json.dumps({"team_id": f"{sys.argv[2]}-{number}"})), flush=True)
"""


def store_teams(warehouse: Warehouse, events: Sequence[Event]) -> None:
    """Appends rows without a key on purpose: an event that is applied twice would show."""
    with warehouse.transaction() as con:
        for event in events:
            con.execute("INSERT INTO teams (team_id, source) VALUES (?, 'spool')", [event.payload["team_id"]])


def team_ids(warehouse: Warehouse) -> list[str]:
    return [row[0] for row in warehouse.connection.execute("SELECT team_id FROM teams").fetchall()]


def append_in_process(directory: Path, name: str, n: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPEND, str(directory), name, str(n)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_events_of_several_processes_are_applied_once_while_they_append(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    writers = [append_in_process(warehouse.directory, f"w{number}", 25) for number in range(3)]
    applied = 0
    while any(writer.poll() is None for writer in writers):
        applied += spool.drain(warehouse, store_teams, batch_size=7)
    applied += spool.drain(warehouse, store_teams, batch_size=7)
    printed = [int(line) for writer in writers for line in writer.communicate()[0].split()]
    assert sorted(printed) == list(range(1, 76))
    assert applied == 75
    assert sorted(team_ids(warehouse)) == sorted(f"w{w}-{n}" for w in range(3) for n in range(25))


def test_event_that_was_acknowledged_survives_a_kill_of_its_process(warehouse: Warehouse) -> None:
    writer = append_in_process(warehouse.directory, "killed", 100_000)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    ids = [event.id for event in Spool(warehouse.directory).events(limit=200_000)]
    assert ids[:20] == acknowledged
    assert ids == list(range(1, len(ids) + 1))


def test_events_can_be_appended_while_the_writer_is_in_a_transaction(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    with warehouse.transaction():
        assert spool.append("goal", '{"metric": "change_lead_time"}') == 1
    assert [event.kind for event in spool.events()] == ["goal"]


def test_batch_whose_applying_fails_is_tried_again_and_nothing_of_it_stays(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    for number in range(4):
        spool.append("team", json.dumps({"team_id": f"t{number}"}))

    def fail_at_third(warehouse: Warehouse, events: Sequence[Event]) -> None:
        store_teams(warehouse, events)
        if events[-1].id >= 3:
            raise RuntimeError("ends here")

    with pytest.raises(RuntimeError):
        spool.drain(warehouse, fail_at_third, batch_size=2)
    assert sorted(team_ids(warehouse)) == ["t0", "t1"]
    assert spool.drain(warehouse, store_teams) == 2
    assert sorted(team_ids(warehouse)) == ["t0", "t1", "t2", "t3"]
    assert spool.drain(warehouse, store_teams) == 0


def test_applying_may_load_pages_in_the_same_transaction(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    spool.append("team", '{"team_id": "search"}')

    def load(warehouse: Warehouse, events: Sequence[Event]) -> None:
        teams = to_tables([Team(event.payload["team_id"]) for event in events])
        load_page(warehouse, "spool", "teams", "*", tables=teams)

    assert spool.drain(warehouse, load) == 1
    assert team_ids(warehouse) == ["search"]


def test_new_spool_beside_an_old_warehouse_starts_at_its_beginning(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    spool.append("team", '{"team_id": "before"}')
    spool.drain(warehouse, store_teams)
    for path in warehouse.directory.glob(f"{FILE}*"):
        path.unlink()
    spool.append("team", '{"team_id": "after"}')
    assert spool.drain(warehouse, store_teams) == 1
    assert sorted(team_ids(warehouse)) == ["after", "before"]


def test_text_that_is_not_json_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with pytest.raises(ValueError, match="Expecting value"):
        spool.append("team", "not json")
    assert spool.events() == []


def test_spool_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageError, match=r"spool\.db: the event was not stored"):
        Spool(tmp_path / "data").append("team", "{}")
