"""A developer deploys a service, sees the commit, and the run is counted beside the tickets."""

import io
import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from service.cli import now
from tests.actions.asked import IMAGE
from tests.actions.world import ticking
from tests.service.command import Payoff, text_of
from tests.service.folders import write_config, write_files

CONFIG = """
sources: [{name: exports, kind: files, path: exports}]
actions: {repository: {url: gitops.git}}
people: {pseudonym_key: "${KEY}"}
"""
COVERAGE = (
    "resource,scope_id,from_at,to_at\n"
    "deployments,*,2026-01-01T00:00:00Z,2030-01-01T00:00:00Z\n"
    "tickets,*,2026-01-01T00:00:00Z,2030-01-01T00:00:00Z\n"
)
ASKED = ("--set", "name=checkout", "--set", "team=payments", "--set", f"image={IMAGE}")


@pytest.fixture
def shop(tmp_path: Path, payoff: Payoff, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company with two teams and a service, on a day that all of its sources cover."""
    monkeypatch.setattr("service.cli.utc_now", ticking())
    monkeypatch.setenv("KEY", "a key of sixteen characters")
    monkeypatch.setenv("LOGNAME", "grace.hopper")
    write_config(tmp_path, CONFIG)
    write_files(
        tmp_path / "exports",
        coverage=COVERAGE,
        teams="team_id,engineers\npayments,5\ncommerce,5\n",
        services="service_id,team_id\nledger,commerce\n",
    )
    assert payoff("collect").exit_code == 0
    return tmp_path


def log_of(folder: Path) -> list[str]:
    command = ["git", "--git-dir", str(folder / "gitops.git"), "log", "--format=%s", "main"]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def metric(payoff: Payoff, name: str, *arguments: str) -> pd.DataFrame:
    days = ("--start", "2026-01-01", "--end", "2030-01-01", "--period", "window", "--minimum-n", "0")
    result = payoff("metrics", name, *arguments, *days)
    assert result.exit_code == 0, result.stderr
    return pd.read_csv(io.BytesIO(result.stdout_bytes))


def test_a_run_is_committed_and_counts_against_the_ticket_for_the_same_thing(
    shop: Path, payoff: Payoff
) -> None:
    result = payoff("deploy", *ASKED)
    assert result.exit_code == 0, result.stderr
    run = json.loads(result.stdout)
    assert run["stage"] == "committed"
    assert log_of(shop) == ["create checkout (payments)"]
    ticket = f"T1,payments,request,deploy-service,{now().isoformat()}\n"
    (shop / "exports/tickets.csv").write_text(f"ticket_id,team_id,type,action,created_at\n{ticket}")
    assert payoff("collect").exit_code == 0
    share = metric(payoff, "self_service_share", "--by", "action").set_index("scope_id").loc["deploy-service"]
    assert (share["numerator"], share["n"]) == (1, 2)


def test_the_same_command_again_changes_and_counts_nothing(shop: Path, payoff: Payoff) -> None:
    payoff("deploy", *ASKED)
    again = payoff("deploy", *ASKED)
    assert (again.exit_code, json.loads(again.stdout)["stage"], len(log_of(shop))) == (0, "unchanged", 1)
    share = metric(payoff, "self_service_share", "--by", "action").set_index("scope_id").loc["deploy-service"]
    assert share["numerator"] == 1


def test_what_the_collectors_find_of_the_service_is_golden_path(shop: Path, payoff: Payoff) -> None:
    payoff("deploy", *ASKED)
    rows = (
        "D1,checkout,production,success,2029-12-01T12:00:00Z,\n"
        "D2,checkout,production,success,2029-12-02T12:00:00Z,manual\n"
        "D3,ledger,production,success,2029-12-02T12:00:00Z,\n"
    )
    header = "deployment_id,service_id,environment,status,finished_at,via\n"
    (shop / "exports/deployments.csv").write_text(header + rows)
    assert payoff("collect").exit_code == 0
    exported = payoff("export", str(shop / "out"))
    assert exported.exit_code == 0, exported.stderr
    facts = pd.read_parquet(shop / "out/fact_deployments.parquet").set_index("deployment_id")
    assert facts["via"].fillna("").to_dict() == {"D1": "golden_path", "D2": "manual", "D3": ""}


def test_a_dry_run_prints_the_diff_and_leaves_the_repository_empty(shop: Path, payoff: Payoff) -> None:
    result = payoff("deploy", *ASKED, "--dry-run")
    assert result.exit_code == 0
    assert "+kind: NetworkPolicy" in result.stdout
    assert log_of(shop) == []


def test_an_update_needs_only_what_shall_be_different(shop: Path, payoff: Payoff) -> None:
    payoff("deploy", *ASKED)
    assert (
        payoff("deploy", "--operation", "update", "--set", "name=checkout", "--set", "size=large").exit_code
        == 0
    )
    assert payoff("deploy", "--operation", "retire", "--set", "name=checkout").exit_code == 0
    assert log_of(shop) == [
        "retire checkout (payments)",
        "update checkout (payments)",
        "create checkout (payments)",
    ]


def test_inputs_may_come_from_a_file(shop: Path, payoff: Payoff) -> None:
    path = shop / "request.yaml"
    path.write_text(yaml.safe_dump({"name": "cart", "team": "payments", "image": IMAGE, "port": 8088}))
    run = json.loads(payoff("deploy", "--file", str(path), "--set", "environments=staging").stdout)
    assert (run["inputs"]["port"], run["inputs"]["environments"]) == (8088, ["staging"])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--set", "name=checkout"), 2, "image: is missing"),
        ((*ASKED, "--set", "port=80"), 2, "port: 80 should be at least 1024"),
        ((*ASKED[:2], "--set", "team=payment", *ASKED[4:]), 2, "Did you mean payments?"),
        (("--set", "name=ledger", *ASKED[2:]), 1, "belongs to team commerce"),
        ((*ASKED, "--set", "size"), 2, "write name=value"),
        ((*ASKED, "--file", "nothing.yaml"), 2, "cannot be read"),
        (("deploy-database", *ASKED), 2, "there are: deploy-service"),
        ((*ASKED, "--operation", "update"), 1, "There is no service checkout to update"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_committed(
    shop: Path, payoff: Payoff, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = payoff("deploy", *arguments)
    assert (result.exit_code, log_of(shop)) == (code, [])
    assert words in text_of(result)


def test_without_a_repository_the_remedy_is_named(tmp_path: Path, payoff: Payoff) -> None:
    write_config(tmp_path, "sources: []\n")
    result = payoff("deploy", *ASKED)
    assert result.exit_code == 2
    assert "actions.repository.url" in text_of(result)


def test_nobody_is_named_in_the_repository_the_spool_or_the_output(shop: Path, payoff: Payoff) -> None:
    result = payoff("deploy", *ASKED)
    stored = b"".join(path.read_bytes() for path in shop.rglob("*") if path.is_file())
    assert b"grace.hopper" not in stored + result.output.encode()
    assert json.loads(result.stdout)["requester"].encode() in stored
