"""Qualtrics: CSV or TSV with three header rows (code, question, ``{"ImportId": …}``).

The third row names the zone of the times. Previews and tests (``Status``) and responses that were not
finished do not count. Page: *Understanding Your Dataset*, Qualtrics support (2026):
https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/understanding-your-dataset/
"""

import json
from collections.abc import Sequence
from datetime import tzinfo

from collectors.survey.layout import Column, Layout, place, places, plain
from collectors.survey.table import Row
from collectors.survey.times import named_zone

_TECHNICAL = (
    "StartDate", "EndDate", "RecordedDate", "Status", "Progress", "Duration (in seconds)", "Finished",
    "ResponseId", "DistributionChannel", "UserLanguage", "ResponseSet", "Q_RecaptchaScore",
    "Q_RelevantIDDuplicate", "Q_RelevantIDDuplicateScore", "Q_RelevantIDFraudScore",
    "Q_RelevantIDLastStartDate", "Q_BallotBoxStuffing", "Q_TotalDuration",
)  # fmt: skip
# 1 and "Survey Preview": an editor's preview; 2 and "Survey Test": generated; 8 and up: spam.
_COUNTED_STATUS = {"", "0", "4", "16", "32", "36", "ip address", "imported", "offline", "ex"}


def layout(rows: Sequence[Row]) -> Layout | None:
    """How to read the export; ``None`` where its third row holds no import identifiers."""
    if len(rows) < 3 or not rows[2].cells[0].startswith('{"ImportId"'):
        return None
    codes, questions, imports = (row.cells for row in rows[:3])
    at = place(codes, "RecordedDate", "EndDate")
    if at is None:
        return None
    status, finished = place(codes, "Status"), place(codes, "Finished")

    def left_out(cells: Sequence[str]) -> str:
        if status is not None and cells[status].casefold() not in _COUNTED_STATUS:
            return "previews, tests and spam"
        if finished is not None and cells[finished].casefold() in ("0", "false"):
            return "not finished"
        return ""

    return Layout(
        format="qualtrics",
        header_rows=3,
        columns=tuple(
            Column(i, code, plain(question))
            for i, (code, question) in enumerate(zip(codes, questions, strict=True))
        ),
        technical=places(codes, *_TECHNICAL),
        response_id=place(codes, "ResponseId"),
        responded_at=at,
        zone=_zone(imports[at]) or _zone(imports[place(codes, "StartDate") or 0]),
        left_out=left_out,
    )


def _zone(cell: str) -> tzinfo | None:
    try:
        found = json.loads(cell).get("timeZone")
    except (ValueError, AttributeError):
        return None
    return named_zone(found) if isinstance(found, str) else None
