"""The assumption ledger: versions of every rate, salary, baseline and factor, and who decided about them.

A ledger is a list of entries, each a decision about one version. Entries are appended and never changed,
so that what a report was computed with can always be told. Edits arrive by the spool; `decided` is the one
rule that turns an edit into an entry, for the writer and for readers who show what is still pending.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import duckdb
import pyarrow as pa

from warehouse.coverage import EVERYTHING

Decision = Literal["propose", "edit", "approve", "reject"]
State = Literal["proposed", "approved", "rejected"]
Grade = Literal["measured", "estimated", "assumed"]
STATES: Mapping[Decision, State] = {
    "propose": "proposed",
    "edit": "approved",
    "approve": "approved",
    "reject": "rejected",
}


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
class Edit:
    """A decision as it is spooled.

    ``propose`` and ``edit`` bring ``values``; the others name a version by the edit that made it (``about``).
    ``decided_by`` is a role or a pseudonym, ``decided_at`` is UTC without a zone.
    """

    edit_id: str
    decision: Decision
    key: str
    scope_id: str
    decided_by: str
    decided_at: datetime
    values: Values | None = None
    about: str | None = None
    note: str | None = None

    def payload(self) -> dict[str, Any]:
        """The edit as JSON values; `edit_of` reads it back."""
        plain = asdict(self)
        plain["decided_at"] = self.decided_at.isoformat()
        if self.values is not None:
            plain["values"]["valid_from"] = self.values.valid_from.isoformat()
        return plain


def edit_of(payload: Mapping[str, Any]) -> Edit:
    """The edit that `Edit.payload` wrote."""
    values = payload["values"]
    known = Values(**{**values, "valid_from": date.fromisoformat(values["valid_from"])}) if values else None
    at = datetime.fromisoformat(payload["decided_at"])
    return Edit(**{**payload, "values": known, "decided_at": at})


@dataclass(frozen=True, slots=True)
class Entry:
    """What was decided about a version; ``is_pending`` until the writer has stored it."""

    edit_id: str
    key: str
    scope_id: str
    version: int
    state: State
    values: Values
    decided_by: str
    decided_at: datetime
    note: str | None = None
    is_pending: bool = False


@dataclass(frozen=True)
class Ledger:
    """All entries in their order."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def by_assumption(self) -> Mapping[tuple[str, str], tuple[Entry, ...]]:
        """Entries by key and scope, sorted by both; each in the order of decision."""
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries:
            found.setdefault((entry.key, entry.scope_id), []).append(entry)
        return {name: tuple(found[name]) for name in sorted(found)}

    def versions(self, key: str, scope_id: str = EVERYTHING) -> tuple[Entry, ...]:
        """The last entry of every version, by number."""
        last = {entry.version: entry for entry in self.by_assumption.get((key, scope_id), ())}
        return tuple(last[number] for number in sorted(last))

    def in_force(self, day: date) -> Mapping[tuple[str, str], Entry]:
        """What holds on a day: of the approved versions that are valid by then the one with the latest
        ``valid_from``, and of several of the same day the one that was approved last."""
        found = {name: _holding(entries, day) for name, entries in self.by_assumption.items()}
        return {name: entry for name, entry in found.items() if entry is not None}

    def approved(self) -> tuple[Entry, ...]:
        """What holds from each first day on, by key, scope and day; of several, what was approved last."""
        return tuple(
            held
            for entries in self.by_assumption.values()
            for day in sorted({entry.values.valid_from for entry in entries})
            if (held := _holding(entries, day)) is not None and held.values.valid_from == day
        )

    def with_edits(self, edits: Iterable[Edit], *, is_pending: bool = True) -> "Ledger":
        """The ledger after further edits; those it has already, or that are about nothing, change nothing."""
        ledger = self
        for edit in edits:
            entry = decided(ledger, edit)
            if entry is not None:
                ledger = Ledger((*ledger.entries, replace(entry, is_pending=is_pending)))
        return ledger


def _holding(entries: Sequence[Entry], day: date) -> Entry | None:
    state = {entry.version: entry.state for entry in entries}
    valid = [
        (entry.values.valid_from, order, entry)
        for order, entry in enumerate(entries)
        if entry.state == state[entry.version] == "approved" and entry.values.valid_from <= day
    ]
    return max(valid, key=lambda item: item[:2])[2] if valid else None


def decided(ledger: Ledger, edit: Edit) -> Entry | None:
    """The entry that an edit makes; ``None`` where the ledger has it already or knows no such version."""
    entries = ledger.by_assumption.get((edit.key, edit.scope_id), ())
    if any(entry.edit_id == edit.edit_id for entry in entries):
        return None
    if edit.values is not None:
        version, values = max((entry.version for entry in entries), default=0) + 1, edit.values
    else:
        about = next((entry for entry in entries if entry.edit_id == edit.about), None)
        if about is None:
            return None
        version, values = about.version, about.values
    return Entry(
        edit.edit_id,
        edit.key,
        edit.scope_id,
        version,
        STATES[edit.decision],
        values,
        edit.decided_by,
        edit.decided_at,
        edit.note,
    )


_VALUES = tuple(field.name for field in fields(Values))
_COLUMNS = (
    *("edit_id", "key", "scope_id", "version", "state"),
    *_VALUES,
    *("decided_by", "decided_at", "note"),
)
LEDGER_SQL = f"SELECT {', '.join(_COLUMNS)} FROM ledger_entries ORDER BY sequence"


def ledger_of(rows: pa.Table) -> Ledger:
    """The ledger that the rows of ``LEDGER_SQL`` hold."""
    return Ledger(tuple(_entry(row) for row in rows.to_pylist()))


def _entry(row: Mapping[str, Any]) -> Entry:
    values = Values(**{name: row[name] for name in _VALUES})
    return Entry(**{name: row[name] for name in _COLUMNS if name not in _VALUES}, values=values)


def append_edits(con: duckdb.DuckDBPyConnection, edits: Sequence[Edit]) -> int:
    """How many entries the edits added to the stored ledger, in their order."""
    stored = ledger_of(con.sql(LEDGER_SQL).to_arrow_table())
    grown = stored.with_edits(edits, is_pending=False)
    added = grown.entries[len(stored.entries) :]
    for row in _rows(added, len(stored.entries)):
        con.execute(f"INSERT INTO ledger_entries (sequence, {', '.join(_COLUMNS)}) VALUES {_marks(row)}", row)
    return len(added)


def _rows(entries: Sequence[Entry], n_before: int) -> Iterator[list[Any]]:
    for number, entry in enumerate(entries, start=n_before + 1):
        parts = {**asdict(entry), **asdict(entry.values)}
        yield [number, *(parts[name] for name in _COLUMNS)]


def _marks(row: Sequence[Any]) -> str:
    return f"({', '.join('?' * len(row))})"
