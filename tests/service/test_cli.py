"""The command line in a folder of its own: data on stdout, narration on stderr, exit codes as documented."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

import service.commands  # noqa: F401  registers the commands
from service.cli import app
from service.demo import demo_settings
from service.errors import UsageError
from tests.collectors.gitrepo import GitRepo
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_config, write_files
from warehouse.engine import Warehouse

Payoff = Callable[..., Result]
JANUARY = ("--start", "2025-01-01", "--end", "2025-02-01")
FILES = "sources: [{name: exports, kind: files, path: exports}]\n"
SHOP = "sources: [{name: shop, kind: git, url: shop, repo: shop, deployments: {tags: 'v.*'}}]\n"


@pytest.fixture
def payoff(tmp_path: Path) -> Payoff:
    """Run a command with the folder's configuration; an exception that is no exit is a failed test."""

    def run(*arguments: str, config: bool = True) -> Result:
        chosen = ["--config", str(tmp_path / "config.yaml")] if config else []
        result = CliRunner().invoke(app, [*arguments, *chosen])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A configuration with a folder of files: a service with six deployments, of which the last failed."""
    write_config(tmp_path, FILES)
    rows = deployment_rows(7, 8, 9, 10, 13) + deployment_rows(14, status="failure")
    return write_files(
        tmp_path / "exports",
        deployments=DEPLOYMENTS + rows,
        services="service_id,team_id\npay,money\n",
        teams="team_id\nmoney\n",
    )


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A configuration with a repository whose tags are v1, v2 and nightly."""
    write_config(tmp_path, SHOP)
    repo = GitRepo(tmp_path / "shop")
    for tag in ("v1", "nightly", "v2"):
        repo.commit()
        repo.tag(tag)
    return repo


def text_of(result: Result) -> str:
    """What was said, without the line breaks that a narrow terminal adds."""
    return " ".join(result.stderr.split())


def deployments_published(folder: Path, payoff: Payoff) -> int:
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--period", "window", "--minimum-n", "0")
    assert result.exit_code == 0, result.stderr
    return int(pd.read_csv(io.BytesIO(result.stdout_bytes))["n"].sum())


# Looking before collecting


def test_doctor_shows_what_would_count_and_what_not_and_makes_no_warehouse(
    payoff: Payoff, repo: GitRepo, tmp_path: Path
) -> None:
    result = payoff("doctor")
    assert (result.exit_code, result.stdout) == (0, "")
    said = text_of(result)
    counted, left_out = said.split("would not count as")
    assert "v2 2025-01-06" in counted
    assert "v1 2025-01-06" in counted
    assert "nightly (no pattern matches)" in left_out
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()
    assert not (tmp_path / "data" / "marts").exists()


def test_doctor_exits_1_where_nothing_would_count(payoff: Payoff, repo: GitRepo, tmp_path: Path) -> None:
    write_config(tmp_path, SHOP.replace("v.*", "release-.*"))
    result = payoff("doctor")
    assert result.exit_code == 1
    assert "no tag matches 'release-.*'" in text_of(result)
    assert "Newest tags: v2, nightly, v1" in text_of(result)


# Figures


def test_metrics_writes_csv_that_is_data_and_nothing_else(payoff: Payoff, files: Path) -> None:
    assert payoff("collect").exit_code == 0
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--by", "service", "--period", "window")
    assert (result.exit_code, result.stderr) == (0, "")
    (row,) = pd.read_csv(io.BytesIO(result.stdout_bytes)).to_dict("records")
    assert (row["scope_id"], row["period_start"], row["n"]) == ("pay", "2025-01-01", 5)


def test_metrics_writes_the_same_figures_as_json_and_parquet(payoff: Payoff, files: Path) -> None:
    payoff("collect")
    asked = ("metrics", "change_fail_rate", *JANUARY, "--period", "window", "--minimum-n", "1", "--format")
    as_json = json.loads(payoff(*asked, "json").stdout)
    as_parquet = pd.read_parquet(io.BytesIO(payoff(*asked, "parquet").stdout_bytes)).to_dict("records")
    as_csv = pd.read_csv(io.BytesIO(payoff(*asked, "csv").stdout_bytes)).to_dict("records")
    for (row,) in (as_json, as_parquet, as_csv):
        assert (row["scope_id"], row["n"], row["value"], row["status"]) == ("organisation", 5, 0.0, "ok")


def test_a_value_that_the_data_cannot_carry_is_empty_until_the_minimum_is_lowered(
    payoff: Payoff, files: Path
) -> None:
    payoff("collect")
    asked = ("metrics", "change_fail_rate", *JANUARY, "--period", "window", "--format", "json")
    (row,) = json.loads(payoff(*asked).stdout)
    assert (row["status"], row["value"], row["n"]) == ("too_few", None, 5)
    (row,) = json.loads(payoff(*asked, "--minimum-n", "5").stdout)
    assert (row["status"], row["value"], row["n"]) == ("ok", 0.0, 5)


def test_evidence_has_a_row_per_deployment_with_its_role_and_its_address(payoff: Payoff, files: Path) -> None:
    payoff("collect")
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--evidence", "--by", "service")
    rows = pd.read_csv(io.BytesIO(result.stdout_bytes))
    roles = dict(zip(rows["deployment_id"], rows["role"], strict=True))
    assert roles.pop("pay-14") != "counted"
    assert roles == {f"pay-{day}": "counted" for day in (7, 8, 9, 10, 13)}
    assert "https://ci.example.com/pay/7" in set(rows["url"])


