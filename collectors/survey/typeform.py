"""Typeform: one header row of questions between ``#`` and the dates, which are UTC.

Two variants: the older ends with start date, submit date and network id; the newer one adds response type
(completed, partial, started), stage date, tags and ending. Hidden fields stand among the questions under
their own names. No page of Typeform lists the columns; these are those of published exports (2017 to 2025).
"""

from collections.abc import Sequence
from datetime import UTC

from collectors.survey.layout import Column, Layout, place, places, plain
from collectors.survey.table import Row

_TECHNICAL = (
    "#", "Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Tags", "Ending",
    "Score",
)  # fmt: skip


def layout(rows: Sequence[Row]) -> Layout | None:
    """How to read the export; ``None`` where it has no submit date of Typeform's."""
    names = rows[0].cells
    at = place(names, "Submit Date (UTC)")
    if at is None:
        return None
    kind = place(names, "Response Type")

    def left_out(cells: Sequence[str]) -> str:
        is_partial = kind is not None and cells[kind].casefold() not in ("completed", "")
        return "not finished" if is_partial or not cells[at] else ""

    return Layout(
        format="typeform",
        header_rows=1,
        columns=tuple(Column(i, "", plain(name)) for i, name in enumerate(names)),
        technical=places(names, *_TECHNICAL),
        response_id=place(names, "#"),
        responded_at=at,
        zone=UTC,
        left_out=left_out,
    )
