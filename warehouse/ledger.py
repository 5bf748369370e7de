"""The assumption ledger: versions of every rate, salary, baseline and factor, and who decided about them.

What a report was computed with can always be told; see `warehouse.decisions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from warehouse import decisions

Grade = Literal["measured", "estimated", "assumed"]


@dataclass(frozen=True, slots=True)
class Values:
    """What a version says: a range with its unit, where it comes from, who answers for it, and since when.

    ``grade`` is how well it is known: a typed guess is *assumed*.
    """

    low: float
    likely: float
    high: float
    unit: str
    source: str
    owner: str
    valid_from: date
    grade: Grade = "assumed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants an assumption to be from a day on, and why; ``None`` is not given."""

    key: str
    scope_id: str
    low: float | None
    likely: float | None
    high: float | None
    source: str | None
    owner: str | None
    valid_from: date | None
    grade: Grade | None
    note: str | None


Edit = decisions.Edit[Values]
Entry = decisions.Entry[Values]


@dataclass(frozen=True)
class Ledger(decisions.Decisions[Values]):
    """All decisions about assumptions: ``propose`` and ``edit`` bring values, ``approve`` and ``reject`` name
    a version."""

    table: ClassVar[str] = "ledger_entries"
    values_type: ClassVar[type[Values]] = Values

    def in_force(self, day: date) -> Mapping[tuple[str, str], Entry]:
        """What holds on a day: of the approved versions that are valid by then the one with the latest
        ``valid_from``, and of several of the same day the one that was approved last."""
        found = {name: _holding(entries, day) for name, entries in self.by_name.items()}
        return {name: entry for name, entry in found.items() if entry is not None}

    def approved(self) -> tuple[Entry, ...]:
        """What holds from each first day on, by key, scope and day; of several, what was approved last."""
        return tuple(
            held
            for entries in self.by_name.values()
            for day in sorted({entry.values.valid_from for entry in entries})
            if (held := _holding(entries, day)) is not None and held.values.valid_from == day
        )


def _holding(entries: Sequence[Entry], day: date) -> Entry | None:
    state = {entry.version: entry.state for entry in entries}
    valid = [
        (entry.values.valid_from, order, entry)
        for order, entry in enumerate(entries)
        if entry.state == state[entry.version] == "approved" and entry.values.valid_from <= day
    ]
    return max(valid, key=lambda item: item[:2])[2] if valid else None
