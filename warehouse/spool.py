"""The durable spool: what does not come from a collector is appended here by any process at any time.

Webhook events, action runs, goals, ledger edits and audit entries must not wait for the writer, who may
be busy for minutes. An appended event is on disk when ``append`` returns. The writer applies events in
order and stores how far it came in the same warehouse transaction, so a kill neither loses nor doubles
one. Applied events stay in the file: it is the only record of what people did.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.engine import Warehouse, utc_now
from warehouse.errors import LoadError, StorageError, WarehouseError
from warehouse.journal import read_cursor, write_cursor

FILE = "spool.db"
POSITION = ("spool", "events", "*")

_TABLES = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    appended_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS spool (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), identity TEXT NOT NULL);
INSERT OR IGNORE INTO spool VALUES (1, lower(hex(randomblob(16))));
"""

_PROGRESS = """
CREATE TABLE IF NOT EXISTS progress (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    applied INTEGER NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Event:
    """An appended event; ``id`` grows by the order of appending, ``payload`` is the decoded JSON."""

    id: int
    kind: str
    payload: Any
    appended_at: datetime


Apply = Callable[[Warehouse, Sequence[Event]], None]
Refused = Callable[[Warehouse, Event, Exception], None]


class Spool:
    """The spool of a warehouse's directory. Cheap to make; every call opens the file for itself."""

    def __init__(
        self,
        directory: Path | str,
        *,
        clock: Callable[[], datetime] = utc_now,
        wait_seconds: float = 30.0,
    ) -> None:
        self.path = Path(directory) / FILE
        self._clock = clock
        self._wait_seconds = wait_seconds

    def append(self, kind: str, payload_json: str) -> int:
        """The id of the event, once it is safe on disk.

        Raises
        ------
        ValueError : ``payload_json`` is not JSON.
        StorageError : the file cannot be written; the event is not stored.
        """
        json.loads(payload_json)
        now = self._clock().astimezone(UTC).isoformat()
        with self._connected() as db, db:
            cursor = db.execute(
                "INSERT INTO events (kind, payload, appended_at) VALUES (?, ?, ?)", (kind, payload_json, now)
            )
        return int(cursor.lastrowid or 0)

    def events(self, *, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        """Events behind ``after``, in order of appending."""
        with self._connected() as db:
            rows = db.execute(
                "SELECT id, kind, payload, appended_at FROM events WHERE id > ? ORDER BY id LIMIT ?",
                (after, limit),
            ).fetchall()
        return [_event(row) for row in rows]

    def newest(self, kind: str, field: str, value: str) -> Event | None:
        """The newest event of a kind whose payload has ``value`` in a top-level ``field``."""
        rest = "AND json_extract(payload, '$.' || ?) = ? ORDER BY id DESC LIMIT 1"
        return next(iter(self._where(kind, rest, field, value)), None)

    def newest_of_each(self, kind: str, field: str) -> Sequence[Event]:
        """The newest event for every value of a top-level ``field``, in order of appending."""
        newest = "SELECT max(id) FROM events WHERE kind = ? GROUP BY json_extract(payload, '$.' || ?)"
        return self._where(kind, f"AND id IN ({newest}) ORDER BY id", kind, field)

    def all_of(self, kind: str) -> Sequence[Event]:
        """Every event of a kind, in order of appending; none where nothing was ever appended."""
        return self._where(kind, "ORDER BY id") if self.path.exists() else ()

    def newest_of(self, kind: str, limit: int | None = None) -> Sequence[Event]:
        """The newest events of a kind, the newest first; all of them without a limit."""
        rest = "ORDER BY id DESC" if limit is None else f"ORDER BY id DESC LIMIT {int(limit)}"
        return self._where(kind, rest) if self.path.exists() else ()

    def _where(self, kind: str, rest: str, *values: str) -> Sequence[Event]:
        with self._connected() as db:
            rows = db.execute(
                f"SELECT id, kind, payload, appended_at FROM events WHERE kind = ? {rest}", (kind, *values)
            ).fetchall()
        return [_event(row) for row in rows]

    def depth(self) -> int:
        """How many events wait, by the note of the last draining; for those who cannot ask the writer."""
        with self._connected() as db:
            row = db.execute(
                "SELECT count(*) FROM events WHERE id > coalesce((SELECT applied FROM progress), 0)"
            )
            return int(row.fetchone()[0])

    def n_waiting(self, warehouse: Warehouse) -> int:
        """How many events the warehouse has not seen yet."""
        after = self._position(warehouse, self.identity())
        with self._connected() as db:
            return int(db.execute("SELECT count(*) FROM events WHERE id > ?", (after,)).fetchone()[0])

    def drain(
        self,
        warehouse: Warehouse,
        apply: Apply,
        *,
        refused: Refused | None = None,
        batch_size: int = 1000,
    ) -> int:
        """How many events were applied, all that were not before.

        ``apply`` stores a batch through ``warehouse``; what it writes and the position commit together.
        If it raises and there is no ``refused``, its batch is tried again next time and later ones wait.
        With ``refused``, its events are then applied one by one, and each that fails alone is given to it
        in the transaction that moves on behind that event. A failure of storage always stops the draining.
        """
        identity, applied = self.identity(), 0
        while events := self.events(after=self._position(warehouse, identity), limit=batch_size):
            try:
                self._apply(warehouse, apply, events, identity)
                applied += len(events)
            except Exception as error:
                if refused is None or is_of_storage(error):
                    raise
                applied += sum(self._applied_alone(warehouse, apply, refused, e, identity) for e in events)
        return applied

    def identity(self) -> str:
        """What tells this spool from one that was made anew."""
        with self._connected() as db:
            return str(db.execute("SELECT identity FROM spool").fetchone()[0])

    def copy_to(self, target: Path) -> int:
        """How many events are in the copy, a file by itself; others may append meanwhile."""
        with self._connected() as db, closing(sqlite3.connect(target)) as copy:
            db.backup(copy)
            # Readable from a medium that cannot be written, where a log beside it could not be made.
            copy.execute("PRAGMA journal_mode = DELETE")
            return int(copy.execute("SELECT count(*) FROM events").fetchone()[0])

    def become(self, source: Path) -> None:
        """Hold what a copy holds, at once; what was here is gone, and others may append meanwhile."""
        with self._connected() as db, closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            copy.backup(db)

    def forget(
        self, warehouse: Warehouse, kind: str, *, before: datetime, but: Collection[int], remove: bool
    ) -> tuple[int, int]:
        """How many events of a kind were applied and appended ``before``, and their bytes.

        With ``remove`` they are gone then and their room is given back; those of ``but`` stay.
        """
        position = self._position(warehouse, self.identity())
        old = "kind = ? AND id <= ? AND appended_at < ? AND id NOT IN (SELECT value FROM json_each(?))"
        given = (kind, position, before.astimezone(UTC).isoformat(), json.dumps(list(but)))
        with self._connected() as db:
            n, n_bytes = db.execute(
                f"SELECT count(*), coalesce(sum(length(payload)), 0) FROM events WHERE {old}", given
            ).fetchone()
            if n and remove:
                with db:
                    db.execute(f"DELETE FROM events WHERE {old}", given)
                db.execute("VACUUM")
        return n, n_bytes

    def _apply(self, warehouse: Warehouse, apply: Apply, events: Sequence[Event], identity: str) -> None:
        with warehouse.transaction():
            apply(warehouse, events)
            write_cursor(warehouse, *POSITION, {"spool": identity, "id": events[-1].id})
        with self._connected() as db, db:  # a note only: what counts is the position in the warehouse
            db.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", (events[-1].id,))

    def _applied_alone(
        self, warehouse: Warehouse, apply: Apply, refused: Refused, event: Event, identity: str
    ) -> bool:
        try:
            self._apply(warehouse, apply, [event], identity)
        except Exception as error:
            if is_of_storage(error):
                raise
            reason = error

            def note(warehouse: Warehouse, _: Sequence[Event]) -> None:
                refused(warehouse, event, reason)

            self._apply(warehouse, note, [event], identity)
            return False
        return True

    def _position(self, warehouse: Warehouse, identity: str) -> int:
        """The last applied id; a spool that was made anew counts from one again and has its own identity."""
        cursor = read_cursor(warehouse, *POSITION)
        return int(cursor["id"]) if cursor and cursor["spool"] == identity else 0

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self.path, timeout=self._wait_seconds)
            try:
                self._prepare(db)
                yield db
            finally:
                db.close()
        except (OSError, sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            raise StorageError(
                f"{self.path}: the event was not stored: {error}. Check that the disk has room and the "
                "folder is writable for this user."
            ) from error

    def _prepare(self, db: sqlite3.Connection) -> None:
        """FULL flushes the log at every commit; NORMAL would lose the last events with the power."""
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        exists = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'spool'").fetchone()[0]
        if not exists:
            db.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        db.execute(_PROGRESS)


def _event(row: tuple[int, str, str, str]) -> Event:
    number, kind, text, at = row
    return Event(number, kind, json.loads(text), datetime.fromisoformat(at))


def is_of_storage(error: Exception) -> bool:
    """Whether it is the disk or another writer that failed, not the event."""
    return isinstance(error, WarehouseError) and not isinstance(error, LoadError)