def test_a_file_is_written_instead_of_stdout(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    payoff("collect")
    path = tmp_path / "figures.csv"
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--output", str(path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert str(path) in result.stderr.replace("\n", "")
    assert len(pd.read_csv(path)) == 1


def test_a_file_in_a_folder_that_is_not_there_is_an_error_that_names_it(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    payoff("collect")
    path = tmp_path / "missing" / "figures.csv"
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--output", str(path))
    assert result.exit_code == 1
    assert "missing/figures.csv" in result.stderr.replace("\n", "")


def test_an_unknown_metric_names_the_nearest_and_exits_2(payoff: Payoff, files: Path) -> None:
    result = payoff("metrics", "change_led_time")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "change_lead_time" in text_of(result)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--start", "01.02.2025"), "--start '01.02.2025' is no day; write it as YYYY-MM-DD."),
        (("--end", "2025-02-30"), "--end '2025-02-30' is no day"),
        (("--start", "2025-02-01", "--end", "2025-01-01"), "ends (2025-01-01) before it starts"),
        (("--parameter", "clock"), "write it as name=value"),
        (("--parameter", "clock=moon"), "moon"),
        (("--parameter", "clocks=merged"), "clock"),
    ],
)
def test_a_wrong_question_says_what_is_wrong_and_exits_2(
    payoff: Payoff, files: Path, arguments: tuple[str, ...], said: str
) -> None:
    payoff("collect")
    result = payoff("metrics", "change_lead_time", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in text_of(result)


@pytest.mark.parametrize("command", [("metrics", "change_lead_time"), ("export", "out")])
def test_nothing_published_exits_4_and_names_the_command_that_publishes(
    payoff: Payoff, files: Path, command: tuple[str, ...]
) -> None:
    result = payoff(*command)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "payoff collect" in text_of(result)


def test_export_writes_every_table_of_the_snapshot(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    payoff("collect")
    assert payoff("export", str(tmp_path / "out")).exit_code == 0
    (snapshot,) = (tmp_path / "data" / "marts").glob("marts-*.duckdb")
    with duckdb.connect(str(snapshot), read_only=True) as con:
        names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.parquet" for name in names}
    assert len(pd.read_parquet(tmp_path / "out" / "fact_deployments.parquet")) == 6


def test_export_as_csv_can_be_read_back(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    payoff("collect")
    assert payoff("export", str(tmp_path / "out"), "--format", "csv").exit_code == 0
    found = pd.read_csv(tmp_path / "out" / "fact_deployments.csv")
    assert set(found["deployment_id"]) == {f"pay-{day}" for day in (7, 8, 9, 10, 13, 14)}


# Bad configuration


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


# Bad input leaves what was there


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
    payoff: Payoff, files: Path, tmp_path: Path, broken: str, place: str
) -> None:
    payoff("collect")
    (files / "deployments.csv").write_text(broken)
    result = payoff("collect")
    assert result.exit_code == 1
    assert "deployments.csv" in text_of(result)
    assert place in text_of(result)
    assert deployments_published(tmp_path, payoff) == 5


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
    assert deployments_published(tmp_path, payoff) == 5


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
    assert deployments_published(tmp_path, payoff) == 5


def test_a_busy_warehouse_exits_3_and_names_who_holds_it(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    holder = (
        "import sys, time; from warehouse.engine import Warehouse\n"
        f"with Warehouse.open({str(tmp_path / 'data')!r}): print('held', flush=True); time.sleep(60)"
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


# The demo's own folder


@pytest.mark.parametrize("variant", ["effect", "null"])
def test_the_demo_has_a_configuration_of_its_own(tmp_path: Path, variant: str) -> None:
    settings = demo_settings(tmp_path / "demo", variant=variant, seed=3)
    (source,) = settings.sources
    chosen = source.config.model_dump()
    assert (source.kind, chosen["variant"], chosen["seed"]) == ("demo", variant, 3)
    assert settings.storage.directory == tmp_path / "demo"
    assert demo_settings(tmp_path / "demo", variant=variant, seed=3) == settings


def test_another_demo_world_needs_another_folder(tmp_path: Path) -> None:
    demo_settings(tmp_path, variant="effect", seed=1)
    kept = (tmp_path / "config.yaml").read_text()
    with pytest.raises(UsageError, match="choose another folder"):
        demo_settings(tmp_path, variant="null", seed=1)
    assert (tmp_path / "config.yaml").read_text() == kept


def test_an_unknown_variant_of_the_demo_exits_2(payoff: Payoff, tmp_path: Path) -> None:
    result = payoff("demo", str(tmp_path / "demo"), "--variant", "none", config=False)
    assert result.exit_code == 2
    assert "is not one of effect, null" in text_of(result)
    assert not (tmp_path / "demo").exists()


def test_a_file_in_the_place_of_the_demo_folder_is_an_error_that_names_it(
    payoff: Payoff, tmp_path: Path
) -> None:
    (tmp_path / "demo").write_text("")
    result = payoff("demo", str(tmp_path / "demo"), config=False)
    assert result.exit_code == 1
    assert str(tmp_path / "demo") in result.stderr.replace("\n", "")
