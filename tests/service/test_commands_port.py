"""What a page may do: for visitors on this machine only, by the same function as the other doors."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from actions.errors import ActionError, InputError, PolicyError
from actions.runs import Run
from dashboards.access.visitor import Visitor
from dashboards.page.port import Order
from service.audit.reading import newest_deeds
from service.care.pseudonyms import pseudonyms_of
from service.configuration.config import load_config
from service.deploying.commands_port import DashboardCommands
from tests.actions.asked import asked
from tests.actions.world import START, ticking
from tests.service.folders import write_config
from warehouse.goals import Goals, Wish
from warehouse.ledger import Ledger
from warehouse.ledger import Wish as LedgerWish

HERE = Visitor("none", "admin")
ALICE = Visitor("oidc", "platform", "Alice Ahn", "alice@acme.example", START + timedelta(days=1))
CONFIG = "actions: {repository: {url: gitops.git}}\n"
ORDER = Order("deploy-service", asked())


def commands_of(folder: Path, text: str = CONFIG) -> DashboardCommands:
    settings = load_config(write_config(folder, text))
    return DashboardCommands(settings, ticking(), lambda: None)


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
    until = time.monotonic() + 120
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
    ("visitor", "reason"),
    [
        (Visitor("none", "viewer"), "no login"),
        (Visitor("oidc", None), "Nobody is logged in"),
        (replace(ALICE, role=None), "needs the role platform; you have no role here"),
        (replace(ALICE, role="viewer"), "needs the role platform; you have the role viewer"),
        (replace(ALICE, until=START - timedelta(seconds=1)), "expired"),
    ],
)
def test_who_may_not_deploy_can_neither_ask_nor_look_whatever_the_page_draws(
    tmp_path: Path, commands: DashboardCommands, visitor: Visitor, reason: str
) -> None:
    assert reason in commands.refusal(visitor, "deploy")
    for attempt in (
        lambda: commands.submit(visitor, ORDER),
        lambda: commands.preview(visitor, ORDER),
        lambda: commands.run(visitor, "any"),
        lambda: commands.runs(visitor),
    ):
        with pytest.raises(PolicyError):
            attempt()
    assert log_of(tmp_path) == []


def test_a_run_bears_the_pseudonym_of_who_is_logged_in(tmp_path: Path, commands: DashboardCommands) -> None:
    run = commands.submit(ALICE, ORDER)
    assert run.requester == pseudonyms_of(commands._settings)("alice@acme.example")
    commands.close()
    assert "alice" not in "".join(log_of(tmp_path)).lower()


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


def test_a_goal_from_a_page_bears_a_pseudonym_and_wakes_the_writer(tmp_path: Path) -> None:
    woken: list[bool] = []
    settings = load_config(write_config(tmp_path, CONFIG))
    commands = DashboardCommands(settings, ticking(), lambda: woken.append(True))
    wish = Wish("change_fail_rate", "*", 0.1, date(2999, 12, 31), "platform-team")
    commands.set_goal(ALICE, wish)
    (entry,) = commands.goals(Goals()).entries
    assert entry.decided_by == f"person {pseudonyms_of(settings)('alice@acme.example')}"
    assert (entry.is_pending, woken) == (True, [True])
    with pytest.raises(InputError, match="note: is missing"):
        commands.withdraw_goal(ALICE, "change_fail_rate", "*", " ")
    commands.withdraw_goal(ALICE, "change_fail_rate", "*", "a test")
    assert commands.goals(Goals()).held() == {}
    noted = newest_deeds(settings, 10)
    assert [(one.deed.action, one.deed.subject) for one in noted] == [("goal", "change_fail_rate of *")] * 3


def test_who_may_not_set_goals_stores_none_whatever_the_page_draws(commands: DashboardCommands) -> None:
    viewer = replace(ALICE, role="viewer")
    wish = Wish("change_fail_rate", "*", 0.1, date(2999, 12, 31), "platform-team")
    with pytest.raises(PolicyError, match="needs the role platform"):
        commands.set_goal(viewer, wish)
    with pytest.raises(PolicyError):
        commands.withdraw_goal(viewer, "change_fail_rate", "*", "a test")
    assert commands.goals(Goals()) == Goals()


# Figures of the ledger

DAY = date(2026, 1, 1)
SALARY = LedgerWish(
    "salary", "*", 80_000, 82_000, 85_000, "payroll 2026", "finance", DAY, "measured", "new pay"
)
ADMIN = replace(ALICE, role="admin")


def test_a_figure_from_a_page_is_a_pending_version_that_can_be_taken_back(tmp_path: Path) -> None:
    woken: list[bool] = []
    settings = load_config(write_config(tmp_path, CONFIG))
    commands = DashboardCommands(settings, ticking(), lambda: woken.append(True))
    commands.edit_ledger(ADMIN, SALARY)
    commands.edit_ledger(ADMIN, replace(SALARY, likely=83_000, note="corrected"))
    first, second = commands.ledger(Ledger()).entries
    assert (first.version, first.values.likely, first.is_pending) == (1, 82_000, True)
    assert (second.version, second.values.likely, second.note) == (2, 83_000, "corrected")
    assert second.decided_by == f"person {pseudonyms_of(settings)('alice@acme.example')}"
    commands.take_back(ADMIN, "salary", "*", "a slip")
    ledger = commands.ledger(Ledger())
    assert ledger.in_force(DAY)["salary", "*"].values.likely == 82_000
    assert len(ledger.entries) == 3
    commands.take_back(ADMIN, "salary", "*", "all of it")
    assert commands.ledger(Ledger()).in_force(DAY) == {}
    assert woken == [True] * 4
    noted = [(one.deed.action, one.deed.subject, one.deed.detail) for one in newest_deeds(settings, 10)]
    assert noted == [("ledger", "salary of *", what) for what in ("take back", "take back", "edit", "edit")]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"likely": None}, "likely", "is missing"),
        ({"source": None}, "source", "is missing; the first version"),
        ({"owner": "jo@acme.example"}, "owner", "looks like a person's address; name a role"),
        ({"note": " "}, "note", "is missing"),
        ({"note": "jo@acme.example says so"}, "note", "looks like a person's address"),
        ({"low": 90_000}, "", "give low <= likely <= high"),
        ({"low": -1}, "", "leaves the bounds of its kind, 0 to inf currency/year"),
        ({"key": "sallary"}, "", "Did you mean 'salary'?"),
    ],
)
def test_a_figure_that_cannot_be_is_told_by_field_and_not_stored(
    commands: DashboardCommands, changes: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(ActionError) as caught:
        commands.edit_ledger(ADMIN, replace(SALARY, **changes))
    told = caught.value.problems if isinstance(caught.value, InputError) else {"": str(caught.value)}
    assert set(told) == {field}
    assert reason in told[field]
    assert commands.ledger(Ledger()) == Ledger()


def test_what_says_nothing_new_makes_no_version(commands: DashboardCommands) -> None:
    commands.edit_ledger(ADMIN, SALARY)
    with pytest.raises(InputError, match="Version 1 says the same"):
        commands.edit_ledger(ADMIN, SALARY)
    with pytest.raises(InputError, match="nothing to undo"):
        commands.take_back(ADMIN, "realisation", "*", "a slip")


@pytest.mark.parametrize("role", ["viewer", "platform"])
def test_who_may_not_edit_the_ledger_stores_nothing_whatever_the_page_draws(
    commands: DashboardCommands, role: str
) -> None:
    other = replace(ALICE, role=role)
    with pytest.raises(PolicyError, match=f"needs the role admin; you have the role {role}"):
        commands.edit_ledger(other, SALARY)
    with pytest.raises(PolicyError):
        commands.take_back(other, "salary", "*", "a slip")
    assert commands.ledger(Ledger()) == Ledger()
    assert newest_deeds(commands._settings, 10) == []
