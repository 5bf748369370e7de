"""LimeSurvey: one header row, of question codes, of question texts, or of both (``Q1. How …``).

Comma or semicolon, answers as codes or in full; times are those of the survey's server, so `zone` must be
configured. A response without a submit date was not finished. Codes alone do not hold the wording.
Headings and
answer codes: *Exporting results*, LimeSurvey manual, https://www.limesurvey.org/manual/Exporting_results;
column names as published exports have them (versions 2 to 6).
"""

import re
from collections.abc import Sequence

from collectors.survey.layout import Column, Layout, place, places, plain
from collectors.survey.table import Row

_TECHNICAL = (
    "id", "Response ID", "submitdate", "Date submitted", "lastpage", "Last page", "startlanguage",
    "Start language", "seed", "Seed", "startdate", "Date started", "datestamp", "Date last action",
    "interviewtime", "Total time",
)  # fmt: skip
_CODE = r"[A-Za-z]\w*(?:\[\w+\]|_\w+)*"


def layout(rows: Sequence[Row]) -> Layout | None:
    """How to read the export; ``None`` where it has no submit date of LimeSurvey's."""
    names = [_without_code(name) for name in rows[0].cells]
    at = place(names, "submitdate", "Date submitted")
    if at is None:
        return None
    return Layout(
        format="limesurvey",
        header_rows=1,
        columns=tuple(_column(i, name) for i, name in enumerate(rows[0].cells)),
        technical=places(names, *_TECHNICAL)
        | frozenset(i for i, name in enumerate(names) if re.fullmatch(r"\w+Time(\d+)?|groupTime\d*", name)),
        response_id=place(names, "id", "Response ID"),
        responded_at=at,
        left_out=lambda cells: "" if cells[at] else "not finished",
    )


def _column(index: int, name: str) -> Column:
    if re.fullmatch(_CODE, name):
        return Column(index, name)
    both = re.fullmatch(rf"({_CODE})\.\s+(.+)", name, re.DOTALL)
    return Column(index, both[1], plain(both[2])) if both else Column(index, "", plain(name))


def _without_code(name: str) -> str:
    """``submitdate`` of "submitdate. Date submitted", as a heading of code and text is written."""
    both = re.fullmatch(rf"({_CODE})\.\s+.+", name, re.DOTALL)
    return both[1] if both else name
