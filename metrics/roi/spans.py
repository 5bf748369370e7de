"""Windows of days, and the rows of inputs that lie in them.

A row is for the days ``[from_on, to_on)`` and counts by the share of them that lies in the window. A row
without ``to_on`` is per quarter, and holds until the next one of its line and scope begins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_DAYS_PER_QUARTER = 365.25 / 4
_EVER, _NEVER = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Local days ``[start, end)``."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def quarters(self) -> float:
        """How many quarters it has: whole months count alike, whatever their days."""
        if self.start.day == self.end.day == 1:
            months = 12 * (self.end.year - self.start.year) + self.end.month - self.start.month
            return months / 3
        return self.days / _DAYS_PER_QUARTER

    def days_of(self, start: date, end: date) -> int:
        """How many of the days ``[start, end)`` lie in it."""
        return max(0, (min(self.end, end) - max(self.start, start)).days)

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{(self.end - timedelta(days=1)).isoformat()}"


@dataclass(frozen=True, slots=True)
class InputRow:
    """A figure that people supplied; ``holds_until`` is ``to_on`` or the day on which the next row begins."""

    line_id: str
    scope_id: str | None
    from_on: date | None
    to_on: date | None
    quantity: float | None
    value: float | None
    owner: str | None
    holds_until: date | None = None

    @property
    def name(self) -> str:
        """The line without what follows a colon."""
        return self.line_id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Span:
    """A row in a window: ``share`` of the row's amount lies in it, ``covered`` of the window by the row."""

    row: InputRow
    share: float
    covered: float


def input_rows(records: Sequence[Mapping[str, Any]]) -> tuple[InputRow, ...]:
    """Rows of ``inputs`` in order of line, scope and first day, each knowing until when it holds."""
    following: Sequence[Mapping[str, Any]] = [*records[1:], {}]
    return tuple(
        InputRow(**record, holds_until=record["to_on"] or _start_of(later, record))
        for record, later in zip(records, following[: len(records)], strict=True)
    )


def _start_of(later: Mapping[str, Any], record: Mapping[str, Any]) -> date | None:
    is_same = all(later.get(name, "") == record[name] for name in ("line_id", "scope_id"))
    return later["from_on"] if is_same else None


def spans_in(rows: Iterable[InputRow], window: Window) -> Iterator[Span]:
    """The rows that touch a window."""
    for row in rows:
        start, end = row.from_on or _EVER, row.holds_until or _NEVER
        inside = window.days_of(start, end)
        if inside:
            covered = inside / window.days
            yield Span(row, covered if row.to_on is None else inside / (end - start).days, covered)
