"""`payoff goals`: set, judged, changed with a reason, withdrawn, and in and out of a spreadsheet."""

import csv
import io
import json
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from collectors.people import ERASED
from service.care.people import erase
from service.configuration.config import load_config
from service.goals.deciding import Deciding
from service.goals.reading import GOAL_EDITS
from service.goals.seeding import seed_goals
from service.goals.writing import withdraw_goal
from service.storage.warehouse import open_warehouse
from tests.service.command import FILES, Payoff, run_payoff, text_of
from tests.service.folders import (
    DEPLOYMENTS,
    NOW,
    configured,
    deployment_rows,
    write_config,
    write_files,
)
from warehouse.engine import Warehouse
from warehouse.goals import Goals, Wish
from warehouse.load import load_page
from warehouse.records import Team, to_tables
from warehouse.spool import Spool

RATE = ("change_fail_rate", "--target", "0.1", "--due", "2999-Q4", "--owner", "platform-team")
BY = ("--by", "engineering")


def rows_of(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def listed(payoff: Payoff, *arguments: str) -> list[dict[str, str]]:
    return rows_of(payoff("goals", "list", *arguments))


def history(payoff: Payoff, *arguments: str) -> list[tuple[str, ...]]:
    return [
        tuple(row[name] for name in ("version", "state", "target", "note", "stands"))
        for row in rows_of(payoff("goals", "history", *arguments))
    ]


def test_a_goal_is_pending_until_the_writer_has_run_and_stands_from_then_on(
    payoff: Payoff, files: Path
) -> None:
    assert payoff("collect").exit_code == 0
    said = payoff("goals", "set", *RATE, *BY, "--note", "as agreed")
    assert (said.exit_code, said.stdout) == (0, "")
    assert "change_fail_rate of *: version 1 set" in text_of(said)
    assert "at most 10 % by 31 Dec 2999: not known yet" in text_of(said)
    (row,) = listed(payoff)
    assert (row["is_pending"], row["decided_by"], row["note"]) == ("True", "engineering", "as agreed")
    assert "not known yet" in payoff("goals", "list", "--format", "table").stdout
    payoff("collect")
    (row,) = json.loads(payoff("goals", "list", "--format", "json").stdout)
    assert (row["verdict"], row["value"], row["due_on"]) == ("not_known", None, "2999-12-31")
    (row,) = listed(payoff)
    assert [row[name] for name in ("is_pending", "operator", "target", "due_on", "verdict", "value")] == [
        *("False", "at most", "0.1", "2999-12-31", "not_known", "")
    ]


def test_a_change_needs_its_reason_keeps_the_rest_and_a_withdrawal_ends_it(
    payoff: Payoff, files: Path
) -> None:
    payoff("goals", "set", *RATE, *BY)
    refused = payoff("goals", "set", "change_fail_rate", "--target", "0.2", *BY)
    assert (refused.exit_code, "note: is missing" in text_of(refused)) == (2, True)
    payoff("goals", "set", "change_fail_rate", "--target", "0.2", "--note", "too hard", *BY)
    assert "Nothing differs" in text_of(payoff("goals", "set", "change_fail_rate", "--target", "0.2", *BY))
    said = text_of(payoff("goals", "withdraw", "change_fail_rate", "--note", "merged into another", *BY))
    again = "--target 0.2 --due 2999-12-31 --owner 'platform-team'"
    assert f"payoff goals set change_fail_rate --scope '*' {again}" in said
    payoff("collect")
    assert listed(payoff) == []
    assert history(payoff) == [
        ("1", "set", "0.1", "", "false"),
        ("2", "set", "0.2", "too hard", "false"),
        ("2", "withdrawn", "0.2", "merged into another", "false"),
    ]
    payoff("goals", "set", *RATE, *BY)
    assert history(payoff)[-1] == ("3", "set", "0.1", "", "true")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published snapshot of one team and its service."""
    folder = tmp_path_factory.mktemp("published")
    write_config(folder, FILES)
    tables = {"services": "service_id,team_id\npay,money\n", "teams": "team_id\nmoney\n"}
    write_files(folder / "exports", deployments=DEPLOYMENTS + deployment_rows(7), **tables)
    assert run_payoff("collect", "--config", str(folder / "config.yaml")).exit_code == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("change_fail_rat", *RATE[1:]), "metric: There is no metric 'change_fail_rat'. Did you mean"),
        (("change_fail_rate", "--target", "0.1"), "due_on: is missing; a new goal needs a target"),
        ((*RATE, "--target", "10"), "target: 10 is no target: change_fail_rate is a share"),
        ((*RATE, "--due", "2020-12-31"), "due_on: 2020-12-31 is over"),
        ((*RATE, "--due", "31.12.2999"), "due_on: '31.12.2999' is no day"),
        ((*RATE, "--due", "FY2999-Q4"), "due_on: 'FY2999-Q4' is ambiguous"),
        ((*RATE, "--owner", "jo@acme.example"), "looks like a person's address"),
        ((*RATE, "--scope", "person:jo"), "scope: 'person:jo' is no scope"),
        ((*RATE, "--scope", "team:monye"), "there is no such team. Did you mean 'team:money'?"),
        (("team_adoption_rate", *RATE[1:], "--scope", "service:pay"), "is not given by service"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    published: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run_payoff("goals", "set", *arguments, *BY, "--config", str(published / "config.yaml"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in text_of(result)
    assert Spool(published / "data").all_of(GOAL_EDITS) == []


def test_a_goal_that_is_not_there_cannot_be_withdrawn(payoff: Payoff, files: Path) -> None:
    said = payoff("goals", "withdraw", "change_fail_rate", "--note", "none there", *BY)
    assert said.exit_code == 2
    assert "there is no goal for change_fail_rate of *; there are: none" in text_of(said)


def test_a_person_is_stored_as_a_pseudonym(payoff: Payoff, files: Path) -> None:
    payoff("collect")
    payoff("goals", "set", *RATE, "--by", "Jo@Acme.example")
    (row,) = listed(payoff)
    assert row["decided_by"].startswith("person ")
    assert "acme" not in row["decided_by"].casefold()


def test_who_is_forgotten_before_the_writer_has_run_is_stored_by_nothing(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    payoff("collect")
    payoff("goals", "set", *RATE, "--by", "jo@acme.example")
    settings = load_config(tmp_path / "config.yaml")
    with open_warehouse(settings, lambda: NOW) as warehouse:
        erase(warehouse, settings, ["jo@acme.example"])
    assert [row["decided_by"] for row in listed(payoff)] == [f"person {ERASED}"]
    payoff("collect")
    assert [row["decided_by"] for row in listed(payoff)] == [f"person {ERASED}"]


def test_an_export_reads_back_as_nothing_new_and_a_changed_row_as_a_version(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    payoff("goals", "set", *RATE, *BY, "--note", "=cmd()")
    path = tmp_path / "goals.csv"
    payoff("goals", "export", "--output", str(path))
    assert path.read_text().splitlines() == [
        "metric,scope,target,unit,due_on,owner,note",
        "change_fail_rate,*,0.1,ratio,2999-12-31,platform-team,'=cmd()",
    ]
    assert "Nothing differs" in text_of(payoff("goals", "import", str(path)))
    path.write_text(path.read_text().replace(",0.1,", ",0.15,").replace("2999-12-31", "2999-Q2"))
    assert payoff("goals", "import", str(path), *BY).exit_code == 0
    assert history(payoff)[-1] == ("2", "set", "0.15", "'=cmd()", "true")


def test_one_wrong_row_imports_nothing_and_every_fault_has_line_and_column(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    path = tmp_path / "goals.csv"
    path.write_text(
        "metric,scope,target,due_on,owner\n"
        "change_fail_rate,*,0.1,2999-Q4,platform-team\n"
        'change_lead_time,team:money,"1,5",2999-Q4,money\n'
        "change_lead_time,money,24,2999-Q4,money\n"
        "change_lead_time,*,24,soon,money\n"
        "deployment_frequency,*,2,2999-Q4,\n"
        "change_fail_rate,*,0.2,2999-Q4,platform-team\n"
    )
    result = payoff("goals", "import", str(path), *BY)
    assert result.exit_code == 2
    said = text_of(result)
    for fault in (
        "goals.csv: nothing was imported.",
        "line 3, column target: '1,5' is no number",
        "line 4, column scope: 'money' is no scope",
        "line 5, column due_on: 'soon' is no day",
        "line 6, column owner: is empty",
        "line 7, column metric: change_fail_rate of * stands in line 2 already",
    ):
        assert fault in said
    assert history(payoff) == []
    path.write_text("metric,target\nchange_fail_rate,0.1\n")
    assert "has no column due_on, owner" in text_of(payoff("goals", "import", str(path)))


def test_what_is_decided_as_the_day_turns_is_of_the_day_that_it_began_on(tmp_path: Path) -> None:
    """In Berlin the 31st of March is over a second after the clock was read first."""
    settings = configured(tmp_path, "organisation: {reporting_zone: Europe/Berlin}\n")
    moments = count_up(datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC))
    deciding = Deciding(settings, lambda: next(moments), "finance")
    wishes = [
        Wish(metric, "*", 0.1, date(2026, 3, 31), "finance")
        for metric in ("change_fail_rate", "deployment_rework_rate")
    ]
    entries = deciding.set(wishes)
    assert [entry.decided_at for entry in entries] == [datetime(2026, 3, 31, 21, 59, 59)] * 2  # noqa: DTZ001


def count_up(at: datetime) -> Iterator[datetime]:
    """A clock that goes on by a second each time it is read."""
    while True:
        yield at
        at += timedelta(seconds=1)


def test_the_demo_world_has_goals_which_go_with_it(tmp_path: Path) -> None:
    demo = configured(tmp_path, "sources: [{name: demo, kind: demo}]\n")
    real = configured(tmp_path / "real", FILES)
    with Warehouse.open(tmp_path, threads=1, clock=lambda: NOW) as warehouse:
        assert seed_goals(warehouse, real, NOW.date()) == 0
        teams = [Team("payments"), Team("search")]
        load_page(warehouse, "demo", "teams", "*", tables=to_tables(teams))
        assert seed_goals(warehouse, demo, NOW.date()) == len([*standing(warehouse)])
        assert seed_goals(warehouse, demo, NOW.date()) == 0
        assert ("change_lead_time", "team:payments") in standing(warehouse)
        # Due at the end of the quarter that 1 February 2025 is in.
        held = stored(warehouse).held()["change_lead_time", "team:payments"]
        assert held.entry.values.due_on == date(2025, 3, 31)
        assert ("change_lead_time", "team:invoicing") not in standing(warehouse)  # no such team here
        now = {"by": "a reader", "now": NOW}
        ended = withdraw_goal(stored(warehouse), "change_lead_time", "*", "another one", **now)
        Goals.append(warehouse.connection, [ended])
        assert seed_goals(warehouse, demo, NOW.date()) == 0
        assert seed_goals(warehouse, real, NOW.date()) > 0
        assert list(standing(warehouse)) == []


def stored(warehouse: Warehouse) -> Goals:
    return Goals.of(warehouse.connection.sql(Goals.select()).to_arrow_table())


def standing(warehouse: Warehouse) -> Collection[tuple[str, str]]:
    return stored(warehouse).held().keys()
