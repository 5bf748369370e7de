"""From an export to answers: everything is judged before the first row is given."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from collectors.survey import csv, google_forms, limesurvey, qualtrics, surveymonkey, typeform
from collectors.survey.config import Config, Scale
from collectors.survey.layout import Layout, Reader
from collectors.survey.mapping import MappedItem, Meaning, meaning_of
from collectors.survey.problems import Problem, SurveyError, quoted
from collectors.survey.table import Row, column, read_rows
from collectors.survey.times import TimeError, instant, order_of
from warehouse.records import SurveyResponse

MISSING = "don't know"
FORMATS: dict[str, Reader] = {
    "qualtrics": qualtrics.layout,
    "surveymonkey": surveymonkey.layout,
    "typeform": typeform.layout,
    "limesurvey": limesurvey.layout,
    "google_forms": google_forms.layout,
}


@dataclass(slots=True)
class Export:
    """One export, judged: its rows, what is read of it, who was left out and what is wrong."""

    path: Path
    survey_id: str
    layout: Layout
    meaning: Meaning
    answers: list[SurveyResponse] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    counted: list[Row] = field(default_factory=list, repr=False)


def examine(path: Path, survey_id: str, config: Config, pseudonym: Callable[[str], str]) -> Export:
    """The export and its answers.

    Raises
    ------
    SurveyError : something is wrong with it; nothing of it may be stored.
    """
    export = opened(path, survey_id, config)
    problems = export.meaning.problems or _read(export, config, pseudonym)
    if problems:
        raise SurveyError(path, sorted(problems, key=lambda problem: problem.line))
    return export


def opened(path: Path, survey_id: str, config: Config) -> Export:
    """The export with the meaning of its columns, before any answer is read.

    Raises
    ------
    SurveyError : the file is none of the formats, or broken.
    """
    rows = read_rows(path)
    layout = layout_of(path, rows, config)
    responses = rows[layout.header_rows :]
    export = Export(path, survey_id, layout, meaning_of(layout, config, responses))
    for row in responses:
        reason = layout.left_out(row.cells)
        if reason:
            export.left_out[reason] += 1
        else:
            export.counted.append(row)
    return export


def layout_of(path: Path, rows: Sequence[Row], config: Config) -> Layout:
    """How to read the file, in the configured format or the one that its header shows.

    Raises
    ------
    SurveyError : it is not of that format, or of none that is known.
    """
    if config.format == "csv":
        found = csv.layout(rows, config.responded_at_column, config.response_id_column)
        wanted = "a CSV file with the columns named by `responded_at_column` and `response_id_column`"
    elif config.format == "auto":
        found = next((layout for read in FORMATS.values() if (layout := read(rows)) is not None), None)
        wanted = f"one of {', '.join(FORMATS)}: set `format`, or csv and its columns"
    else:
        found = FORMATS[config.format](rows)
        wanted = f"an export of {config.format} as it comes from the tool, with all header rows"
    if found is None:
        raise SurveyError(path, [Problem(1, "", f"the header is not that of {wanted}")])
    return found


def _read(export: Export, config: Config, pseudonym: Callable[[str], str]) -> list[Problem]:
    """Fill in the answers; what is wrong with them."""
    problems: list[Problem] = []
    rows = export.counted
    times = _times(export, rows, config, problems)
    ids = _response_ids(export, rows, problems)
    for item in export.meaning.items:
        numbers = _numbers(item, rows, config, problems)
        for row, number in numbers:
            if row.line in times and row.line in ids:
                export.answers.append(
                    SurveyResponse(
                        response_id=pseudonym(f"{export.survey_id} {ids[row.line]}"),
                        survey_id=export.survey_id,
                        responded_at=times[row.line],
                        item_id=item.entry.item,
                        answer=number,
                        team_id=(export.meaning.team and row.cells[export.meaning.team.index]) or None,
                        item_version=item.version,
                    )
                )
    return problems


def _times(
    export: Export, rows: Sequence[Row], config: Config, problems: list[Problem]
) -> dict[int, datetime]:
    at = export.layout.responded_at
    title = export.layout.columns[at].title
    zone = export.layout.zone or config.own_zone
    found: dict[int, datetime] = {}
    try:
        order = order_of(column(rows, at), config.date_order)
    except TimeError as error:
        problems.append(Problem(rows[0].line, title, str(error)))
        return found
    for row in rows:
        try:
            found[row.line] = instant(row.cells[at], order, zone)
        except TimeError as error:
            problems.append(Problem(row.line, title, str(error)))
    return found


def _response_ids(export: Export, rows: Sequence[Row], problems: list[Problem]) -> dict[int, str]:
    """What tells responses apart: the tool's identifier, else the time and the place among equal times."""
    at, seen, ids = export.layout.response_id, Counter[str](), dict[int, str]()
    for row in rows:
        own = row.cells[export.layout.responded_at if at is None else at]
        seen[own] += 1
        ids[row.line] = f"{own} {seen[own]}" if at is None else own
        if at is not None and (not own or seen[own] > 1):
            reason = "is the identifier of a response before it" if own else "a response has no identifier"
            problems.append(Problem(row.line, export.layout.columns[at].title, f"{reason}: export it again"))
    return ids


def _numbers(
    item: MappedItem, rows: Sequence[Row], config: Config, problems: list[Problem]
) -> Iterator[tuple[Row, str]]:
    """Rows with the number of their answer; an empty cell was not answered."""
    scale = config.scales[item.entry.scale]
    steps = {word: str(scale.first + n) for n, step in enumerate(scale.steps) for word in step}
    missing = {word.casefold() for word in config.dont_know}
    seen = Counter(column(rows, item.column.index))
    for row in rows:
        answer = row.cells[item.column.index]
        folded = answer.casefold()
        number = MISSING if folded in missing and folded not in steps else _number(folded, scale, steps)
        if answer and number is None:
            said = f"{quoted(answer, steps, seen)} is no answer of {item.entry.item}; {_remedy(scale)}"
            problems.append(Problem(row.line, item.column.title, said))
        elif answer and number is not None:
            yield row, number


def _number(answer: str, scale: Scale, steps: dict[str, str]) -> str | None:
    if scale.numbers is None:
        return steps.get(answer)
    try:
        value = float(answer)
    except ValueError:
        return None
    low, high = scale.numbers
    return str(int(value)) if value.is_integer() and low <= value <= high else None


def _remedy(scale: Scale) -> str:
    if scale.numbers is not None:
        return f"answers are whole numbers from {scale.numbers[0]} to {scale.numbers[1]}"
    words = ", ".join(step if isinstance(step, str) else step[0] for step in scale.labels)
    return f"add it to the scale, or to `dont_know`; the scale has {words}"
