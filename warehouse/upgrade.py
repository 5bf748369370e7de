"""Opening the writer's file, and bringing an older one to this version's tables.

An upgrade works on a copy that takes the place of the file once it is done. Whatever happens before, the
file is as it was; after it the old file stays beside the new one, named with its version and the time.
"""

import logging
import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.errors import MigrationError, WarehouseBusyError
from warehouse.migrate import Migration, applied, migrate, pending
from warehouse.snapshot import flush

Config = dict[str, str | bool | int | float | list[str]]
TIME = "%Y%m%dT%H%M%SZ"
_COPY = re.compile(r"warehouse-v\d{4,}-\d{8}T\d{6}Z\.duckdb")
_log = logging.getLogger(__name__)


def open_file(
    path: Path, settings: Config, now: datetime, steps: Sequence[Migration] | None = None
) -> duckdb.DuckDBPyConnection:
    """The file open for writing, with this version's tables; created where it is not there.

    Raises
    ------
    MigrationError : it is of a newer version, or could not be upgraded; it is as it was.
    WarehouseBusyError : another program has it open.
    """
    connection = connect(path, settings)
    try:
        todo, seen = pending(connection, steps), applied(connection)
        if not todo or not seen:
            migrate(connection, now=now, steps=steps)
            return connection
        connection.execute("CHECKPOINT")
    except BaseException:
        connection.close()
        raise
    connection.close()
    _upgrade(path, max(seen), settings, now, steps)
    return connect(path, settings)


def upgrade_copies(directory: Path) -> tuple[Path, ...]:
    """The files as they were before upgrades, the oldest first."""
    found = (path for path in directory.glob("warehouse-*.duckdb") if _COPY.fullmatch(path.name))
    return tuple(sorted(found, key=lambda path: path.stem.rpartition("-")[2]))


def connect(path: Path, settings: Config) -> duckdb.DuckDBPyConnection:
    """The file open for writing.

    Raises
    ------
    WarehouseBusyError : another program has it open.
    """
    try:
        return duckdb.connect(str(path), config=settings)
    except duckdb.IOException as error:
        if "could not set lock" not in str(error).lower():
            raise
        raise WarehouseBusyError(
            f"{path}: another program has the file open ({str(error).splitlines()[0]}). Close it, and let "
            "it open the newest file in marts/ instead: snapshots can be read at any time."
        ) from error


def copy_file(source: Path, target: Path) -> None:
    """A complete copy under ``target``, on disk, or none."""
    partial = target.with_name(f"{target.name}.part")
    try:
        with source.open("rb") as read, partial.open("wb") as copy:
            shutil.copyfileobj(read, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def remove_database(path: Path) -> None:
    """Remove a file that is not needed any more, and its log."""
    for name in (path, path.with_name(f"{path.name}.wal")):
        name.unlink(missing_ok=True)


def _upgrade(
    path: Path, version: int, settings: Config, now: datetime, steps: Sequence[Migration] | None
) -> None:
    """Put an upgraded copy in the place of the closed file, which stays under another name."""
    upgraded = path.with_name(f"{path.stem}-upgrade.part")
    kept = path.with_name(f"{path.stem}-v{version:04d}-{now.astimezone(UTC):{TIME}}.duckdb")
    remove_database(upgraded)  # what a killed upgrade left: the log of another copy must not meet this one
    try:
        copy_file(path, upgraded)
        with connect(upgraded, settings) as copy:
            done = migrate(copy, now=now, steps=steps)
            copy.execute("CHECKPOINT")
        flush(upgraded)
        kept.unlink(missing_ok=True)
        kept.hardlink_to(path)
        upgraded.replace(path)
        flush(path.parent)
    except MigrationError as error:
        raise MigrationError(
            f"{path}: could not be upgraded and is as it was, at version {version}: {error} Go on with the "
            "Payoff that you had, and report this."
        ) from error
    finally:
        remove_database(upgraded)
    _log.warning("upgraded=%s from=%d to=%d before=%s", path, version, done[-1].number, kept)
