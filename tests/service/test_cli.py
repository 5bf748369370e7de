"""The command line: data on stdout, narration on stderr, exit codes as documented."""

import io
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from service.cli import app
from service.commands import SUBJECTS
from service.demo import demo_settings
from service.errors import UsageError
from tests.collectors.gitrepo import GitRepo
from tests.service.command import JANUARY, SHOP, Payoff, run_payoff, text_of
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_config

pytestmark = pytest.mark.usefixtures("nothing_kept")


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
    assert not (tmp_path / "data").exists()


def test_doctor_exits_1_where_nothing_would_count(payoff: Payoff, repo: GitRepo, tmp_path: Path) -> None:
    write_config(tmp_path, SHOP.replace("v.*", "release-.*"))
    result = payoff("doctor")
    assert result.exit_code == 1
    assert "no tag matches 'release-.*'" in text_of(result)
    assert "Newest tags: v2, nightly, v1" in text_of(result)


def test_doctor_lists_what_is_still_unmapped_the_most_frequent_first(payoff: Payoff, files: Path) -> None:
    more = deployment_rows(7) + deployment_rows(7, service="rare") + deployment_rows(7, 8, 9, service="PX1")
    (files / "deployments.csv").write_text(DEPLOYMENTS + more)
    assert "unmapped" not in text_of(payoff("doctor"))
    payoff("collect")
    result = payoff("doctor")
    assert result.exit_code == 0
    assert text_of(result).endswith(
        "exports service PX1: 3 deployments (60%) exports service rare: 1 deployments (20%)"
    )


def test_doctor_lists_what_the_last_collection_could_not_read(payoff: Payoff, files: Path) -> None:
    (files / "incident.csv").write_text("x\n1\n")
    payoff("collect")
    said = text_of(payoff("doctor"))
    assert "exports files: 1 items, such as incident.csv (not read: its name is not that of a table)" in said


