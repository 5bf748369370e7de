"""The neutral files: CSV, Parquet or NDJSON in a folder, so that no API is needed.

Everything is examined before the first row is given: a set with an error loads nothing. A file is read
again only when its bytes changed. Coverage comes only from the coverage file and is stored last, so that
no day is called complete before its events are there. Rows of one costs file that differ only in a column
which is not kept (a resource, a price list) are added up; in other tables the later row of a key counts.

    sources:
      - name: exports
        kind: files
        path: exports/
"""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field

from collectors.base import Context, Cursor, Page, Preview, Resource, Skipped
from collectors.errors import FatalError
from collectors.files.find import Format, Found, TableSource, find, state_of
from collectors.files.preview import NO_COVERAGE, NO_COVERAGE_REMEDY, preview, repeated
from collectors.files.read import PERSONAL, SHOWN_PROBLEMS, Examined, examine, tables
from warehouse.records import Cost, Coverage

PAGE_ROWS = 500_000
_log = logging.getLogger(__name__)


class Config(BaseModel, extra="forbid"):
    """A folder of neutral files."""

    path: Path = Field(description="Folder with files such as deployments.csv or changes/2025.parquet.")
    format: Format = Field(
        default="auto", description="auto, or only files of one format: csv, parquet, ndjson."
    )


def build(name: str, config: Config, context: Context) -> "FilesSource":
    """The source of one folder."""
    return FilesSource(name, config, context)


@dataclass(frozen=True, slots=True)
class FilesSource:
    """A folder of neutral files as a source with one resource, since a set is loaded whole or not at all."""

    name: str
    config: Config
    context: Context
    kind: str = "files"

    def resources(self) -> Sequence[Resource]:
        return (FilesResource(self.name, self.config, self.context.pseudonym),)

    def preview(self) -> Preview:
        """Files, rows, columns left out, errors, and what would count as a production deployment."""
        found = find(self.config.path, self.config.format, self.name)
        examined = {file.name: examine(file) for file in found.tables}
        return preview(found, examined, self.context.is_production, PAGE_ROWS)


@dataclass(frozen=True, slots=True)
class FilesResource:
    """All tables of a folder. Its cursor is the size, time and SHA-256 of each file that was stored."""

    source: str
    config: Config
    pseudonym: Callable[[str], str]
    name: str = "files"
    scope_id: str = "*"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages of the files that changed, at most about `PAGE_ROWS` rows each.

        Raises
        ------
        FatalError : no folder, no table, an unreadable file, or rows that break a rule; nothing was yielded.
        """
        found = find(self.config.path, self.config.format, self.source)
        stored: Mapping[str, Any] = (cursor or {}).get("files", {})
        states = {file.name: state_of(file, stored.get(file.name)) for file in found.tables}
        changed = [
            f for f in found.tables if states[f.name]["sha256"] != stored.get(f.name, {}).get("sha256")
        ]
        examined = {file.name: examine(file) for file in changed}
        self._refuse(examined)
        self._warn(examined)
        kept = {name: state for name, state in stored.items() if name in states}
        yield from self._pages(changed, examined, states, kept, _notes(found, examined))

    def _pages(
        self,
        changed: Sequence[TableSource],
        examined: Mapping[str, Examined],
        states: Mapping[str, Mapping[str, Any]],
        kept: dict[str, Any],
        notes: tuple[Skipped, ...],
    ) -> Iterator[Page]:
        done, total = 0, sum(seen.rows for seen in examined.values())
        for file in changed:
            ahead = examined[file.name].rows
            for table in tables(file, sys.maxsize if file.record is Cost else PAGE_ROWS):
                done, ahead = done + table.num_rows, ahead - table.num_rows
                if ahead <= 0:
                    kept[file.name] = states[file.name]
                yield self._page(file, table, {"files": dict(kept)}, notes, done, total)
                notes = ()

    def _page(
        self,
        file: TableSource,
        table: pa.Table,
        cursor: Cursor,
        notes: tuple[Skipped, ...],
        done: int,
        total: int,
    ) -> Page:
        if file.record is Coverage:
            rows = tuple(_coverage(row) for row in table.to_pylist())
            return Page(cursor=cursor, coverage=rows, skipped=notes, done=done, total=total)
        if file.record is Cost:
            table = _added_up(table).cast(table.schema)
        contents = {file.record.table: _without_people(table, self.pseudonym)}
        return Page(tables=contents, cursor=cursor, skipped=notes, done=done, total=total)

    def _refuse(self, examined: Mapping[str, Examined]) -> None:
        bad = {name: seen for name, seen in examined.items() if seen.n_problems}
        if bad:
            lines = "\n".join(_report(self.config.path / name, seen) for name, seen in bad.items())
            raise FatalError(f"{self.source}: nothing was loaded from {self.config.path}.\n{lines}")

    def _warn(self, examined: Mapping[str, Examined]) -> None:
        for name, seen in examined.items():
            if seen.ignored:
                _log.warning(
                    "source=%s file=%s ignored_columns=%s", self.source, name, ",".join(seen.ignored)
                )


def _report(path: Path, seen: Examined) -> str:
    more = f", the first {SHOWN_PROBLEMS}" if seen.n_problems > SHOWN_PROBLEMS else ""
    head = f"{path}: {seen.n_problems} error{'s' if seen.n_problems > 1 else ''}{more}:"
    return "\n".join([head, *(f"  {path.name}, {problem}" for problem in seen.problems)])


def _notes(found: Found, examined: Mapping[str, Examined]) -> tuple[Skipped, ...]:
    notes = [Skipped(name, "not read: its name is not that of a table") for name, _ in found.unknown]
    if not any(file.record is Coverage for file in found.tables):
        notes.append(Skipped("coverage", f"{NO_COVERAGE}. {NO_COVERAGE_REMEDY}"))
    seen = [(file, examined[file.name]) for file in found.tables if file.name in examined]
    notes += [Skipped(file.name, repeated(file, said)) for file, said in seen if said.n_repeated]
    return tuple(notes)


def _added_up(costs: pa.Table) -> pa.Table:
    """One row per key and currency; an amount that is unknown in one of the rows is unknown in the sum."""
    amounts = ("effective_cost", "billed_cost", "consumed_quantity")
    all_known = pc.ScalarAggregateOptions(skip_nulls=False)
    keys = [name for name in costs.schema.names if name not in amounts]
    added = costs.group_by(keys).aggregate([(name, "sum", all_known) for name in amounts])
    return added.rename_columns({f"{name}_sum": name for name in amounts}).select(costs.schema.names)


def _without_people(table: pa.Table, pseudonym: Callable[[str], str]) -> pa.Table:
    """The table with pseudonyms where it names a person; each name is turned once."""
    for name in PERSONAL.intersection(table.schema.names):
        coded = table[name].combine_chunks().dictionary_encode()
        people = pa.array([pseudonym(person) for person in coded.dictionary.to_pylist()], pa.string())
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(name), pc.take(people, coded.indices))
    return table


def _coverage(row: Mapping[str, Any]) -> Coverage:
    """The row as a record; without a scope it speaks of everything."""
    from_at, to_at = (row[name].replace(tzinfo=UTC) for name in ("from_at", "to_at"))
    return Coverage(row["resource"], from_at, to_at, row["scope_id"] or "*")
