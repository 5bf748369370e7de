"""An older warehouse is upgraded beside itself: done, or as it was, and the old file is kept either way."""

import logging
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from warehouse.engine import FILE, Warehouse
from warehouse.errors import MigrationError
from warehouse.migrate import Migration, applied, migrate, migrations, schema_sql
from warehouse.upgrade import open_file, upgrade_copies

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEPT = "warehouse-v0001-20260302T120000Z.duckdb"
BROKEN = Migration(3, "broken", "CREATE TABLE half (x INTEGER); SELECT nothing;")
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse import upgrade
from warehouse.engine import Warehouse
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(upgrade, sys.argv[2], killed)
Warehouse.open(sys.argv[1], clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of version 1 with a team in it."""
    path = tmp_path / FILE
    with duckdb.connect(str(path)) as con:
        migrate(con, now=NOW, steps=migrations()[:1])
        con.execute("INSERT INTO teams (team_id, engineers, source) VALUES ('payments', 7.5, 'files')")
    return path


def is_version_1(path: Path) -> bool:
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute("SELECT team_id, engineers FROM teams").fetchall()
        return list(applied(con)) == [1] and rows == [("payments", 7.5)]


def test_rows_stay_and_the_old_file_is_kept_under_its_version_and_the_time(
    old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), Warehouse.open(old.parent, clock=lambda: NOW) as warehouse:
        con = warehouse.connection
        assert con.execute("SELECT team_id, engineers FROM teams").fetchall() == [("payments", 7.5)]
        assert list(applied(con)) == [step.number for step in migrations()]
        assert schema_sql(con) == files("warehouse").joinpath("schema.sql").read_text(encoding="utf-8")
    assert upgrade_copies(old.parent) == (old.with_name(KEPT),)
    assert is_version_1(old.with_name(KEPT))
    assert f"before={old.with_name(KEPT)}" in caplog.text


def test_new_and_current_files_are_not_copied(tmp_path: Path) -> None:
    for _ in range(2):
        Warehouse.open(tmp_path).close()
    assert upgrade_copies(tmp_path) == ()


def test_rows_that_were_only_in_the_log_are_in_both_files(old: Path) -> None:
    script = (
        "import duckdb, os, sys; con = duckdb.connect(sys.argv[1]); "
        "con.execute(\"INSERT INTO teams (team_id, source) VALUES ('late', 'files')\"); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, old], check=True)
    assert old.with_name(f"{FILE}.wal").exists()
    Warehouse.open(old.parent, clock=lambda: NOW).close()
    for path in (old, old.with_name(KEPT)):
        with duckdb.connect(str(path), read_only=True) as con:
            assert con.execute("SELECT team_id FROM teams ORDER BY 1").fetchall() == [
                ("late",),
                ("payments",),
            ]


def test_failing_upgrade_leaves_the_old_file_and_no_part(old: Path) -> None:
    """The second migration works, the third does not: the file is not left between the two."""
    before = old.read_bytes()
    with pytest.raises(MigrationError, match=r"is as it was, at version 1: .*0003_broken\.sql failed"):
        open_file(old, {}, NOW, [*migrations()[:2], BROKEN])
    assert old.read_bytes() == before
    assert os.listdir(old.parent) == [FILE]
    assert is_version_1(old)


@pytest.mark.kills
@pytest.mark.parametrize("step", ["migrate", "flush"])
def test_killed_upgrade_leaves_the_old_file_and_the_next_one_completes(old: Path, step: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, old.parent, step])
    assert done.returncode == -signal.SIGKILL
    assert is_version_1(old)
    Warehouse.open(old.parent, clock=lambda: NOW).close()
    assert is_version_1(old.with_name(KEPT))
    with duckdb.connect(str(old), read_only=True) as con:
        assert list(applied(con)) == [step.number for step in migrations()]
    assert not list(old.parent.glob("*.part*"))
