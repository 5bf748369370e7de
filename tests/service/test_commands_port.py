"""What a page may do: for visitors on this machine only, by the same function as the other doors."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.errors import ActionError, InputError, PolicyError
from actions.runs import Run
from dashboards.self_service.port import Order, Visitor
from service.care.pseudonyms import pseudonyms_of
from service.configuration.config import load_config
from service.deploying.commands_port import DashboardCommands
from tests.actions.asked import asked
from tests.service.folders import write_config
from warehouse.engine import utc_now

HERE = Visitor(None, "localhost", is_forwarded=False)
CONFIG = "actions: {repository: {url: gitops.git}}\n"
ORDER = Order("deploy-service", asked())


def commands_of(folder: Path, text: str = CONFIG, host: str = "127.0.0.1") -> DashboardCommands:
    settings = load_config(write_config(folder, text))
    return DashboardCommands(settings, utc_now, lambda: None, host=host)


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[DashboardCommands]:
    made = commands_of(tmp_path)
    yield made
    made.close()


def log_of(folder: Path) -> list[str]:
    command = ["git", "--git-dir", str(folder / "gitops.git"), "log", "--format=%B", "main"]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def test_a_run_is_safe_at_once_and_committed_behind_it(tmp_path: Path, commands: DashboardCommands) -> None:
    run = commands.submit(HERE, ORDER)
    assert run.stage == "requested"
    until = time.monotonic() + 20
    while not commands.run(HERE, run.run_id).is_ended and time.monotonic() < until:
        time.sleep(0.05)
    assert commands.run(HERE, run.run_id).stage == "committed"
    assert [found.run_id for found in commands.runs(HERE)] == [run.run_id]
    requester = pseudonyms_of(commands._settings)("dashboard")
    assert f"Requested-By: {requester}" in log_of(tmp_path)


def test_a_preview_has_the_diff_and_changes_nothing(tmp_path: Path, commands: DashboardCommands) -> None:
    run = commands.preview(HERE, ORDER)
    assert "+kind: Deployment" in run.diff.replace('"', "")
    assert log_of(tmp_path) == []
    assert commands.runs(HERE) == []


@pytest.mark.parametrize(
    "visitor",
    [
        Visitor("10.0.0.7", "localhost", is_forwarded=False),
        Visitor(None, "localhost", is_forwarded=True),
        Visitor(None, "attacker.example", is_forwarded=False),
    ],
)
def test_who_comes_from_elsewhere_may_neither_deploy_nor_look(
    tmp_path: Path, commands: DashboardCommands, visitor: Visitor
) -> None:
    assert "no login" in commands.refusal(visitor)
    for attempt in (
        lambda: commands.submit(visitor, ORDER),
        lambda: commands.preview(visitor, ORDER),
        lambda: commands.run(visitor, "any"),
        lambda: commands.runs(visitor),
    ):
        with pytest.raises(PolicyError):
            attempt()
    assert log_of(tmp_path) == []


def test_a_server_beyond_this_machine_lets_nobody_deploy(tmp_path: Path) -> None:
    commands = commands_of(tmp_path, host="0.0.0.0")  # noqa: S104
    with pytest.raises(PolicyError):
        commands.submit(HERE, ORDER)


def test_inputs_that_are_not_valid_are_told_by_field(commands: DashboardCommands) -> None:
    with pytest.raises(InputError) as caught:
        commands.submit(HERE, Order("deploy-service", asked(name="Not A Name", port=80)))
    assert set(caught.value.problems) == {"name", "port"}


def test_without_a_repository_the_remedy_is_said(tmp_path: Path) -> None:
    commands = commands_of(tmp_path, "actions: {repository: {url: ''}}\n")
    with pytest.raises(ActionError, match=r"actions\.repository\.url"):
        commands.submit(HERE, ORDER)


@pytest.mark.parametrize(
    ("repository", "url"),
    [
        ("{url: gitops.git}", ""),
        (
            "{url: gitops.git, forge: github, project: acme/gitops}",
            "https://github.com/acme/gitops/commit/a1",
        ),
        (
            "{url: gitops.git, forge: gitlab, project: p/g, api_url: https://git.example.com/api/v4}",
            "https://git.example.com/p/g/-/commit/a1",
        ),
    ],
)
def test_a_commit_is_linked_where_a_forge_shows_it(tmp_path: Path, repository: str, url: str) -> None:
    commands = commands_of(tmp_path, f"actions: {{repository: {repository}}}\n")
    run = Run("r", "k", "a", "1.0.0", "create", {}, "p", "committed", {}, sha="a1")
    assert commands.commit_url(run) == url
