"""The writer: one at a time, gone with its process, and clear when the disk says no."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from warehouse.engine import FILE, Warehouse
from warehouse.errors import StorageError, WarehouseBusyError
from warehouse.journal import finish_run, start_run

HOLD = """
import sys, time
from warehouse.engine import Warehouse
from warehouse.journal import start_run
warehouse = Warehouse.open(sys.argv[1])
start_run(warehouse, "collect", "github")
print("held", flush=True)
time.sleep(300)
"""
FILL = """
import resource, signal, sys
import pyarrow as pa
from warehouse.engine import Warehouse
from warehouse.load import load_page
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Warehouse.open(sys.argv[1], threads=1) as warehouse:
    load_page(warehouse, "files", "teams", "*", tables={"teams": pa.table({"team_id": ["a"]})})
    warehouse.connection.execute("CHECKPOINT")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    teams = pa.table({"team_id": [f"team {i} {hash(str(i))}" for i in range(300_000)]})
    load_page(warehouse, "files", "teams", "*", tables={"teams": teams}, cursor={"n": 1})
"""


@contextmanager
def holder(directory: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, directory], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@contextmanager
def unprivileged() -> Iterator[None]:
    """The superuser may write to read-only folders, so tests that run as one step down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_second_writer_waits_and_says_who_holds_the_warehouse(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(WarehouseBusyError) as caught:
            Warehouse.open(tmp_path, wait_seconds=0.2)
        held = json.loads((tmp_path / "writer.lock").read_text())
    text = str(caught.value)
    assert f"process {process.pid} (" in text
    assert held["since"] in text
    assert "waited 0.2 s" in text
    assert "lock_wait_seconds" in text


def test_second_writer_in_the_same_process_waits_too(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseBusyError, match=f"process {os.getpid()}"):
        Warehouse.open(warehouse.directory, wait_seconds=0)


def test_lock_ends_with_a_killed_process_and_its_run_is_marked(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Warehouse.open(tmp_path, wait_seconds=5) as warehouse:
            runs = warehouse.connection.execute("SELECT job, source, status FROM job_runs").fetchall()
    assert runs == [("collect", "github", "interrupted")]


def test_finished_run_is_not_marked_as_interrupted(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path) as warehouse:
        finish_run(warehouse, start_run(warehouse, "collect"), "success", skipped=2)
    with Warehouse.open(tmp_path) as warehouse:
        runs = warehouse.connection.execute("SELECT run_id, status, n_skipped FROM job_runs").fetchall()
    assert runs == [(1, "success", 2)]


def test_other_program_with_the_file_open_is_named(tmp_path: Path) -> None:
    Warehouse.open(tmp_path).close()
    script = (
        f"import duckdb; c = duckdb.connect({str(tmp_path / FILE)!r}); print('open', flush=True); input()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(WarehouseBusyError, match=rf"PID {process.pid}"):
            Warehouse.open(tmp_path)
        process.kill()
    Warehouse.open(tmp_path).close()


def test_failing_transaction_leaves_nothing_behind(warehouse: Warehouse) -> None:
    def store_and_fail() -> None:
        with warehouse.transaction(), warehouse.transaction() as con:
            con.execute("INSERT INTO settings VALUES ('currency', '\"EUR\"')")
            raise KeyError("reason")

    with pytest.raises(KeyError):
        store_and_fail()
    assert warehouse.connection.execute("SELECT count(*) FROM settings").fetchall() == [(0,)]
    with warehouse.transaction() as con:
        con.execute("INSERT INTO settings VALUES ('currency', '\"EUR\"')")
    assert warehouse.connection.execute("SELECT count(*) FROM settings").fetchall() == [(1,)]


def test_times_are_stored_in_utc(tmp_path: Path) -> None:
    berlin = datetime.fromisoformat("2026-07-01T10:00:00+02:00")
    with Warehouse.open(tmp_path, clock=lambda: berlin) as warehouse:
        assert warehouse.now() == datetime(2026, 7, 1, 8, 0)  # noqa: DTZ001
        assert warehouse.now().replace(tzinfo=UTC) == berlin


def test_read_only_folder_is_named_and_not_changed() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        with unprivileged(), pytest.raises(StorageError, match=r"Permission denied.*writable"):
            Warehouse.open(folder)
        assert list(folder.iterdir()) == []
        folder.chmod(0o755)


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StorageError, match=r"data: cannot open the warehouse"):
        Warehouse.open(tmp_path / "data")
    assert (tmp_path / "data").read_text() == "not a folder"


def test_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("something else" * 1000)
    with pytest.raises(StorageError, match="Move the file away"):
        Warehouse.open(tmp_path)
    assert (tmp_path / FILE).read_text() == "something else" * 1000


def test_full_disk_stores_nothing_of_the_page_and_keeps_what_was_there(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: writing fails in the same place."""
    done = subprocess.run([sys.executable, "-c", FILL, tmp_path], capture_output=True, text=True)
    assert done.returncode == 1
    assert "StorageError" in done.stderr
    assert "Free space on this disk" in done.stderr
    with Warehouse.open(tmp_path) as warehouse:
        con = warehouse.connection
        assert con.execute("SELECT team_id FROM teams").fetchall() == [("a",)]
        assert con.execute("SELECT count(*) FROM cursors").fetchall() == [(0,)]


def test_connection_has_the_given_limits(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path, threads=1, memory_limit="300MiB") as warehouse:
        row = warehouse.connection.execute(
            "SELECT current_setting('threads'), current_setting('memory_limit'), "
            "current_setting('preserve_insertion_order')"
        ).fetchall()[0]
    assert row == (1, "300.0 MiB", False)


def test_file_without_migrations_is_a_new_warehouse(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / FILE)).close()
    with Warehouse.open(tmp_path) as warehouse:
        assert warehouse.connection.execute("SELECT count(*) FROM deployments").fetchall() == [(0,)]
