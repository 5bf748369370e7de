"""Which files of a folder hold which table, and whether they changed since they were read.

A table is ``deployments.csv``, or several files ``deployments-2025.csv``, ``deployments-2026.csv``, or a
folder ``deployments/`` with files of any name. Endings: ``.csv``, ``.parquet``, ``.ndjson``, ``.jsonl``.
Files of one table are read in the order of their names.
"""

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from collectors.errors import FatalError
from warehouse.records import BY_TABLE, RECORDS, Record

Format = Literal["auto", "csv", "parquet", "ndjson"]
ENDINGS: Mapping[str, str] = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}


@dataclass(frozen=True, slots=True)
class TableSource:
    """A file and the record class of its rows; ``name`` is its path below the folder."""

    path: Path
    name: str
    record: type[Record]


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a folder by table, in the order in which tables are read, and the ones left out."""

    tables: tuple[TableSource, ...]
    unknown: tuple[tuple[str, str], ...]


def find(folder: Path, format_: Format, source: str) -> Found:
    """The files of the folder that hold a table, coverage last, and those whose name says nothing.

    Raises
    ------
    FatalError : there is no such folder, it cannot be read, or it holds no table.
    """
    tables, unknown = [], []
    for path in _data_files(folder, format_, source):
        name = path.relative_to(folder).as_posix()
        table = _table_of(path, folder)
        if table in BY_TABLE:
            tables.append(TableSource(path, name, BY_TABLE[table]))
        else:
            unknown.append((name, _nearest(table)))
    if not tables:
        known = ", ".join(record.table for record in RECORDS)
        raise FatalError(
            f"{source}: {folder} holds no table. Name the files after their tables, such as deployments.csv, "
            f"services.parquet or changes.ndjson; tables are {known}.{_format_hint(format_)}"
        )
    order = {record.table: i for i, record in enumerate(RECORDS)}
    return Found(tuple(sorted(tables, key=lambda t: (order[t.record.table], t.name))), tuple(unknown))


def _format_hint(format_: Format) -> str:
    return "" if format_ == "auto" else f' Only files of the format {format_} are read here ("format").'


def _data_files(folder: Path, format_: Format, source: str) -> list[Path]:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise FatalError(f'{source}: {folder} {what}. Set "path" to the folder that holds the neutral files.')
    try:
        inside = [path for path in _listing(folder) if not path.name.startswith((".", "_"))]
    except OSError as error:
        raise FatalError(
            f"{source}: {folder} cannot be listed ({error.strerror}). Give this user the right to read it."
        ) from error
    return sorted(p for p in inside if _format_of(p) is not None and format_ in ("auto", _format_of(p)))


def _listing(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if not path.is_dir():
            yield path
        elif path.name in BY_TABLE:
            yield from path.iterdir()


def _format_of(path: Path) -> str | None:
    return ENDINGS.get(path.suffix.lower())


def _table_of(path: Path, folder: Path) -> str:
    return path.parent.name if path.parent != folder else path.stem.split("-", 1)[0]


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, list(BY_TABLE), n=1)
    return near[0] if near else ""


def state_of(file: TableSource, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The state of a file for the cursor: size, modification time and SHA-256 of its bytes.

    The bytes are read only where size or time differ from ``before``.
    """
    with readable(file.path):
        stat = file.path.stat()
        state: dict[str, Any] = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
        if before is not None and all(before.get(key) == value for key, value in state.items()):
            return dict(before)
        with file.path.open("rb") as stream:
            return state | {"sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what Arrow and the system say about an unreadable file into one clear error.

    Raises
    ------
    FatalError : instead of their errors, with the file and what to do.
    """
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise FatalError(
            f"{path} cannot be read as {path.suffix[1:]} ({said}). "
            "Write the file again, or give this user the right to read it."
        ) from error
