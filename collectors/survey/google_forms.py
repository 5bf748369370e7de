"""Google Forms: one header row: the timestamp, perhaps the address of who answered, then the questions.

There is no identifier of a response. The CSV of Forms writes ``2026/03/01 2:05:00 PM GMT+1``; that of Sheets
writes the spreadsheet's own order and no zone, so `zone` and perhaps `date_order` must be configured.
No page of Google lists the columns; these are those of published exports.
"""

from collections.abc import Sequence

from collectors.survey.layout import Column, Layout, places, plain
from collectors.survey.table import Row

_TIMESTAMP = (
    "Timestamp",
    "Zeitstempel",
    "Horodateur",
    "Marca temporal",
    "Informazioni cronologiche",
    "Tijdstempel",
)


def layout(rows: Sequence[Row]) -> Layout | None:
    """How to read the export; ``None`` where the first column is no timestamp."""
    names = rows[0].cells
    if names[0] not in _TIMESTAMP:
        return None
    return Layout(
        format="google_forms",
        header_rows=1,
        columns=tuple(Column(i, "", plain(name)) for i, name in enumerate(names)),
        technical=frozenset({0}) | places(names, "Score"),
        response_id=None,
        responded_at=0,
    )
