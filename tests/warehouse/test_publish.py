"""Publishing: readers see whole snapshots only, the last good one stays, and nothing personal gets out."""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.engine import Warehouse
from warehouse.errors import ChecksFailedError, StorageError
from warehouse.load import load_page
from warehouse.publish import publish
from warehouse.records import Change, Commit, Deployment, Record, Team, TeamMember, to_tables
from warehouse.refusal import read_refusal
from warehouse.retention import quarter_of
from warehouse.snapshot import POINTER, Snapshot, SnapshotInfo, read_pointer

AS_OF = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def load(warehouse: Warehouse, records: Sequence[Record]) -> None:
    load_page(warehouse, "files", "items", "*", tables=to_tables(records))


def counted(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE marts.counted AS SELECT count(*) AS n FROM deployments")


def publish_at(warehouse: Warehouse, as_of: datetime = AS_OF, **rest: Any) -> SnapshotInfo:
    return publish(warehouse, counted, as_of=as_of, settings={"currency": "EUR", "is_demo": True}, **rest)


def deployment(number: int) -> Deployment:
    return Deployment(f"d{number}", "api", "production", "success", finished_at=AS_OF)


def check_rows(warehouse: Warehouse, name: str) -> list[tuple[Any, ...]]:
    sql = "SELECT version, severity, n_offending, sample FROM check_results WHERE check_name = ? ORDER BY 1"
    return warehouse.connection.execute(sql, [name]).fetchall()


def duplicate_a_team(warehouse: Warehouse) -> None:
    with warehouse.transaction() as con:
        con.execute("INSERT INTO teams (team_id, source) VALUES ('search', 'a'), ('search', 'b')")


def test_published_snapshot_holds_facts_tables_and_settings(warehouse: Warehouse) -> None:
    load(warehouse, [deployment(1), deployment(2), Team("search", engineers=4.0)])
    with warehouse.transaction() as con:
        con.execute("""INSERT INTO settings VALUES ('currency', '"USD"'), ('reporting_zone', '"UTC"')""")
    info = publish_at(warehouse)
    assert (info.version, info.file) == (1, "marts-000001.duckdb")
    with Snapshot.open(warehouse.marts_dir) as snapshot:
        assert snapshot.version == 1
        assert snapshot.sql("SELECT n FROM counted").to_pylist() == [{"n": 2}]
        found = snapshot.sql("SELECT engineers FROM teams WHERE team_id = $team", {"team": "search"})
        assert found.to_pylist() == [{"engineers": 4.0}]
        assert snapshot.settings == {
            "currency": "EUR",
            "is_demo": True,
            "reporting_zone": "UTC",
            "snapshot_version": 1,
            "as_of": "2026-03-02T10:00:00+00:00",
            "published_at": "2026-03-02T12:00:00+00:00",
        }


def test_pointer_names_the_newest_file(warehouse: Warehouse) -> None:
    assert read_pointer(warehouse.marts_dir) is None
    publish_at(warehouse)
    info = publish_at(warehouse, AS_OF + timedelta(hours=1))
    assert read_pointer(warehouse.marts_dir) == info
    assert json.loads((warehouse.marts_dir / POINTER).read_text()) == {
        "version": 2,
        "file": "marts-000002.duckdb",
        "published_at": "2026-03-02T12:00:00+00:00",
        "as_of": "2026-03-02T11:00:00+00:00",
    }


def test_people_raw_bodies_and_cursors_stay_with_the_writer(warehouse: Warehouse) -> None:
    pseudonym = "5ca1ab1e5ca1ab1e"
    people = [
        Commit("shop", "c1", AS_OF, author=pseudonym),
        Change("1", "api", author=pseudonym),
        TeamMember(pseudonym, "search"),
    ]
    load(warehouse, people)
    info = publish_at(warehouse)
    with Snapshot.open(warehouse.marts_dir) as snapshot:
        tables = {
            row["table_name"] for row in snapshot.sql("SELECT table_name FROM duckdb_tables()").to_pylist()
        }
        columns = snapshot.sql(
            "SELECT column_name FROM duckdb_columns() WHERE column_name IN ('author', 'person')"
        )
    assert not tables & {"commits", "team_members", "raw_bodies", "cursors", "survey_responses"}
    assert columns.num_rows == 0
    assert pseudonym.encode() not in (warehouse.marts_dir / info.file).read_bytes()


def test_failing_check_keeps_the_last_good_snapshot_and_names_itself(warehouse: Warehouse) -> None:
    good = publish_at(warehouse)
    duplicate_a_team(warehouse)
    with pytest.raises(ChecksFailedError, match=r"unique_teams: teams: a key .* \(1 rows\)") as caught:
        publish_at(warehouse)
    assert caught.value.names == ("unique_teams",)
    assert read_pointer(warehouse.marts_dir) == good
    assert sorted(path.name for path in warehouse.marts_dir.iterdir()) == [POINTER, good.file, "refused.json"]
    assert check_rows(warehouse, "unique_teams") == [
        (1, "fail", 0, "[]"),
        (2, "fail", 1, '[{"team_id": "search", "n_rows": 2}]'),
    ]


def test_publishing_goes_on_once_the_rows_are_corrected(warehouse: Warehouse) -> None:
    duplicate_a_team(warehouse)
    with pytest.raises(ChecksFailedError):
        publish_at(warehouse)
    refusal = read_refusal(warehouse.marts_dir)
    assert refusal is not None
    assert refusal.checks == (("unique_teams", "teams: a key comes more than once", 1),)
    with warehouse.transaction() as con:
        con.execute("DELETE FROM teams WHERE source = 'b'")
    assert publish_at(warehouse).version == 1
    assert read_refusal(warehouse.marts_dir) is None
    assert check_rows(warehouse, "unique_teams") == [(1, "fail", 0, "[]")]


def test_warning_is_published_with_a_sample(warehouse: Warehouse) -> None:
    backwards = Deployment(
        "d9", "api", "production", "success", started_at=AS_OF, finished_at=AS_OF - timedelta(hours=1)
    )
    load(warehouse, [deployment(1), backwards])
    publish_at(warehouse)
    with Snapshot.open(warehouse.marts_dir) as snapshot:
        found = snapshot.sql(
            "SELECT n_offending, sample FROM check_results WHERE check_name = 'deployments_backwards'"
        ).to_pylist()
    assert found[0]["n_offending"] == 1
    assert json.loads(found[0]["sample"])[0]["deployment_id"] == "d9"


def test_loss_of_more_than_half_of_a_sources_rows_is_a_warning(warehouse: Warehouse) -> None:
    load(warehouse, [deployment(number) for number in range(5)])
    publish_at(warehouse)
    with warehouse.transaction() as con:
        con.execute("DELETE FROM deployments WHERE deployment_id <> 'd0' AND deployment_id <> 'd1'")
    publish_at(warehouse)
    expected = '[{"table_name": "deployments", "source": "files", "n_before": 5, "n_now": 2}]'
    assert check_rows(warehouse, "rows_dropped") == [(1, "warn", 0, "[]"), (2, "warn", 1, expected)]


def test_failing_preparation_leaves_nothing(warehouse: Warehouse) -> None:
    def broken(con: duckdb.DuckDBPyConnection) -> None:
        counted(con)
        raise ValueError("fact")

    good = publish_at(warehouse)
    with pytest.raises(ValueError, match="fact"):
        publish(warehouse, broken, as_of=AS_OF, settings={})
    assert sorted(path.name for path in warehouse.marts_dir.iterdir()) == [POINTER, good.file]
    assert publish_at(warehouse).version == 2


def test_half_written_file_of_a_killed_publication_is_removed(warehouse: Warehouse) -> None:
    publish_at(warehouse)
    for name in ("marts-000002.duckdb.part", "marts-000002.duckdb.part.wal", "current.json.part"):
        (warehouse.marts_dir / name).write_bytes(b"half")
    publish_at(warehouse)
    assert sorted(path.name for path in warehouse.marts_dir.iterdir()) == [
        POINTER,
        "marts-000001.duckdb",
        "marts-000002.duckdb",
    ]


def test_damaged_pointer_is_mended_by_the_next_publication(warehouse: Warehouse) -> None:
    publish_at(warehouse)
    (warehouse.marts_dir / POINTER).write_text("half a poin")
    assert publish_at(warehouse).version == 2
    assert read_pointer(warehouse.marts_dir) is not None


def test_last_files_and_one_per_closed_quarter_stay(warehouse: Warehouse) -> None:
    months = [(2025, 8), (2025, 9), (2025, 11), (2025, 12), (2026, 1), (2026, 1), (2026, 2), (2026, 3)]
    for year, month in months:
        publish_at(warehouse, datetime(year, month, 15, tzinfo=UTC), keep=2)
    # Q3 2025 ends with version 2, Q4 2025 with version 4; Q1 2026 is open: only its last two stay.
    files = sorted(path.name for path in warehouse.marts_dir.glob("*.duckdb"))
    assert files == [f"marts-{version:06d}.duckdb" for version in (2, 4, 7, 8)]


def test_quarters_follow_the_configured_month() -> None:
    def quarter(month: int) -> int:
        return quarter_of(datetime(2026, month, 1, tzinfo=UTC), 2)

    # Quarters that start in February: Feb-Apr, May-Jul; January belongs to the one before.
    assert quarter(2) == quarter(4) == quarter(1) + 1
    assert quarter(5) == quarter(4) + 1


def test_folder_that_cannot_be_written_is_named(warehouse: Warehouse) -> None:
    warehouse.marts_dir.write_text("a file")
    with pytest.raises(StorageError, match="marts: cannot publish a snapshot"):
        publish_at(warehouse)


FILL = """
import resource, signal, sys
from datetime import UTC, datetime
from warehouse.engine import Warehouse
from warehouse.publish import publish
as_of = datetime(2026, 3, 2, tzinfo=UTC)
big = "CREATE TABLE marts.big AS SELECT md5(range::VARCHAR) AS text FROM range(1000000)"
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Warehouse.open(sys.argv[1], threads=1) as warehouse:
    publish(warehouse, lambda con: None, as_of=as_of, settings={})
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, 6_000_000))
    publish(warehouse, lambda con: con.execute(big) and None, as_of=as_of, settings={})
"""


def test_full_disk_keeps_the_last_good_snapshot(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: writing fails in the same place."""
    done = subprocess.run([sys.executable, "-c", FILL, tmp_path], capture_output=True, text=True)
    assert done.returncode == 1
    assert "StorageError" in done.stderr
    assert "Free space on this disk" in done.stderr
    with Snapshot.open(tmp_path / "marts") as snapshot:
        assert snapshot.version == 1
    assert not list((tmp_path / "marts").glob("*.part*"))
    with Warehouse.open(tmp_path) as warehouse:
        assert publish_at(warehouse).version == 2
