"""Bad input, a lost source, a full disk, another writer: a clear error, and what was there stays."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.collectors.gitrepo import GitRepo
from tests.service.command import FILES, SHOP, Payoff, deployments_published, text_of
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_config
from warehouse.engine import Warehouse

pytestmark = pytest.mark.usefixtures("nothing_kept")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("organisation: {curency: EUR}\n" + FILES, "Did you mean `organisation.currency`?"),
        ("sources: [{name: a, kind: files, path: '${PAYOFF_TEST_NOWHERE}'}]\n", "PAYOFF_TEST_NOWHERE"),
        ("sources: [{name: a, kind: fils, path: exports}]\n", "Did you mean `files`?"),
        ("organisation: {reporting_zone: Europe/Berlim}\n" + FILES, "is no time zone"),
    ],
)
def test_a_wrong_configuration_exits_2_and_says_where(
    payoff: Payoff, tmp_path: Path, text: str, said: str
) -> None:
    write_config(tmp_path, text)
    result = payoff("collect")
    assert result.exit_code == 2
    assert said in text_of(result)
    assert "line 2" in text_of(result)
    assert not (tmp_path / "data").exists()


def test_a_configuration_that_is_not_there_exits_2(payoff: Payoff) -> None:
    result = payoff("collect")
    assert result.exit_code == 2
    assert "config.yaml" in text_of(result)


def test_an_unknown_source_names_those_there_are(payoff: Payoff, files: Path) -> None:
    result = payoff("collect", "--source", "export")
    assert result.exit_code == 2
    assert "no source is named 'export'. There are: exports." in text_of(result)


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (DEPLOYMENTS + 'x,pay,production,success,"2025-01-20\n', "line 2"),
        (DEPLOYMENTS + deployment_rows(7) + "x,pay,production\n", "line 3"),
        (DEPLOYMENTS.replace("service_id,", "service,"), "line 1, column service_id"),
        (DEPLOYMENTS + "x,pay,production,success,2025-01-20 10:00,\n", "line 2, column finished_at"),
    ],
    ids=["open quote", "short row", "missing column", "time without a zone"],
)
def test_a_broken_file_is_named_with_line_and_column_and_the_earlier_figures_stay(
    payoff: Payoff, files: Path, broken: str, place: str
) -> None:
    payoff("collect")
    (files / "deployments.csv").write_text(broken)
    result = payoff("collect")
    assert result.exit_code == 1
    assert "deployments.csv" in text_of(result)
    assert place in text_of(result)
    assert deployments_published(payoff) == 5


def test_a_repository_that_cannot_be_reached_is_named_and_what_was_there_stays(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    payoff("collect")
    lost = "  - {name: shop, kind: git, url: 'file:///nowhere/shop.git', deployments: {tags: v.*}}\n"
    write_config(tmp_path, f"sources:\n  - {{name: exports, kind: files, path: exports}}\n{lost}")
    result = payoff("collect")
    assert result.exit_code == 1
    assert "nowhere/shop.git" in text_of(result)
    assert "Check `url`" in text_of(result)
    assert deployments_published(payoff) == 5


def test_an_empty_repository_says_so(payoff: Payoff, tmp_path: Path) -> None:
    write_config(tmp_path, SHOP)
    GitRepo(tmp_path / "shop")
    result = payoff("collect")
    assert result.exit_code == 1
    assert "is empty. Push a commit" in text_of(result)


def test_a_tag_pattern_without_a_match_shows_the_newest_tags(
    payoff: Payoff, repo: GitRepo, tmp_path: Path
) -> None:
    write_config(tmp_path, SHOP.replace("v.*", "release-.*"))
    result = payoff("collect")
    assert result.exit_code == 1
    assert "Newest tags: v2, nightly, v1" in text_of(result)


@pytest.mark.parametrize("command", ["collect", "doctor"])
def test_a_file_in_the_place_of_the_storage_folder_is_an_error_that_names_it(
    payoff: Payoff, files: Path, tmp_path: Path, command: str
) -> None:
    (tmp_path / "data").write_text("not a folder")
    result = payoff(command)
    assert result.exit_code == 1
    assert str(tmp_path / "data") in result.stderr.replace("\n", "")
    assert (tmp_path / "data").read_text() == "not a folder"


def test_doctor_tells_of_a_file_above_the_storage_folder_and_of_one_it_may_not_write(
    payoff: Payoff, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda place, mode: Path(place) != tmp_path)
    result = payoff("doctor")
    assert result.exit_code == 1
    assert f"{tmp_path}: this user may not write there" in text_of(result)
    (tmp_path / "config.yaml").write_text(FILES + "storage: {directory: exports/deployments.csv/data}\n")
    result = payoff("doctor")
    assert result.exit_code == 1
    assert "deployments.csv: is no folder" in text_of(result)


def test_a_full_disk_leaves_the_earlier_snapshot(
    payoff: Payoff, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payoff("collect")

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "data"))

    monkeypatch.setattr("warehouse.publish.write_pointer", no_room)
    result = payoff("collect")
    assert result.exit_code == 1
    assert "Free space on this disk" in text_of(result)
    monkeypatch.undo()
    assert deployments_published(payoff) == 5


def test_a_busy_warehouse_exits_3_and_names_who_holds_it(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    holder = (
        "import sys, time; from warehouse.engine import Warehouse\n"
        f"with Warehouse.open({str(tmp_path / 'data')!r}): print('held', flush=True); time.sleep(300)"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        result = payoff("collect")
        process.kill()
    assert result.exit_code == 3
    assert str(process.pid) in text_of(result)
    assert "is writing to this warehouse" in text_of(result)
    with Warehouse.open(tmp_path / "data", wait_seconds=0) as warehouse:
        assert warehouse.connection.execute("SELECT count(*) FROM deployments").fetchone() == (0,)
