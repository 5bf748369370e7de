"""Backups: all that Payoff keeps in its storage folder and could not fetch again, as a folder of files.

It is made while `payoff serve` runs: the writer's lock is held while the warehouse is copied, so scheduled
collections wait and what is sent meanwhile goes into the spool. The folder is written under another name,
checked, and then given its own, so a backup is there in full or not at all.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from service.care.pseudonyms import erased_path, key_path
from service.configuration.config import Settings
from service.errors import NoDataError, PayoffError
from service.reports.frozen import frozen_reports
from warehouse.engine import FILE, Clock, Warehouse
from warehouse.errors import storage_errors
from warehouse.frozen import reports_in
from warehouse.lock import WriterLock
from warehouse.migrate import applied
from warehouse.retention import published_files, versions_to_keep
from warehouse.snapshot import POINTER, Snapshot, SnapshotInfo, flush, read_pointer
from warehouse.spool import FILE as SPOOL_FILE
from warehouse.spool import Spool
from warehouse.upgrade import TIME, copy_file

MANIFEST, MARTS, REPORTS = "manifest.json", "marts", "reports"
Key = Literal["included", "apart", "configured", "none"]


class BackupError(PayoffError):
    """A backup is not whole, or is not one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    ``rows`` counts by table, ``files`` maps a path to its SHA-256; ``schema`` is the last migration. ``key``
    tells where the key of the pseudonyms is: in the backup, apart from it, in the configuration, or nowhere.
    """

    made_at: str
    schema: int
    spool: str
    events: int
    snapshot: int | None
    key: Key
    rows: Mapping[str, int]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in its folder."""

    folder: Path
    manifest: Manifest

    @property
    def n_bytes(self) -> int:
        """What the backup takes, files with two names counted once."""
        stats = {path: path.stat() for path in self.folder.rglob("*") if path.is_file()}
        return sum({s.st_ino: s.st_size for s in stats.values()}.values())


def back_up(
    settings: Settings, destination: Path, *, with_key: bool = False, wait_seconds: float, clock: Clock
) -> Backup:
    """The new backup, a folder in ``destination`` named with the time; it is checked before it has its name.

    Raises
    ------
    NoDataError : there is no warehouse yet.
    warehouse.errors.WarehouseError : a writer did not end in time, or the disk is full; nothing is left.
    BackupError : what was copied is not what was there.
    """
    storage = settings.storage.directory
    if not (storage / FILE).exists():
        raise NoDataError(f"{storage}: there is no warehouse to back up. Run `payoff collect` first.")
    at = clock().astimezone(UTC)
    final = destination / f"payoff-{at:{TIME}}"
    with storage_errors(destination, "write a backup"), _draft(destination, final, at, wait_seconds) as draft:
        with Warehouse.open(storage, wait_seconds=wait_seconds, clock=clock) as warehouse:
            warehouse.copy_to(draft / FILE)
            rows, schema = row_counts(warehouse.connection), max(applied(warehouse.connection))
            info = read_pointer(warehouse.marts_dir)
            files = [*_published(warehouse, settings, info), *_frozen(settings)]
            copy_tree(storage, draft, [path.relative_to(storage) for path in files])
        # Behind the warehouse: whatever the copy has not applied yet waits in the spool's copy.
        spool = Spool(storage)
        events, identity = spool.copy_to(draft / SPOOL_FILE), spool.identity()
        key = _copy_private(settings, draft, with_key)
        version = info.version if info else None
        manifest = Manifest(at.isoformat(), schema, identity, events, version, key, rows, checksums(draft))
        _write_manifest(draft, manifest)
        verify(Backup(draft, manifest))
    return Backup(final, manifest)


def read_backup(folder: Path) -> Backup:
    """The backup in a folder.

    Raises
    ------
    BackupError : there is none.
    """
    try:
        values: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Backup(folder, Manifest(**values))
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(
            f"{folder}: is no backup of Payoff: {MANIFEST} cannot be read ({error})."
        ) from error


