"""Decisions by version: what was decided about something, by whom and when, appended and never changed.

The assumption ledger and the goals are kept this way, so that what held at any date can always be told.
Edits arrive by the spool; `Decisions.decided` is the one rule that turns an edit into an entry, for the
writer and for readers who show what is still pending.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

import duckdb
import pyarrow as pa

from warehouse.coverage import EVERYTHING

Decision = Literal["propose", "edit", "approve", "reject", "set", "withdraw"]
State = Literal["proposed", "approved", "rejected", "set", "withdrawn"]
STATES: Mapping[Decision, State] = {
    "propose": "proposed",
    "edit": "approved",
    "approve": "approved",
    "reject": "rejected",
    "set": "set",
    "withdraw": "withdrawn",
}
V = TypeVar("V")


@dataclass(frozen=True)
class Edit(Generic[V]):
    """A decision as it is spooled.

    One that makes a version brings ``values``; the others name a version by the edit that made it, in
    ``about``. ``decided_by`` is a role or a pseudonym, ``decided_at`` is UTC without a zone.
    """

    edit_id: str
    decision: Decision
    key: str
    scope_id: str
    decided_by: str
    decided_at: datetime
    values: V | None = None
    about: str | None = None
    note: str | None = None

    def payload(self) -> dict[str, Any]:
        """The edit as JSON values; `Decisions.edit_of` reads it back."""
        plain = asdict(self) | {"decided_at": self.decided_at.isoformat()}
        if plain["values"] is not None:
            plain["values"] = {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in plain["values"].items()
            }
        return plain


@dataclass(frozen=True)
class Entry(Generic[V]):
    """What was decided about a version; ``is_pending`` until the writer has stored it."""

    edit_id: str
    key: str
    scope_id: str
    version: int
    state: State
    values: V
    decided_by: str
    decided_at: datetime
    note: str | None = None
    is_pending: bool = False


_LEAD, _TAIL = ("edit_id", "key", "scope_id", "version", "state"), ("decided_by", "decided_at", "note")


@dataclass(frozen=True)
class Decisions(Generic[V]):
    """All entries in their order. A subclass names its ``table`` and the dataclass of its values."""

    entries: tuple[Entry[V], ...] = ()
    table: ClassVar[str]
    values_type: ClassVar[type[Any]]

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], tuple[Entry[V], ...]]:
        """Entries by key and scope, sorted by both; each in the order of decision."""
        found: dict[tuple[str, str], list[Entry[V]]] = {}
        for entry in self.entries:
            found.setdefault((entry.key, entry.scope_id), []).append(entry)
        return {name: tuple(found[name]) for name in sorted(found)}

    def versions(self, key: str, scope_id: str = EVERYTHING) -> tuple[Entry[V], ...]:
        """The last entry of every version, by number."""
        last = {entry.version: entry for entry in self.by_name.get((key, scope_id), ())}
        return tuple(last[number] for number in sorted(last))

    def maker_of(self, entry: Entry[V]) -> str:
        """The edit that made an entry's version."""
        entries = self.by_name[(entry.key, entry.scope_id)]
        return next(earlier.edit_id for earlier in entries if earlier.version == entry.version)

    def with_edits(self, edits: Iterable[Edit[V]], *, is_pending: bool = True) -> Self:
        """The same after further edits; those it has already, or that are about nothing, change nothing."""
        grown = self
        for edit in edits:
            entry = grown.decided(edit)
            if entry is not None:
                grown = replace(grown, entries=(*grown.entries, replace(entry, is_pending=is_pending)))
        return grown

    def decided(self, edit: Edit[V]) -> Entry[V] | None:
        """The entry that an edit makes; ``None`` where it is here already or there is no such version."""
        entries = self.by_name.get((edit.key, edit.scope_id), ())
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

    @classmethod
    def edit_of(cls, payload: Mapping[str, Any]) -> Edit[V]:
        """The edit that `Edit.payload` wrote."""
        days = {field.name for field in fields(cls.values_type) if field.type is date}
        values = payload["values"] and {
            name: date.fromisoformat(value) if name in days else value
            for name, value in payload["values"].items()
        }
        known = cls.values_type(**values) if values else None
        at = datetime.fromisoformat(payload["decided_at"])
        return Edit(**{**payload, "values": known, "decided_at": at})

    @classmethod
    def select(cls) -> str:
        """The query whose rows `of` takes."""
        return f"SELECT {', '.join(cls._columns())} FROM {cls.table} ORDER BY sequence"

    @classmethod
    def of(cls, rows: pa.Table) -> Self:
        """The decisions that the rows of `select` hold."""
        return cls(tuple(cls._entry(row) for row in rows.to_pylist()))

    @classmethod
    def published(cls, sql: Callable[[str], pa.Table]) -> Self:
        """The decisions of a snapshot, by its ``sql``; one from before there was such a table has none."""
        known = sql(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{cls.table}'")
        return cls.of(sql(cls.select())) if known.num_rows else cls()

    @classmethod
    def append(cls, con: duckdb.DuckDBPyConnection, edits: Sequence[Edit[V]]) -> int:
        """How many entries the edits added to what is stored, in their order."""
        stored = cls.of(con.sql(cls.select()).to_arrow_table())
        added = stored.with_edits(edits, is_pending=False).entries[len(stored.entries) :]
        names = ("sequence", *cls._columns())
        for row in cls._rows(added, len(stored.entries)):
            marks = ", ".join("?" * len(row))
            con.execute(f"INSERT INTO {cls.table} ({', '.join(names)}) VALUES ({marks})", row)
        return len(added)

    @classmethod
    def _value_names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls.values_type))

    @classmethod
    def _columns(cls) -> tuple[str, ...]:
        return (*_LEAD, *cls._value_names(), *_TAIL)

    @classmethod
    def _entry(cls, row: Mapping[str, Any]) -> Entry[V]:
        values = cls.values_type(**{name: row[name] for name in cls._value_names()})
        return Entry(**{name: row[name] for name in (*_LEAD, *_TAIL)}, values=values)

    @classmethod
    def _rows(cls, entries: Sequence[Entry[V]], n_before: int) -> Iterator[list[Any]]:
        for number, entry in enumerate(entries, start=n_before + 1):
            plain = asdict(entry)
            parts = {**plain, **plain["values"]}
            yield [number, *(parts[name] for name in cls._columns())]
