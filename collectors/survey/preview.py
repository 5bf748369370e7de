"""What `payoff doctor` shows of survey exports before anything is stored."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from collectors.base import Finding, Preview
from collectors.survey.config import Config
from collectors.survey.layout import Column
from collectors.survey.problems import SurveyError
from collectors.survey.read import Export, examine, opened


def preview(
    source: str, files: Mapping[str, Path], config: Config, pseudonym: Callable[[str], str]
) -> Preview:
    """Format, responses, items and dropped columns of every file, and what is wrong with it."""
    findings: list[Finding] = []
    counted: list[str] = []
    not_counted: list[str] = []
    for survey_id, path in files.items():
        try:
            export = opened(path, survey_id, config)
            findings += _findings(export)
            not_counted += [f"{survey_id}: {line}" for line in _left_out(export)]
            counted += _items(examine(path, survey_id, config, pseudonym))
        except SurveyError as error:
            findings.append(Finding(False, f"{source}: {error}", "Mend it; until then nothing loads."))
    return Preview(tuple(findings), {"survey answers": counted}, {"survey answers": not_counted})


def _findings(export: Export) -> Iterator[Finding]:
    name, meaning = export.path.name, export.meaning
    responses = _counted(len(export.counted), "response")
    yield Finding(True, f"{name}: {export.layout.format}, {responses} to count")
    yield Finding(True, f"{name}: dropped, about people: {_titles(meaning.personal)}")
    yield Finding(True, f"{name}: not read, added by the tool: {_titles(meaning.technical)}")
    if meaning.absent:
        yield Finding(
            True,
            f"{name}: no column is {', '.join(meaning.absent)}",
            "Correct `column` if this wave did ask for it.",
        )
    if meaning.team is None:
        yield Finding(
            True,
            f"{name}: no team is known, so answers count for the organisation only",
            "Set `team_column` where the export has one.",
        )


def _left_out(export: Export) -> Iterator[str]:
    """Responses that do not count, with the reason, and questions that are not read."""
    for why, n in sorted(export.left_out.items()):
        yield f"{_counted(n, 'response')} ({why})"
    for column in export.meaning.ignored:
        yield f"{column.title} (under `ignore`, or empty)"


def _titles(columns: Sequence[Column]) -> str:
    return ", ".join(column.title for column in columns) or "none"


def _items(export: Export) -> Iterator[str]:
    given = Counter(answer.item_id for answer in export.answers)
    for item in export.meaning.items:
        answers = _counted(given[item.entry.item], "answer")
        version = item.version or "unknown: the export holds no wording"
        yield f"{export.survey_id}: {item.entry.item}, {answers} (version {version})"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' if n != 1 else ''}"
