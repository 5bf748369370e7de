"""A writer that is killed at any moment loses nothing, doubles nothing and never shows half a state."""

import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.warehouse.killed_writer import PAGE_ROWS, START, load_next_page, publish_now, store_events
from warehouse.engine import Warehouse
from warehouse.journal import read_cursor
from warehouse.snapshot import Snapshot, read_pointer
from warehouse.spool import Spool

pytestmark = pytest.mark.kills
WRITER = Path(__file__).with_name("killed_writer.py")
SEED = 20260302


def kill_after(directory: Path, seconds: float) -> None:
    command = [sys.executable, str(WRITER), str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.kill()


def assert_snapshot_is_whole(directory: Path) -> int:
    """The rows of the published snapshot, which are those of whole pages."""
    with Snapshot.open(directory / "marts") as snapshot:
        counted = snapshot.sql("SELECT n FROM counted").to_pylist()[0]["n"]
        copied = snapshot.sql("SELECT count(*) AS n FROM copied").to_pylist()[0]["n"]
        pointer = read_pointer(directory / "marts")
        assert pointer is not None
        assert snapshot.version == pointer.version
    assert counted == copied
    assert counted % PAGE_ROWS == 0
    return int(counted)


def assert_rows_are_those_of_the_cursor(warehouse: Warehouse) -> int:
    """The number of stored pages; every row of each is there once and nothing of the next."""
    cursor = read_cursor(warehouse, "world", "deployments", "*")
    pages = int(cursor["next"]) if cursor else 0
    con = warehouse.connection
    stored = con.execute("SELECT deployment_id, status FROM deployments").fetchall()
    ids = [f"d{number}" for number in range(pages * PAGE_ROWS)]
    assert sorted(row[0] for row in stored) == sorted(ids)
    finished = {row[0] for row in stored if row[1] == "success"}
    assert finished == {f"d{page * PAGE_ROWS - 1}" for page in range(1, pages)}
    covered = con.execute("SELECT from_at, to_at FROM coverage").fetchall()
    start = START.replace(tzinfo=None)
    assert covered == ([(start, start + timedelta(hours=pages))] if pages else [])
    return pages


def assert_events_are_applied_once(warehouse: Warehouse) -> None:
    spool = Spool(warehouse.directory)
    spool.drain(warehouse, store_events)
    applied = warehouse.connection.execute("SELECT name FROM environments").fetchall()
    events = spool.events(limit=1_000_000)
    assert sorted(name for (name,) in applied) == sorted(f"event {event.id}" for event in events)


def survive(directory: Path, kills: int, longest_seconds: float) -> None:
    chance = random.Random(SEED)
    published = pages = 0
    for _ in range(kills):
        kill_after(directory, chance.uniform(0.0, longest_seconds))
        rows = assert_snapshot_is_whole(directory)
        assert rows >= published
        with Warehouse.open(directory, wait_seconds=5, threads=1) as warehouse:
            stored = assert_rows_are_those_of_the_cursor(warehouse)
            assert stored >= pages
            statuses = warehouse.connection.execute("SELECT DISTINCT status FROM job_runs").fetchall()
            assert statuses == [("interrupted",)]
            assert_events_are_applied_once(warehouse)
            load_next_page(warehouse)
            publish_now(warehouse)
            pages = assert_rows_are_those_of_the_cursor(warehouse)
        assert pages == stored + 1
        published = assert_snapshot_is_whole(directory)
        assert published == pages * PAGE_ROWS
        assert not list((directory / "marts").glob("*.part*"))


def test_three_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    survive(tmp_path, kills=3, longest_seconds=0.6)


@pytest.mark.full
def test_twenty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    survive(tmp_path, kills=20, longest_seconds=1.5)
