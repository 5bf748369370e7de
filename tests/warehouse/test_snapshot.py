"""Readers: they see one whole snapshot, whatever is published meanwhile, and can change nothing."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from warehouse.engine import Warehouse
from warehouse.errors import SnapshotError
from warehouse.load import load_page
from warehouse.publish import publish
from warehouse.records import Deployment, to_tables
from warehouse.snapshot import POINTER, Snapshot, SnapshotInfo

AS_OF = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def load_deployment(warehouse: Warehouse, number: int) -> None:
    rows = to_tables([Deployment(f"d{number}", "api", "production", "success", finished_at=AS_OF)])
    load_page(warehouse, "files", "deployments", "*", tables=rows)


def publish_count(warehouse: Warehouse) -> SnapshotInfo:
    """Publish with a fact ``counted``: the number of deployments."""

    def prepare(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("CREATE TABLE marts.counted AS SELECT count(*) AS n FROM deployments")

    return publish(warehouse, prepare, as_of=AS_OF, settings={})


def test_reader_open_during_fifty_publications_sees_no_error(warehouse: Warehouse) -> None:
    load_deployment(warehouse, 0)
    publish_count(warehouse)
    stop, errors, versions = threading.Event(), list[BaseException](), set[int]()
    early = Snapshot.open(warehouse.marts_dir)

    def read() -> None:
        try:
            while not stop.is_set():
                assert early.sql("SELECT n FROM counted").to_pylist() == [{"n": 1}]
                with Snapshot.open(warehouse.marts_dir) as fresh:
                    # Publication number v is made with v deployments.
                    assert fresh.sql("SELECT n FROM counted").to_pylist() == [{"n": fresh.version}]
                    versions.add(fresh.version)
                stop.wait(0.05)
        except BaseException as error:
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    number = 0
    # Where the machine leaves the reader behind, there are more publications until it has seen some of them.
    while not errors and (number < 50 or len(versions) <= 5):
        number += 1
        load_deployment(warehouse, number)
        publish_count(warehouse)
    stop.set()
    reader.join()
    assert errors == []
    assert len(versions) > 5
    assert early.version == 1


READ = """
import sys, time
from warehouse.snapshot import Snapshot
early, last = Snapshot.open(sys.argv[1]), 0
print("open", flush=True)
while last < 21:
    with Snapshot.open(sys.argv[1]) as fresh:
        assert fresh.version >= last
        last = fresh.version
    assert early.sql("SELECT n FROM counted").to_pylist() == [{"n": 0}]
    time.sleep(0.02)
"""


def test_reader_of_another_process_sees_no_error(warehouse: Warehouse) -> None:
    publish_count(warehouse)
    command = [sys.executable, "-c", READ, str(warehouse.marts_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        for _ in range(20):
            publish_count(warehouse)
        assert reader.communicate(timeout=200)[1] == ""
    assert reader.returncode == 0


def test_snapshot_can_neither_be_written_nor_reach_other_files(warehouse: Warehouse) -> None:
    publish_count(warehouse)
    with Snapshot.open(warehouse.marts_dir) as first, Snapshot.open(warehouse.marts_dir) as second:
        for snapshot in (first, second):
            for query in (
                "CREATE TABLE x (y INTEGER)",
                "DELETE FROM teams",
                f"SELECT * FROM read_text('{__file__}')",
                f"ATTACH '{warehouse.directory}/warehouse.duckdb' AS writer",
                "SET GLOBAL enable_external_access = true",
                "SET lock_configuration = false",
            ):
                with pytest.raises(duckdb.Error):
                    snapshot.sql(query)


def test_missing_snapshot_says_what_to_do(warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="nothing is published here yet"):
        Snapshot.open(tmp_path)
    info = publish_count(warehouse)
    (warehouse.marts_dir / info.file).unlink()
    with pytest.raises(SnapshotError, match=r"marts-000001\.duckdb: cannot be opened"):
        Snapshot.open(warehouse.marts_dir)
    (warehouse.marts_dir / POINTER).write_text("{")
    with pytest.raises(SnapshotError, match="is not a pointer to a snapshot"):
        Snapshot.open(warehouse.marts_dir)