def test_doctor_makes_no_key_and_collect_does(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    payoff("doctor")
    assert not (tmp_path / "data").exists()
    payoff("collect")
    before = (tmp_path / "data" / "pseudonym.key").read_bytes()
    payoff("doctor")
    assert (tmp_path / "data" / "pseudonym.key").read_bytes() == before


def test_metrics_writes_csv_that_is_data_and_nothing_else(payoff: Payoff, files: Path) -> None:
    assert payoff("collect").exit_code == 0
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--by", "service", "--period", "window")
    assert (result.exit_code, result.stderr) == (0, "")
    (row,) = pd.read_csv(io.BytesIO(result.stdout_bytes)).to_dict("records")
    assert (row["scope_id"], row["period_start"], row["n"]) == ("pay", "2025-01-01", 5)


@pytest.mark.parametrize(("by", "scope"), [("action", "create-database"), ("team", "payments")])
def test_metrics_gives_adoption_by_action_and_by_team(
    payoff: Payoff, files: Path, by: str, scope: str
) -> None:
    (files / "action_runs.csv").write_text(
        "run_id,action,team_id,requested_at,status\n"
        "1,create-database,payments,2025-01-06T10:00:00Z,success\n"
        "2,restart,payments,2025-01-06T10:00:00Z,success\n"
    )
    (files / "tickets.csv").write_text(
        "ticket_id,type,action,team_id,created_at\n1,request,create-database,payments,2025-01-07T10:00:00Z\n"
    )
    with (files / "coverage.csv").open("a") as file:
        for resource in ("tickets", "action_runs"):
            file.write(f"{resource},*,2025-01-01T00:00:00Z,2025-02-01T00:00:00Z\n")
    payoff("collect")
    asked = ("metrics", "self_service_share", *JANUARY, "--period", "window", "--minimum-n", "1")
    result = payoff(*asked, "--by", by, "--action", "create-database")
    rows = pd.read_csv(io.BytesIO(result.stdout_bytes)).set_index("scope_id")
    assert (rows.loc[scope, "value"], rows.loc[scope, "n"]) == (0.5, 2)


def test_metrics_names_the_groupings_of_a_metric_that_has_not_the_one_asked_for(
    payoff: Payoff, files: Path
) -> None:
    payoff("collect")
    result = payoff("metrics", "change_fail_rate", *JANUARY, "--by", "action")
    assert result.exit_code == 2
    assert "not given by action; it takes: service, team, organisation" in text_of(result)


def test_metrics_writes_the_same_figures_as_json_and_parquet(payoff: Payoff, files: Path) -> None:
    payoff("collect")
    asked = ("metrics", "change_fail_rate", *JANUARY, "--period", "window", "--minimum-n", "1", "--format")
    as_json = json.loads(payoff(*asked, "json").stdout)
    as_parquet = pd.read_parquet(io.BytesIO(payoff(*asked, "parquet").stdout_bytes)).to_dict("records")
    as_csv = pd.read_csv(io.BytesIO(payoff(*asked, "csv").stdout_bytes)).to_dict("records")
    for (row,) in (as_json, as_parquet, as_csv):
        assert (row["scope_id"], str(row["period_start"])) == ("organisation", "2025-01-01")
        assert (row["n"], row["value"], row["status"]) == (5, 0.0, "ok")


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
        (("--end", "0001-01-01"), "before it starts (0001-01-01)"),
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
    # Kept answers are bytes that a snapshot can do without, and no rows of anybody's.
    assert {path.stem for path in (tmp_path / "out").iterdir()} == set(names) - {"kept_answers"}
    assert len(pd.read_parquet(tmp_path / "out" / "fact_deployments.parquet")) == 6


def test_export_as_csv_can_be_read_back(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    payoff("collect")
    assert payoff("export", str(tmp_path / "out"), "--format", "csv").exit_code == 0
    found = pd.read_csv(tmp_path / "out" / "fact_deployments.csv")
    assert set(found["deployment_id"]) == {f"pay-{day}" for day in (7, 8, 9, 10, 13, 14)}


@pytest.mark.parametrize("variant", ["effect", "null"])
def test_the_demo_has_a_configuration_of_its_own(tmp_path: Path, variant: str) -> None:
    settings = demo_settings(tmp_path / "demo", variant=variant, seed=3)
    (source,) = settings.sources
    chosen = source.config.model_dump()
    assert (source.kind, chosen["variant"], chosen["seed"]) == ("demo", variant, 3)
    assert settings.storage.directory == tmp_path / "demo"
    assert settings.actions.repository.url, "a service can be deployed in the demo world"
    assert demo_settings(tmp_path / "demo", variant=variant, seed=3) == settings


def test_another_demo_world_needs_another_folder(tmp_path: Path) -> None:
    demo_settings(tmp_path, variant="effect", seed=1)
    kept = (tmp_path / "config.yaml").read_text()
    with pytest.raises(UsageError, match="choose another folder"):
        demo_settings(tmp_path, variant="null", seed=1)
    assert (tmp_path / "config.yaml").read_text() == kept


def test_an_unknown_variant_of_the_demo_exits_2(tmp_path: Path) -> None:
    result = run_payoff("demo", str(tmp_path / "demo"), "--variant", "none")
    assert result.exit_code == 2
    assert "is not one of effect, null" in text_of(result)
    assert not (tmp_path / "demo").exists()


def test_a_file_in_the_place_of_the_demo_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    result = run_payoff("demo", str(tmp_path / "demo"))
    assert result.exit_code == 1
    assert str(tmp_path / "demo") in result.stderr.replace("\n", "")


def test_a_command_does_not_wait_for_the_dashboard_to_be_imported() -> None:
    script = (
        "import sys; from service.commands import register; register(); "
        "sys.exit(bool({'streamlit', 'plotly'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_a_command_does_not_wait_for_the_import_of_what_others_need() -> None:
    script = (
        "import sys; from service.commands import register; register('backup'); "
        "sys.exit(bool({'scipy.stats', 'service.commands.figures'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_every_command_is_known_by_the_module_that_registers_it() -> None:
    groups = {str(group.name): group.typer_instance.registered_commands for group in app.registered_groups}
    alone = {each.name or each.callback.__name__: [each] for each in app.registered_commands if each.callback}
    found = {
        name: {str(each.callback.__module__).rpartition(".")[2] for each in commands}
        for name, commands in (groups | alone).items()
    }
    assert {name: set(subjects) for name, subjects in SUBJECTS.items()} == found
