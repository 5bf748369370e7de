"""A survey from its export to the warehouse, over the command line, and nobody in what it leaves behind."""

from pathlib import Path

import pytest

from tests.collectors.survey_exports import PEOPLE, QUALTRICS
from tests.service.command import Payoff
from tests.service.folders import everything, write_config

CONFIG = """
sources:
  - name: dx
    kind: survey
    path: surveys
    team_column: Team
    ignore: [Q3]
    scales:
      agreement: {labels: [Strongly disagree, Disagree, Neither, Agree, Strongly agree]}
      likely: {numbers: [0, 10]}
    items:
      - {item: helps_me_build, column: Q1, scale: agreement}
      - {item: recommend, column: Q2, scale: likely}
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_config(tmp_path, CONFIG)
    (tmp_path / "surveys").mkdir()
    path = tmp_path / "surveys" / "2026-q1.csv"
    path.write_text(QUALTRICS)
    return path


def files_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file()]


def test_doctor_shows_and_collect_stores_the_answers_and_nobody(
    export: Path, tmp_path: Path, payoff: Payoff
) -> None:
    shown = payoff("doctor")
    assert shown.exit_code == 0, shown.output
    assert "dropped, about people: IPAddress, RecipientLastName" in shown.stderr
    assert not (tmp_path / "data").exists()
    collected = payoff("collect")
    assert collected.exit_code == 0, collected.output
    stored = everything(tmp_path)
    assert stored["survey_responses"].count("2026-q1") == 3
    texts = [shown.output, shown.stderr, collected.output, collected.stderr, *stored.values()]
    assert [word for word in PEOPLE for text in texts if word in text] == []
    assert [word for word in PEOPLE for data in files_of(tmp_path) if word.encode() in data] == []


def test_a_file_with_an_unknown_answer_stores_nothing_and_its_error_names_nobody(
    export: Path, tmp_path: Path, payoff: Payoff
) -> None:
    export.write_text(QUALTRICS.replace("EN,Agree,9", "EN,Jane Doe,9"))
    collected = payoff("collect")
    assert collected.exit_code == 1
    said = " ".join(collected.stderr.split())
    assert "2026-q1.csv, line 4, column Q1: an answer of 8 characters" in said
    stored = everything(tmp_path)
    assert "column Q1" in stored["job_runs"]
    assert stored["survey_responses"] == "[]"
    assert [word for word in PEOPLE for text in (said, *stored.values()) if word in text] == []