def verify(backup: Backup) -> None:
    """Check that every file is as it was written, that the warehouse opens and that its rows are all there.

    Raises
    ------
    BackupError : it is not so.
    """
    folder, manifest = backup.folder, backup.manifest
    found = checksums(folder)
    wrong = [name for name, checksum in manifest.files.items() if found.get(name) != checksum]
    if wrong:
        raise BackupError(f"{folder}: {', '.join(wrong)} missing or changed. Use another backup.")
    try:
        with duckdb.connect(str(folder / FILE), read_only=True) as con:
            rows = row_counts(con)
    except duckdb.Error as error:
        raise BackupError(f"{folder / FILE}: cannot be opened: {error}. Use another backup.") from error
    if rows != dict(manifest.rows):
        raise BackupError(f"{folder / FILE}: does not hold the rows that were there. Use another backup.")
    if manifest.snapshot is not None:
        Snapshot.open(folder / MARTS).close()
    for report in reports_in(folder / REPORTS):
        _ = report.texts


def row_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The rows of every table of the opened file."""
    names = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary "
        "ORDER BY 1"
    ).fetchall()
    return {name: con.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for (name,) in names}


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a backup but its manifest, by path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "writer.lock")
    return {
        str(path.relative_to(folder)): _checksum(path)
        for path in paths
        if path.relative_to(folder) != Path(MANIFEST)
    }


def copy_tree(source: Path, target: Path, names: Sequence[Path]) -> None:
    """Copy files; what has several names in ``source`` has them in ``target`` too, and takes room once."""
    known: dict[tuple[int, int], Path] = {}
    for name in names:
        status, path = (source / name).stat(), target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        first = known.setdefault((status.st_dev, status.st_ino), path)
        if first == path:
            copy_file(source / name, path)
        else:
            path.hardlink_to(first)


@contextmanager
def _draft(destination: Path, final: Path, at: datetime, wait_seconds: float) -> Iterator[Path]:
    """A folder that gets the name ``final`` if all goes well; drafts of killed backups are removed."""
    destination.mkdir(parents=True, exist_ok=True)
    lock = WriterLock.acquire(destination / ".backup.lock", wait_seconds=wait_seconds, since=at)
    try:
        for left in destination.glob(".payoff-*.part"):
            shutil.rmtree(left)
        if final.exists():
            raise BackupError(f"{final}: is there already. Wait a second and run it again.")
        draft = destination / f".{final.name}.part"
        draft.mkdir(mode=0o700)
        try:
            yield draft
            for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
                flush(folder)
            draft.rename(final)
            flush(destination)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    finally:
        lock.release()


def _published(warehouse: Warehouse, settings: Settings, info: SnapshotInfo | None) -> list[Path]:
    """The published snapshot and those of closed quarters; the writer holds the lock, so none is removed."""
    if info is None:
        return []
    present = published_files(warehouse.marts_dir)
    month = settings.organisation.quarter_start_month
    stay = versions_to_keep(warehouse.connection, present, 1, info.as_of, month) | {info.version}
    return [warehouse.marts_dir / POINTER, *(present[version] for version in sorted(stay))]


def _frozen(settings: Settings) -> list[Path]:
    return [path for report in frozen_reports(settings) for path in sorted(report.folder.iterdir())]


def _copy_private(settings: Settings, draft: Path, with_key: bool) -> Key:
    erased, key = erased_path(settings), key_path(settings)
    if erased.exists():
        _copy_for_owner(erased, draft / erased.name)
    if settings.people.pseudonym_key is not None:
        return "configured"
    if not key.exists():
        return "none"
    if with_key:
        _copy_for_owner(key, draft / key.name)
    return "included" if with_key else "apart"


def _copy_for_owner(source: Path, target: Path) -> None:
    copy_file(source, target)
    target.chmod(0o600)


def _write_manifest(draft: Path, manifest: Manifest) -> None:
    values = {name: getattr(manifest, name) for name in Manifest.__slots__}
    path = draft / MANIFEST
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    flush(path)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
