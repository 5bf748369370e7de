"""The writer's side of the warehouse: one process, one DuckDB file, one transaction at a time.

While a process has the file open for writing no other can open it, so readers get published snapshots
(`warehouse.publish`) and everything that is not a collector appends to the spool (`warehouse.spool`).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from warehouse.errors import DUCKDB_ERRORS, WarehouseError, storage_errors
from warehouse.lock import WriterLock
from warehouse.snapshot import flush
from warehouse.upgrade import Config, connect, open_file, remove_database

FILE = "warehouse.duckdb"
Clock = Callable[[], datetime]
"""The current instant, aware; an argument wherever time matters."""


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


class Warehouse:
    """The open writer. Threads of this process share it; ``transaction`` lets one of them write at a time."""

    def __init__(
        self,
        directory: Path,
        connection: duckdb.DuckDBPyConnection,
        lock: WriterLock,
        clock: Clock,
        settings: Config,
    ) -> None:
        self.directory = directory
        self._settings = settings
        self.connection = connection
        self._lock = lock
        self._clock = clock
        self._writing = threading.RLock()
        self._in_transaction = False

    @classmethod
    def open(
        cls,
        directory: Path | str,
        *,
        wait_seconds: float = 10.0,
        threads: int | None = None,
        memory_limit: str | None = None,
        clock: Clock = utc_now,
    ) -> Self:
        """The warehouse in ``directory``, created or upgraded where needed, locked for this process.

        Parameters
        ----------
        wait_seconds : how long to wait for another writer to end.
        threads, memory_limit : of DuckDB, such as ``4`` and ``"2GiB"``; its own defaults where not given.

        Raises
        ------
        WarehouseBusyError : another process still writes after ``wait_seconds``.
        StorageError : the folder cannot be written, the disk is full, the file is not a warehouse.
        MigrationError : the file is newer than this version, or could not be upgraded and is as it was.
        """
        directory = Path(directory)
        with storage_errors(directory, "open the warehouse for writing"):
            directory.mkdir(parents=True, exist_ok=True)
            lock = WriterLock.acquire(directory / "writer.lock", wait_seconds=wait_seconds, since=clock())
            try:
                settings = _settings(threads, memory_limit)
                connection = open_file(directory / FILE, settings, clock())
            except BaseException:
                lock.release()
                raise
            warehouse = cls(directory, connection, lock, clock, settings)
            try:
                warehouse._mark_interrupted_runs()
            except BaseException:
                warehouse.close()
                raise
        return warehouse

    @property
    def marts_dir(self) -> Path:
        """Where snapshots are published."""
        return self.directory / "marts"

    def now(self) -> datetime:
        """The time of this warehouse's clock, UTC without a zone, as tables store it."""
        return self._clock().astimezone(UTC).replace(tzinfo=None)

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, in a transaction that commits at the end or leaves nothing behind.

        A transaction inside another one is part of it.
        """
        with self._writing, storage_errors(self.directory, "store rows", DUCKDB_ERRORS):
            if self._in_transaction:
                yield self.connection
                return
            self.connection.begin()
            self._in_transaction = True
            try:
                yield self.connection
                self.connection.commit()
            except BaseException:
                # After a failed commit nothing is open, and after a fatal error the connection is closed.
                with suppress(duckdb.Error):
                    self.connection.rollback()
                raise
            finally:
                self._in_transaction = False

    @contextmanager
    def exclusive(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection while no other thread writes, for work that spans several transactions."""
        with self._writing:
            if self._in_transaction:
                raise WarehouseError(
                    f"{self.directory}: a publication cannot be part of a transaction; commit it first"
                )
            yield self.connection

    def copy_to(self, target: Path) -> None:
        """Write every row into a new file, without what was deleted; after a failure there is none.

        Raises
        ------
        StorageError : there is no room for it, or the folder cannot be written.
        """
        with self.exclusive() as con, storage_errors(target, "write a copy of the warehouse"):
            quoted = str(target).replace("'", "''")
            try:
                con.execute(f"ATTACH '{quoted}' AS copied")
                try:
                    con.execute(f"COPY FROM DATABASE {Path(FILE).stem} TO copied")
                finally:
                    con.execute("DETACH copied")
                flush(target)
            except BaseException:
                remove_database(target)
                raise

    def compact(self) -> None:
        """Write the file anew, without what was deleted; a kill leaves the old file.

        Raises
        ------
        StorageError : there is no room for a second copy; the old file stays.
        """
        path = self.directory / FILE
        part = path.with_suffix(".part")
        with self.exclusive() as con, storage_errors(self.directory, "compact the warehouse"):
            remove_database(part)
            con.execute("CHECKPOINT")
            self.copy_to(part)
            con.close()
            try:
                part.replace(path)
            finally:
                self.connection = connect(path, self._settings)

    def close(self) -> None:
        """Write everything to the file and let the next writer in."""
        with self._writing:
            try:
                self.connection.close()
            finally:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _mark_interrupted_runs(self) -> None:
        """Nobody else writes while this process holds the lock, so a run that is still running was ended."""
        self.connection.execute(
            "UPDATE job_runs SET status = 'interrupted', finished_at = $now, "
            "message = 'the process ended before the run did' WHERE status = 'running'",
            {"now": self.now()},
        )


def _settings(threads: int | None, memory_limit: str | None) -> Config:
    """Insertion order costs memory in bulk loads, and every query that needs an order states it."""
    settings: Config = {"preserve_insertion_order": False}
    if threads is not None:
        settings["threads"] = threads
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    return settings
