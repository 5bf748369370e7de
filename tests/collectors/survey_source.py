"""A survey source over one export, and what it gives."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.base import Context, Page, pseudonymiser
from collectors.survey import source as survey

ITEMS: list[dict[str, Any]] = [
    {"item": "helps_me_build", "column": "The platform helps me build.", "scale": "agreement"},
    {"item": "recommend", "column": "How likely are you to recommend it?", "scale": "likely"},
]
SCALES: dict[str, Any] = {
    "agreement": {"labels": ["Strongly disagree", "Disagree", "Neither", ["Agree", "A4"], "Strongly agree"]},
    "likely": {"numbers": [0, 10]},
}


def source(path: Path, **config: Any) -> survey.SurveySource:
    context = Context(datetime(2026, 8, 1, tzinfo=UTC), path.parent, pseudonymiser(b"a test key"), bool)
    return survey.build("dx", survey.Config(path=path, **config), context)


def pages(path: Path, cursor: Any = None, **config: Any) -> list[Page]:
    return list(source(path, **config).resources()[0].pages(cursor))


def rows(path: Path, text: str | None, **config: Any) -> list[dict[str, Any]]:
    """The stored answers; ``text`` is written to a file of the folder ``path`` first."""
    if text is not None:
        path = path / "wave.csv"
        path.write_text(text)
    found = [page.tables["survey_responses"] for page in pages(path, **config)]
    return [row for table in found for row in table.to_pylist()]


def answers(folder: Path, text: str, **config: Any) -> list[tuple[str, str, str]]:
    """When, which item, which number, in order."""
    found = rows(folder, text, **config)
    return sorted((row["responded_at"].isoformat(), row["item_id"], row["answer"]) for row in found)
