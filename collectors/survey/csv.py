"""Any other CSV with one header row and one row per response; the configuration names its columns.

Nothing is guessed: without `responded_at_column` there is no time, and without a time no response.
"""

from collections.abc import Sequence

from collectors.survey.layout import Column, Layout, place, plain
from collectors.survey.table import Row


def layout(rows: Sequence[Row], responded_at: str, response_id: str = "") -> Layout | None:
    """How to read the file; ``None`` where a column that is named is not there."""
    names = rows[0].cells
    at, identifier = place(names, responded_at), place(names, response_id)
    if at is None or (response_id and identifier is None):
        return None
    return Layout(
        format="csv",
        header_rows=1,
        columns=tuple(Column(i, name, plain(name)) for i, name in enumerate(names)),
        technical=frozenset({at} | ({identifier} if identifier is not None else set())),
        response_id=identifier,
        responded_at=at,
        left_out=lambda cells: "" if cells[at] else "not finished",
    )
