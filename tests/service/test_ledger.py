"""`payoff ledger`: decisions are shown at once, stored by the writer, and undone by another decision."""

import csv
import io
from pathlib import Path

import pytest
from typer.testing import Result

from tests.service.command import Payoff, text_of

SALARY = ("--likely", "82000", "--source", "payroll 2026", "--owner", "finance", "--valid-from", "2024-01-01")
FINANCE = ("--by", "finance")


def rows_of(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def listed(payoff: Payoff, key: str, *arguments: str) -> list[dict[str, str]]:
    return [row for row in rows_of(payoff("ledger", "list", *arguments)) if row["key"] == key]


def likely(payoff: Payoff, key: str = "salary") -> list[str]:
    """What the figure is likely to be, where it holds."""
    return [row["likely"] for row in listed(payoff, key) if row["is_in_force"] == "true"]


def test_the_list_names_every_figure_with_its_default_or_that_nobody_set_it(
    payoff: Payoff, files: Path
) -> None:
    (kappa,) = listed(payoff, "realisation")
    assert (kappa["state"], kappa["low"], kappa["likely"], kappa["high"]) == ("default", "0.3", "0.5", "0.7")
    (salary,) = listed(payoff, "salary")
    assert (salary["state"], salary["likely"], salary["is_in_force"]) == ("not_set", "", "false")


def test_an_edit_is_pending_until_the_writer_has_run_and_holds_from_then_on(
    payoff: Payoff, files: Path
) -> None:
    said = payoff("ledger", "edit", "salary", *SALARY, *FINANCE, "--note", "as agreed")
    assert (said.exit_code, said.stdout) == (0, "")
    assert "version 1 approved, 82000 / 82000 / 82000 currency/year" in text_of(said)
    (row,) = listed(payoff, "salary")
    assert (row["is_pending"], row["decided_by"], row["note"]) == ("true", "finance", "as agreed")
    assert payoff("collect").exit_code == 0
    (row,) = listed(payoff, "salary")
    assert (row["is_pending"], row["likely"], row["version"]) == ("false", "82000", "1")


def test_a_proposal_holds_once_it_is_approved_and_a_rejection_brings_the_old_one_back(
    payoff: Payoff, files: Path
) -> None:
    payoff("ledger", "edit", "salary", *SALARY, *FINANCE)
    payoff("ledger", "propose", "salary", "--high", "95000", "--likely", "90000", *FINANCE)
    assert likely(payoff) == ["82000"]
    assert [row["state"] for row in listed(payoff, "salary")] == ["approved", "proposed"]
    payoff("collect")
    payoff("ledger", "approve", "salary", *FINANCE)
    assert likely(payoff) == ["90000"]
    payoff("ledger", "reject", "salary", "--version", "2", *FINANCE)
    assert likely(payoff) == ["82000"]
    payoff("collect")
    assert likely(payoff) == ["82000"]
    history = rows_of(payoff("ledger", "history", "salary"))
    assert [(row["version"], row["state"]) for row in history] == [
        ("1", "approved"),
        ("2", "proposed"),
        ("2", "approved"),
        ("2", "rejected"),
    ]


def test_what_is_not_given_stays_as_it_is(payoff: Payoff, files: Path) -> None:
    payoff("ledger", "edit", "salary", *SALARY, *FINANCE)
    payoff("ledger", "edit", "salary", "--low", "70000", "--high", "95000", *FINANCE)
    (row,) = listed(payoff, "salary")
    assert [row[name] for name in ("low", "likely", "high", "source")] == [
        "70000",
        "82000",
        "95000",
        "payroll 2026",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("salery", *SALARY), "Did you mean 'salary'?"),
        (("salary", *SALARY, "--low", "90000"), "give low <= likely <= high"),
        (("salary", *SALARY, "--unit", "EUR/month"), "unit 'EUR/month' should be 'currency/year'"),
        (("salary", "--likely", "82000"), "its first version also needs --source, --owner, --valid-from"),
        (("realisation", *SALARY), "leaves the bounds"),
        (("salary", *SALARY, "--valid-from", "1.1.2026"), "--valid-from '1.1.2026' is no day"),
        (("salary", *SALARY, "--owner", "jo@acme.example"), "looks like a person's address"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    payoff: Payoff, files: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = payoff("ledger", "edit", *arguments, *FINANCE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in text_of(result)
    assert rows_of(payoff("ledger", "history", "salary")) == []


def test_a_decision_about_a_version_that_is_not_there_is_refused(payoff: Payoff, files: Path) -> None:
    result = payoff("ledger", "approve", "salary", "--version", "3")
    assert result.exit_code == 2
    assert "salary of * has no version 3; there are: none" in text_of(result)


def test_a_team_that_is_not_there_is_refused_with_the_nearest(payoff: Payoff, files: Path) -> None:
    payoff("collect")
    result = payoff("ledger", "edit", "salary", *SALARY, *FINANCE, "--scope", "monye")
    assert result.exit_code == 2
    assert "--scope 'monye': there is no such team. Did you mean 'money'?" in text_of(result)


def test_a_person_is_stored_as_a_pseudonym(payoff: Payoff, files: Path) -> None:
    payoff("ledger", "edit", "salary", *SALARY, "--by", "Jo@Acme.example")
    (row,) = listed(payoff, "salary")
    assert row["decided_by"].startswith("person ")
    assert "acme" not in row["decided_by"].casefold()


def test_an_export_reads_back_as_nothing_new_and_a_changed_row_as_a_version(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    payoff("ledger", "edit", "salary", *SALARY, *FINANCE, "--source", "=cmd()")
    path = tmp_path / "ledger.csv"
    payoff("ledger", "export", "--output", str(path))
    assert "'=cmd()" in path.read_text()
    assert "Nothing differs" in text_of(payoff("ledger", "import", str(path)))
    path.write_text(path.read_text().replace("82000", "83000"))
    assert payoff("ledger", "import", str(path), "--as", "edit", *FINANCE).exit_code == 0
    (row,) = listed(payoff, "salary")
    assert (row["version"], row["likely"], row["source"]) == ("2", "83000", "'=cmd()")


def test_one_wrong_row_imports_nothing_and_every_fault_is_named(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.csv"
    header = "key,low,likely,high,unit,source,owner,valid_from\n"
    path.write_text(
        header
        + "salary,,82000,,,payroll,finance,2026-01-01\n"
        + "salery,,82000,,,payroll,finance,2026-01-01\n"
        + 'incident_responders,2,"1,5",3,,log,operations,2026-01-01\n'
    )
    result = payoff("ledger", "import", str(path), *FINANCE)
    assert result.exit_code == 2
    said = text_of(result)
    assert "line 3: salery" in said
    assert "line 4: likely '1,5' is no number" in said
    assert rows_of(payoff("ledger", "history", "salary")) == []


def test_diff_shows_what_changed_between_two_days_and_what_proposals_would_change(
    payoff: Payoff, files: Path
) -> None:
    payoff("ledger", "edit", "salary", *SALARY, *FINANCE)
    payoff(
        "ledger",
        "edit",
        "salary",
        "--likely",
        "85000",
        "--high",
        "85000",
        "--valid-from",
        "2025-01-01",
        *FINANCE,
    )
    (row,) = rows_of(payoff("ledger", "diff", "2024-06-01", "2025-06-01"))
    assert (row["old_likely"], row["new_likely"]) == ("82000", "85000")
    payoff("ledger", "propose", "salary", "--high", "99000", *FINANCE)
    (row,) = rows_of(payoff("ledger", "diff", "2025-06-01", "proposed"))
    assert (row["old_high"], row["new_high"]) == ("85000", "99000")


def test_a_value_for_one_team_stands_beside_that_for_every_team(payoff: Payoff, files: Path) -> None:
    payoff("ledger", "edit", "salary", *SALARY, *FINANCE)
    payoff("ledger", "edit", "salary", *SALARY, *FINANCE, "--scope", "money", "--likely", "90000")
    assert [(row["scope_id"], row["likely"]) for row in listed(payoff, "salary")] == [
        ("*", "82000"),
        ("money", "90000"),
    ]
