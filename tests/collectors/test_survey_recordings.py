"""Real exports of SurveyMonkey give the counts and means that their columns have."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from collectors.survey.read import Export, examine
from collectors.survey.source import files_of
from tests.collectors.survey_source import pages, source

MAPPING = Path(__file__).parent / "recordings/survey_csv_cncf_ambassadors.yaml"
RECORDING = Path(__file__).parents[3] / "shared/recordings/survey_csv/cncf_ambassadors"
N_COLUMNS, N_KEPT = 120, 12
Column = Mapping[str, str]


@pytest.fixture(scope="module")
def mapping() -> Mapping[str, Any]:
    if not RECORDING.is_dir():
        pytest.skip(f"{RECORDING} is not there")
    read: Mapping[str, Any] = yaml.safe_load(MAPPING.read_text())
    return read


@pytest.fixture(scope="module")
def config(mapping: Mapping[str, Any]) -> dict[str, Any]:
    ignored = [f"/{entry['columns']}/" for entry in mapping["not_kept"]]
    return {**mapping["stanza"], "ignore": ignored}


@pytest.fixture(scope="module")
def columns() -> list[Column]:
    if not RECORDING.is_dir():
        pytest.skip(f"{RECORDING} is not there")
    with (RECORDING / "expected/columns.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_column_is_kept_or_has_a_reason_not_to_be(
    mapping: Mapping[str, Any], config: dict[str, Any], columns: list[Column]
) -> None:
    kept = {
        (export, title) for export, titles in _kept(config).items() for title in titles
    }  # (survey, column) as the source reads them
    reasons = [re.compile(entry["columns"]) for entry in mapping["not_kept"]]
    for column in columns:
        is_kept = (column["file"].removesuffix(".csv"), column["column"]) in kept
        has_reason = any(reason.fullmatch(_name(column)) for reason in reasons)
        assert is_kept is not has_reason, column
    assert (len(columns), len(kept)) == (N_COLUMNS, N_KEPT)


def test_kept_columns_have_the_answers_and_means_of_the_recording(
    config: dict[str, Any], columns: list[Column]
) -> None:
    found = _answers(config)
    n_compared = 0
    for column in columns:
        place = (column["file"].removesuffix(".csv"), column["column"])
        if place not in found:
            continue
        answers = found[place]
        assert len(answers) == int(column["answered"]), column
        if column["numeric"] == "yes":
            numbers = [float(answer) for answer in answers]
            assert round(sum(numbers) / len(numbers), 4) == float(column["mean"]), column
            n_compared += 1
    assert n_compared == 7


def test_all_responses_of_a_wave_are_read_with_times_in_its_year(config: dict[str, Any]) -> None:
    waves = {}
    for page in pages(RECORDING / "bodies", **config):
        rows = page.tables["survey_responses"].to_pylist()
        waves[rows[0]["survey_id"]] = (
            len({row["response_id"] for row in rows}),
            {row["responded_at"].year for row in rows},
        )
    assert waves == {
        "ambassadors_2019_h1": (21, {2019}),
        "ambassadors_2019_h2": (42, {2019}),
        "ambassadors_2021": (44, {2021}),
    }


def _name(column: Column) -> str:
    is_whole = column["choice"].casefold() in ("", "response", "open-ended response")
    return column["question"] if is_whole else f"{column['question']} / {column['choice']}"


def _exports(config: dict[str, Any]) -> Iterator[Export]:
    made = source(RECORDING / "bodies", **config)
    for survey_id, path in files_of("dx", made.config).items():
        yield examine(path, survey_id, made.config, made.context.pseudonym)


def _kept(config: dict[str, Any]) -> dict[str, list[str]]:
    """Places of the columns that are items, by wave."""
    return {
        export.survey_id: [str(item.column.index) for item in export.meaning.items]
        for export in _exports(config)
    }


def _answers(config: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """The stored answers by wave and place of their column."""
    place = {
        (export.survey_id, item.entry.item): str(item.column.index)
        for export in _exports(config)
        for item in export.meaning.items
    }
    found: dict[tuple[str, str], list[str]] = {}
    for page in pages(RECORDING / "bodies", **config):
        for row in page.tables["survey_responses"].to_pylist():
            at = (row["survey_id"], place[row["survey_id"], row["item_id"]])
            found.setdefault(at, []).append(row["answer"])
    return found
