"""A backup is whole or not there; what is restored is what was backed up, and nothing is lost by it."""

import json
import shutil
from pathlib import Path

import pytest

from collectors.people import Pseudonyms
from service.configuration.config import load_config
from service.reports.frozen import freeze, frozen_reports
from tests.service.command import Payoff, deployments_published, run_payoff, text_of
from tests.service.folders import NOW, contents, deployment_rows
from warehouse.engine import FILE, Warehouse
from warehouse.frozen import Manifest
from warehouse.migrate import migrations
from warehouse.snapshot import Snapshot, read_pointer
from warehouse.spool import Spool

pytestmark = pytest.mark.usefixtures("nothing_kept")


def backed_up(payoff: Payoff, folder: Path, *options: str) -> Path:
    """The backup that the command made."""
    result = payoff("backup", str(folder / "backups"), *options)
    assert result.exit_code == 0, result.stderr
    return Path(result.stdout.strip())


def add_a_deployment(files: Path) -> None:
    with (files / "deployments.csv").open("a") as file:
        file.write(deployment_rows(20))


@pytest.fixture
def collected(files: Path, payoff: Payoff) -> Path:
    """The folder of a configuration whose six deployments are published."""
    assert payoff("collect").exit_code == 0
    return files.parent


def test_restored_into_an_empty_folder_it_is_what_was_backed_up(collected: Path, payoff: Payoff) -> None:
    data = collected / "data"
    before, key = contents(data), (data / "pseudonym.key").read_bytes()
    backup = backed_up(payoff, collected, "--with-key")
    assert json.loads((backup / "manifest.json").read_text())["rows"]["deployments"] == 6
    shutil.rmtree(data)
    result = payoff("restore", str(backup))
    assert result.exit_code == 0, result.stderr
    assert contents(data) == before
    assert (data / "pseudonym.key").read_bytes() == key
    assert deployments_published(payoff) == 5
    assert payoff("collect").exit_code == 0
    assert not list(data.glob("*.part"))


def test_folder_that_is_not_empty_is_left_alone(collected: Path, payoff: Payoff) -> None:
    backup = backed_up(payoff, collected)
    add_a_deployment(collected / "exports")
    assert payoff("collect").exit_code == 0
    before = contents(collected / "data")
    result = payoff("restore", str(backup))
    assert result.exit_code == 2
    assert "holds a warehouse already, and nothing was changed. Add --force" in text_of(result)
    assert contents(collected / "data") == before
    assert deployments_published(payoff) == 6


def test_forced_restore_keeps_what_was_there_and_publishes_under_a_new_number(
    collected: Path, payoff: Payoff
) -> None:
    data = collected / "data"
    before = contents(data)
    backup = backed_up(payoff, collected)
    add_a_deployment(collected / "exports")
    assert payoff("collect").exit_code == 0
    later = contents(data)
    result = payoff("restore", str(backup), "--force")
    assert result.exit_code == 0, result.stderr
    assert contents(data) == before
    pointer = read_pointer(data / "marts")
    assert pointer is not None
    assert pointer.version == 3  # readers that have seen 2 must not take it for the one of now
    with Snapshot.open(data / "marts") as snapshot:
        assert snapshot.version == 3
    assert deployments_published(payoff) == 5
    (kept,) = data.glob("before-restore-*")
    assert contents(kept) == later
    with Snapshot.open(kept / "marts") as snapshot:
        assert snapshot.version == 2
    assert payoff("collect").exit_code == 0
    assert contents(data) == later
    assert deployments_published(payoff) == 6


def test_events_that_came_after_the_backup_are_applied_again(collected: Path, payoff: Payoff) -> None:
    backup = backed_up(payoff, collected)
    Spool(collected / "data").append("of a newer version", "{}")
    assert payoff("collect").exit_code == 0
    with Warehouse.open(collected / "data") as warehouse:
        assert Spool(collected / "data").n_waiting(warehouse) == 0
    result = payoff("restore", str(backup), "--force")
    assert "1 events came after it" in text_of(result)
    with Warehouse.open(collected / "data") as warehouse:
        assert Spool(collected / "data").n_waiting(warehouse) == 1


def test_events_that_wait_are_in_the_backup(collected: Path, payoff: Payoff) -> None:
    Spool(collected / "data").append("of a newer version", '{"n": 1}')
    backup = backed_up(payoff, collected)
    shutil.rmtree(collected / "data")
    assert "1 events came after it" in text_of(payoff("restore", str(backup)))
    assert [event.payload for event in Spool(collected / "data").events()] == [{"n": 1}]


def test_another_warehouse_is_moved_aside_with_its_spool_and_snapshots(
    collected: Path, payoff: Payoff, tmp_path: Path
) -> None:
    backup = backed_up(payoff, collected)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(collected / "exports", other / "exports")
    shutil.copy(collected / "config.yaml", other / "config.yaml")
    add_a_deployment(other / "exports")
    config = ("--config", str(other / "config.yaml"))
    assert run_payoff("collect", *config).exit_code == 0
    Spool(other / "data").append("of a newer version", "{}")
    there = contents(other / "data")
    assert run_payoff("restore", str(backup), "--force", *config).exit_code == 0
    assert contents(other / "data") == contents(collected / "data")
    assert Spool(other / "data").identity() == Spool(collected / "data").identity()
    assert Spool(other / "data").events() == []
    (kept,) = (other / "data").glob("before-restore-*")
    assert contents(kept) == there
    assert len(Spool(kept).events()) == 1
    assert (kept / "marts" / "marts-000001.duckdb").exists()


