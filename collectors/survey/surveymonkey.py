"""SurveyMonkey: two header rows, the question over its first column and the choices below it.

A question with several choices has one column each, which holds the choice's own words where it was
selected. Such a column is called ``question / choice``. Times have no zone, so `zone` must be configured.
No page of
SurveyMonkey lists the columns; these are those of exports published by the CNCF (2019 to 2021).
"""

from collections.abc import Sequence

from collectors.survey.layout import Column, Layout, place, places, plain
from collectors.survey.table import Row

_TECHNICAL = ("Respondent ID", "Start Date", "End Date")
_NO_CHOICE = ("", "response", "open-ended response")


def layout(rows: Sequence[Row]) -> Layout | None:
    """How to read the export; ``None`` where it has no respondent and collector."""
    names = rows[0].cells
    at = place(names, "End Date")
    if len(rows) < 2 or at is None or not {"Respondent ID", "Collector ID"} <= set(names):
        return None
    return Layout(
        format="surveymonkey",
        header_rows=2,
        columns=tuple(_columns(names, rows[1].cells)),
        technical=places(names, *_TECHNICAL),
        response_id=place(names, "Respondent ID"),
        responded_at=at,
    )


def _columns(questions: Sequence[str], choices: Sequence[str]) -> list[Column]:
    columns, question = [], ""
    for i, (own, choice) in enumerate(zip(questions, choices, strict=True)):
        question = own or question
        is_whole = choice.casefold() in _NO_CHOICE
        columns.append(Column(i, "", plain(question if is_whole else f"{question} / {choice}")))
    return columns
