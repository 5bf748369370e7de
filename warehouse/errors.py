"""What can go wrong while storing.

    WarehouseError
    ├── WarehouseBusyError   another process writes; it says which one and since when
    ├── StorageError         the disk is full, the folder is read-only, the file cannot be read
    ├── MigrationError       the file was written by a newer version, or a migration was edited
    ├── LoadError            a page does not fit the tables; nothing of it was stored
    ├── ChecksFailedError    data checks failed; the last good snapshot stays published
    ├── SnapshotError        nothing is published yet, or the published file is missing
    └── FrozenReportError    a frozen report cannot be read, or was changed after it had been frozen

Every message says what happened, to which file or source, and what to do next.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb


class WarehouseError(Exception):
    """Base of all errors of this package; ``str()`` is what the operator reads."""


class WarehouseBusyError(WarehouseError):
    """Another process holds the warehouse for writing."""


class StorageError(WarehouseError):
    """The operating system refused to read or write."""


class MigrationError(WarehouseError):
    """The tables of the file cannot be brought to this version's."""


class LoadError(WarehouseError):
    """A page does not fit the tables; nothing of it was stored."""


class SnapshotError(WarehouseError):
    """There is no snapshot that can be opened."""


class FrozenReportError(WarehouseError):
    """A frozen report cannot be read, or was changed after it had been frozen."""


class ChecksFailedError(WarehouseError):
    """Data checks failed; ``names`` are the failed ones."""

    def __init__(self, message: str, *, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = tuple(names)


DUCKDB_ERRORS = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,  # a commit that could not be written
)


@contextmanager
def storage_errors(
    path: Path, doing: str, kinds: tuple[type[Exception], ...] = (OSError, *DUCKDB_ERRORS)
) -> Iterator[None]:
    """Turn what the operating system and DuckDB say of a file into a `StorageError` that names it."""
    try:
        yield
    except kinds as error:
        raise StorageError(f"{path}: cannot {doing}: {_reason(error)}. {_remedy(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().splitlines()[0].rstrip(".")


def _remedy(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, duckdb.OutOfMemoryException):
        return "Give DuckDB more memory (memory_limit) or room for its temporary files."
    if "no space" in text or "too large" in text or "quota" in text or "could not write" in text:
        return "Free space on this disk and start again; what was stored before is kept."
    if "permission" in text or "read-only" in text:
        return "Make the folder writable for this user, or set storage.directory to one that is."
    if "not a valid" in text:
        return "Move the file away or restore a copy of it; a new one is made where none is."
    return "Check that the folder exists, is a folder and belongs to this user; nothing was changed."