def test_key_is_left_out_unless_asked_for_and_its_absence_is_said(collected: Path, payoff: Payoff) -> None:
    result = payoff("backup", str(collected / "backups"))
    assert "without pseudonym.key" in text_of(result)
    backup = Path(result.stdout.strip())
    assert not list(backup.rglob("pseudonym.key"))
    shutil.rmtree(collected / "data")
    result = payoff("restore", str(backup))
    assert "the key of its pseudonyms is not here" in text_of(result)
    assert payoff("collect").exit_code == 2


def test_damaged_backup_is_refused_and_nothing_is_changed(collected: Path, payoff: Payoff) -> None:
    backup = backed_up(payoff, collected)
    path = backup / FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    before = contents(collected / "data")
    result = payoff("restore", str(backup), "--force")
    assert result.exit_code == 1
    assert f"{FILE} missing or changed" in text_of(result)
    assert contents(collected / "data") == before
    assert not list((collected / "data").glob("before-restore-*"))


def test_backup_of_a_newer_version_and_what_is_none_are_refused(collected: Path, payoff: Payoff) -> None:
    backup = backed_up(payoff, collected)
    manifest = json.loads((backup / "manifest.json").read_text())
    (backup / "manifest.json").write_text(json.dumps(manifest | {"schema": len(migrations()) + 1}))
    assert "is of a newer Payoff" in text_of(payoff("restore", str(backup), "--force"))
    assert "is no backup of Payoff" in text_of(payoff("restore", str(collected), "--force"))


def test_copy_that_lacks_a_row_never_becomes_a_backup(
    collected: Path, payoff: Payoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Warehouse.copy_to

    def partly(self: Warehouse, target: Path) -> None:
        whole(self, target)
        self.connection.execute("INSERT INTO environments VALUES ('a row that the copy lacks', FALSE)")

    monkeypatch.setattr(Warehouse, "copy_to", partly)
    result = payoff("backup", str(collected / "backups"))
    assert result.exit_code == 1
    assert "does not hold the rows that were there" in text_of(result)
    assert [path.name for path in (collected / "backups").iterdir()] == [".backup.lock"]


def test_frozen_reports_are_backed_up_and_later_ones_stay(collected: Path, payoff: Payoff) -> None:
    settings = load_config(collected / "config.yaml")
    report = Manifest("r1", "2025-Q1", 1, NOW, "1", "0", 1, 1, "", "", {})
    published = collected / "data" / "marts" / "marts-000001.duckdb"
    freeze(settings, report, {"report.csv": "a,b\n"}, published)
    backup = backed_up(payoff, collected)
    later = Manifest("r2", "2025-Q1", 2, NOW, "1", "0", 1, 1, "", "", {})
    freeze(settings, later, {"report.csv": "c,d\n"}, published)
    assert payoff("restore", str(backup), "--force").exit_code == 0
    texts = {frozen.manifest.report_id: frozen.texts for frozen in frozen_reports(settings)}
    assert texts == {"r1": {"report.csv": b"a,b\n"}, "r2": {"report.csv": b"c,d\n"}}
    shutil.rmtree(collected / "data")
    assert payoff("restore", str(backup)).exit_code == 0
    assert [frozen.texts for frozen in frozen_reports(settings)] == [{"report.csv": b"a,b\n"}]
    with Snapshot.open(frozen_reports(settings)[0].snapshot) as snapshot:
        assert snapshot.version == 1


def test_who_was_forgotten_after_the_backup_stays_forgotten(collected: Path, payoff: Payoff) -> None:
    data = collected / "data"
    key = (data / "pseudonym.key").read_bytes()
    jane = Pseudonyms(keys=(key,)).of_source("exports")("jane")
    add_author = (
        "INSERT INTO changes (change_id, service_id, author, source) VALUES ('1', 'pay', ?, 'exports')"
    )
    with Warehouse.open(data) as warehouse:
        warehouse.connection.execute(add_author, [jane])
    backup = backed_up(payoff, collected)
    (data / "erased-people").write_text(f"{jane}\n")
    assert payoff("restore", str(backup), "--force").exit_code == 0
    with Warehouse.open(data) as warehouse:
        authors = warehouse.connection.execute("SELECT author FROM changes").fetchall()
    assert authors != []
    assert jane.encode() not in (data / FILE).read_bytes()
    assert (data / "erased-people").read_text().split() == [jane]


def test_there_is_nothing_to_back_up_before_the_first_collection(files: Path, payoff: Payoff) -> None:
    result = payoff("backup", str(files.parent / "backups"))
    assert result.exit_code == 4
    assert not (files.parent / "data").exists()
