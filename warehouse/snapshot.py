"""The reader's side: a published snapshot, found by its pointer and opened read-only.

A snapshot is a file that is never written again; publishing makes a new one and moves the pointer
``current.json``. Whoever has an older one open goes on reading it.
"""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from warehouse.errors import SnapshotError

POINTER = "current.json"
ATTEMPTS = 5
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """What the pointer says: ``as_of`` is the instant up to which the snapshot speaks (aware, UTC)."""

    version: int
    file: str
    published_at: datetime
    as_of: datetime


def read_pointer(marts_dir: Path) -> SnapshotInfo | None:
    """The published snapshot; ``None`` where nothing was published yet.

    Raises
    ------
    SnapshotError : the pointer cannot be read.
    """
    path = marts_dir / POINTER
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        value = json.loads(text)
        times = (datetime.fromisoformat(value[key]) for key in ("published_at", "as_of"))
        return SnapshotInfo(int(value["version"]), str(value["file"]), *times)
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{path}: is not a pointer to a snapshot ({error}). Publish again.") from error


def write_pointer(marts_dir: Path, info: SnapshotInfo) -> None:
    """Publish a snapshot: readers see either the old pointer or the new one, also after a power cut."""
    value = {
        "version": info.version,
        "file": info.file,
        "published_at": info.published_at.isoformat(),
        "as_of": info.as_of.isoformat(),
    }
    replace_json(marts_dir / POINTER, value)


def replace_json(path: Path, value: Mapping[str, Any]) -> None:
    """Put a JSON file in place of an older one, at once and on disk."""
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    flush(partial)
    partial.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Snapshot:
    """An open snapshot. Threads may share it: every query runs on a cursor of its own."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """The snapshot in a file, or the published one of a folder of snapshots.

        Raises
        ------
        SnapshotError : nothing is published there, or the file is missing or damaged.
        """
        path = Path(path)
        if path.is_file():
            return cls(path, _connect(path))
        for attempt in range(ATTEMPTS):
            info = read_pointer(path)
            if info is None:
                raise SnapshotError(
                    f"{path}: nothing is published here yet. Run `payoff collect`, or `payoff demo`."
                )
            try:
                return cls(path / info.file, _connect(path / info.file))
            except SnapshotError:
                # Between reading the pointer and opening, the file may have become an old one and be gone.
                if attempt == ATTEMPTS - 1 or read_pointer(path) == info:
                    raise
        raise AssertionError("unreachable")

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What the snapshot was made with: reporting zone, currency, ``as_of``, …"""
        rows = self.sql("SELECT key, value FROM settings").to_pylist()
        return {row["key"]: json.loads(row["value"]) for row in rows}

    @property
    def version(self) -> int:
        """The number of this publication; caches are keyed by it."""
        return int(self.settings["snapshot_version"])

    def sql(self, query: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> pa.Table:
        """The rows of a query; ``parameters`` fill ``$name`` or ``?``."""
        with self._connection.cursor() as cursor:
            given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
            return cursor.sql(query, params=given).to_arrow_table()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A locked read-only connection. All connections of a process to one file share its configuration,
    so it is locked by the first of them."""
    with _opening:
        try:
            connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise SnapshotError(f"{path}: cannot be opened: {error}. Publish again.") from error
        locked = connection.execute("SELECT current_setting('lock_configuration')").fetchall()[0][0]
        if not locked:
            connection.execute("SET GLOBAL enable_external_access = false")
            connection.execute("SET GLOBAL lock_configuration = true")
        return connection
