"""Assumptions of the configuration are versions of the ledger, one for every change of the file."""

from pathlib import Path

import pytest

from service.configuration.config import load_config
from service.configuration.errors import ConfigError
from service.ledger.reading import read_ledger
from tests.service.command import FILES, Payoff
from tests.service.folders import write_config

SALARY = "{key: salary, likely: %s, source: payroll, owner: finance, valid_from: 2024-01-01}"


def configure(folder: Path, *entries: str) -> None:
    write_config(folder, FILES + f"assumptions: [{', '.join(entries)}]\n")


def salaries(folder: Path) -> list[tuple[int, str, float]]:
    ledger = read_ledger(load_config(folder / "config.yaml"))
    return [(e.version, e.state, e.values.likely) for e in ledger.entries if e.key == "salary"]


def test_a_changed_file_makes_a_version_and_an_unchanged_one_does_not(
    payoff: Payoff, files: Path, tmp_path: Path
) -> None:
    configure(tmp_path, SALARY % 82000)
    payoff("collect")
    payoff("collect")
    assert salaries(tmp_path) == [(1, "approved", 82000.0)]
    configure(tmp_path, SALARY % 85000)
    payoff("collect")
    assert salaries(tmp_path)[1:] == [(2, "approved", 85000.0)]
    configure(tmp_path)
    payoff("collect")
    assert salaries(tmp_path)[2:] == [(2, "rejected", 85000.0)]


def test_what_people_decided_since_is_left_alone(payoff: Payoff, files: Path, tmp_path: Path) -> None:
    configure(tmp_path, SALARY % 82000)
    payoff("collect")
    payoff(
        "ledger",
        "edit",
        "salary",
        "--low",
        "70000",
        "--likely",
        "75000",
        "--high",
        "80000",
        "--by",
        "finance",
    )
    payoff("collect")
    payoff("collect")
    assert salaries(tmp_path) == [(1, "approved", 82000.0), (2, "approved", 75000.0)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{key: salery, likely: 1, source: a, owner: b, valid_from: 2024-01-01}", "Did you mean 'salary'?"),
        (
            "{key: salary, low: 2, likely: 1, source: a, owner: b, valid_from: 2024-01-01}",
            "give low <= likely <= high",
        ),
        ("{key: salary, likely: 1, source: a, owner: jo@acme, valid_from: 2024-01-01}", "person's address"),
        ("{key: salary, likely: 1, owner: b, valid_from: 2024-01-01}", "source"),
        (
            "{key: salary, likely: 1, source: a, owner: b, valid_from: 2024-01-01, scope: paymnets}",
            "there is no team `paymnets`. Did you mean `payments`?",
        ),
    ],
)
def test_what_cannot_be_is_an_error_of_the_file(tmp_path: Path, entry: str, said: str) -> None:
    text = f"teams: [{{id: payments}}]\nsources: []\nassumptions: [{entry}]\n"
    write_config(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / "config.yaml")
    assert said in str(error.value)
