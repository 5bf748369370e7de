"""From a file to tables of its record: the columns are matched, converted and judged.

A file is read twice. The first reading (`examine`) finds everything that is wrong and stores nothing; the
second (`tables`) gives the rows. Text stays exactly as written; an empty cell is unknown.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from collectors.errors import FatalError
from collectors.files.blocks import Block, TableFile
from collectors.files.columns import convert
from collectors.files.csv import CsvFile
from collectors.files.find import TableSource, readable
from collectors.files.keys import key_hashes, n_repeated
from collectors.files.ndjson import NdjsonFile
from collectors.files.parquet import ParquetFile
from warehouse.records import (
    Commit,
    CommitPath,
    Cost,
    DeploymentChange,
    Field,
    Record,
    arrow_schema,
    fields_of,
)

SHOWN_PROBLEMS = 20
PERSONAL: frozenset[str] = frozenset({"author", "person"})
# A commit says the same wherever it is told; a link has no columns but its key; costs are added up.
_ANY_ROW_OF_A_KEY = (Commit, CommitPath, DeploymentChange, Cost)
_FORMATS: Mapping[str, Callable[[Path], TableFile]] = {
    ".csv": CsvFile,
    ".parquet": ParquetFile,
    ".ndjson": NdjsonFile,
    ".jsonl": NdjsonFile,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person must mend: where in the file, in which column, what and how."""

    place: str
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}, column {self.column}: {self.text}"


@dataclass(frozen=True, slots=True)
class Examined:
    """What the first reading found: rows, the first problems and how many there are, columns left out.

    ``n_repeated`` counts rows that have the key of a row before them (it is not asked of a bad file).
    """

    rows: int
    problems: tuple[Problem, ...]
    n_problems: int
    ignored: tuple[str, ...]
    n_repeated: int = 0


@dataclass(frozen=True, slots=True)
class _Header:
    """The file's own name of each field it has; columns that mean nothing here; what is wrong with it."""

    names: Mapping[str, str]
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]


def examine(file: TableSource) -> Examined:
    """Everything that is wrong with a file; nothing of it is kept.

    Raises
    ------
    FatalError : the file is no such file at all (a truncated Parquet file, no right to read it).
    """
    with readable(file.path):
        reader = _FORMATS[file.path.suffix.lower()](file.path)
        header = _header(reader, file.record)
        if header.problems:
            return Examined(0, header.problems, len(header.problems), header.ignored)
        clean = _clean_rows(reader, header, file.record)
        if clean is not None:
            return Examined(clean[0], (), 0, header.ignored, clean[1])
        return _searched(reader, header, file)


def tables(file: TableSource, page_rows: int) -> Iterator[pa.Table]:
    """The rows of a file that `examine` found in order, as tables of its record, about ``page_rows`` each."""
    with readable(file.path):
        reader = _FORMATS[file.path.suffix.lower()](file.path)
        header, schema = _header(reader, file.record), arrow_schema(file.record)
        waiting: list[pa.RecordBatch] = []
        n_pages = 0
        for block in reader.fast(list(header.names.values())):
            columns, n_bad = _values(block, header, file.record)
            if n_bad:
                raise FatalError(f"{file.path} changed while it was read. Collect again when it is complete.")
            waiting.append(pa.RecordBatch.from_arrays(columns, schema=schema))
            if sum(batch.num_rows for batch in waiting) >= page_rows:
                yield pa.Table.from_batches(waiting, schema)
                waiting, n_pages = [], n_pages + 1
        if waiting or not n_pages:
            yield pa.Table.from_batches(waiting, schema)


def snake(name: str) -> str:
    """A FOCUS column name as the record has it: ``BilledCost`` is ``billed_cost``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _header(reader: TableFile, record: type[Record]) -> _Header:
    fields = {field.name: field for field in fields_of(record)}
    is_focus = record.table == "costs"
    names: dict[str, str] = {}
    ignored, problems = [], []
    for name in reader.names():
        field_name = snake(name) if is_focus else name
        if field_name not in fields:
            ignored.append(name)
        elif field_name in names:
            problems.append(Problem("line 1", name, "the column is there twice: remove one of them"))
        else:
            names[field_name] = name
            problem = reader.type_problem(name, fields[field_name])
            problems += [Problem("all rows", name, problem)] if problem else []
    missing = [name for name in fields if name not in names]
    if reader.is_open:
        names.update({name: name for name in missing})
    else:
        problems += [_missing(name, ignored) for name in missing if fields[name].required]
    return _Header(names, tuple(ignored), tuple(problems))


def _missing(name: str, ignored: Sequence[str]) -> Problem:
    near = difflib.get_close_matches(name, ignored, n=1)
    hint = f'; is it "{near[0]}"?' if near else ""
    return Problem("line 1", name, f"the required column is missing: add it to the header{hint}")


def _clean_rows(reader: TableFile, header: _Header, record: type[Record]) -> tuple[int, int] | None:
    """The number of rows and of repeated keys of a file without a problem; ``None`` for any other."""
    rows, keys = 0, []
    try:
        for block in reader.fast(list(header.names.values())):
            columns, n_bad = _values(block, header, record)
            if n_bad:
                return None
            rows += block.rows
            if record not in _ANY_ROW_OF_A_KEY:
                keys.append(key_hashes(_key_columns(columns, record)))
    except pa.ArrowInvalid:
        return None
    return rows, n_repeated(keys)


def _key_columns(columns: Sequence[pa.Array], record: type[Record]) -> list[pa.Array]:
    return [
        column for column, field in zip(columns, fields_of(record), strict=True) if field.name in record.key
    ]


def _values(block: Block, header: _Header, record: type[Record]) -> tuple[list[pa.Array], int]:
    schema, columns, n_bad = arrow_schema(record), [], 0
    for field in fields_of(record):
        target = schema.field(field.name).type
        if field.name not in header.names:
            columns.append(pa.nulls(block.rows, target))
            continue
        array, bad = convert(block.columns[header.names[field.name]], field, target)
        columns.append(array)
        n_bad += len(bad)
    return columns, n_bad


def _searched(reader: TableFile, header: _Header, file: TableSource) -> Examined:
    """The first problems of a file by line and how many there are in all."""
    first: list[tuple[int, Problem]] = []
    rows = n_problems = 0
    for block in reader.exact(list(header.names.values())):
        found = list(_problems(block, header, file.record, reader.unit))
        first = sorted(first + found, key=lambda item: item[0])[:SHOWN_PROBLEMS]
        n_problems += len(found)
        rows += block.rows
    if not n_problems:
        raise pa.ArrowInvalid("quotes or line breaks that the two readers understand differently")
    return Examined(rows, tuple(problem for _, problem in first), n_problems, header.ignored)


def _problems(
    block: Block, header: _Header, record: type[Record], unit: str
) -> Iterator[tuple[int, Problem]]:
    for broken in block.broken:
        yield broken.line, Problem(f"{unit} {broken.line}", broken.column, broken.reason)
    schema = arrow_schema(record)
    for field in fields_of(record):
        if field.name in header.names:
            name = header.names[field.name]
            for bad in convert(block.columns[name], field, schema.field(field.name).type)[1]:
                line = block.lines[bad.row]
                yield line, Problem(f"{unit} {line}", name, _said(field, bad.value, bad.reason))


def _said(field: Field, value: str, reason: str) -> str:
    if field.name in PERSONAL or not value:
        return reason
    shown = value if len(value) <= 60 else value[:57] + "…"
    return f'"{shown}" {reason}'
