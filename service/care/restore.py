"""Putting a backup in the place of what the storage folder holds, while `payoff serve` may run.

Everything is copied beside its place, checked and prepared first; the warehouse is then exchanged in one
step under the writer's lock. Its snapshot is published under a number that no reader has seen. What was
there stays in ``before-restore-…`` of the storage folder.

Events of the spool that came after the backup are applied again by the next run: the spool only grows, so
one that is still there knows more than its copy and is kept. So are reports that were frozen since.
"""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from service.care.backup import MARTS, REPORTS, Backup, BackupError, copy_tree, read_backup, verify
from service.care.people import forget, keys_fit
from service.care.pseudonyms import erased_path, erased_people, key_path, write_private
from service.configuration.config import Settings
from service.errors import UsageError
from warehouse.engine import FILE, Clock, Warehouse
from warehouse.errors import WarehouseError, storage_errors
from warehouse.frozen import reports_in
from warehouse.lock import WriterLock
from warehouse.migrate import migrations
from warehouse.pseudonym_keys import read_prints
from warehouse.refusal import forget_refusal
from warehouse.retention import next_version, published_files
from warehouse.snapshot import POINTER, SnapshotInfo, flush, read_pointer, write_pointer
from warehouse.spool import FILE as SPOOL_FILE
from warehouse.spool import Spool
from warehouse.upgrade import TIME, copy_file

STAGE = ".restore.part"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place.

    Parameters
    ----------
    snapshot : number under which its snapshot is published now; ``None``: it had none.
    kept : folder of what was there before; ``None``: nothing was.
    n_waiting : events of the spool that the next run applies.
    has_its_key : whether the key of the pseudonyms is at hand.
    """

    backup: Backup
    snapshot: int | None
    kept: Path | None
    n_waiting: int
    has_its_key: bool


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What the staged warehouse says: its snapshot, waiting events, and the prints of its keys."""

    published: SnapshotInfo | None
    n_waiting: int
    prints: tuple[str, ...]


def restore(
    settings: Settings, source: Path, *, force: bool = False, wait_seconds: float, clock: Clock
) -> Restored:
    """Put the backup in ``source`` in place.

    Raises
    ------
    UsageError : the storage folder is not empty and ``force`` is not given.
    BackupError : the backup is damaged, or of a newer version; nothing was changed.
    warehouse.errors.WarehouseError : a writer did not end in time, or the disk is full.
    """
    backup = read_backup(source)
    verify(backup)
    if backup.manifest.schema > len(migrations()):
        raise BackupError(f"{source}: is of a newer Payoff. Install that version and restore with it.")
    storage, at = settings.storage.directory, clock().astimezone(UTC)
    is_empty = not any((storage / name).exists() for name in (FILE, SPOOL_FILE, MARTS, REPORTS))
    if not (is_empty or force):
        raise UsageError(
            f"{storage}: holds a warehouse already, and nothing was changed. Add --force: what is there is "
            "kept in a folder of its own; or set storage.directory to an empty folder."
        )
    with storage_errors(storage, "restore a backup"):
        storage.mkdir(parents=True, exist_ok=True)
        lock = WriterLock.acquire(storage / "writer.lock", wait_seconds=wait_seconds, since=at)
        try:
            return _exchange(settings, backup, None if is_empty else at, clock)
        finally:
            shutil.rmtree(storage / STAGE, ignore_errors=True)
            lock.release()


def _exchange(settings: Settings, backup: Backup, at: datetime | None, clock: Clock) -> Restored:
    """Stage, prepare, keep what is there, and put the parts in place: first what only adds."""
    storage = settings.storage.directory
    stage, is_foreign = storage / STAGE, _is_foreign(storage, backup)
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    copy_tree(backup.folder, stage, [Path(name) for name in backup.manifest.files])
    prepared = _prepare(settings, stage, is_foreign, clock)
    kept = _keep(settings, at, is_foreign) if at else None
    _put_reports(stage / REPORTS, storage / REPORTS, kept)
    _put_private(settings, stage)
    if is_foreign:
        Spool(storage).become(stage / SPOOL_FILE)
    (storage / f"{FILE}.wal").unlink(missing_ok=True)  # of the old file; it is kept with it
    (stage / FILE).replace(storage / FILE)
    flush(storage)
    if prepared.published is not None:
        _put_snapshots(stage / MARTS, storage / MARTS, prepared.published, kept if is_foreign else None)
    number = prepared.published.version if prepared.published else None
    return Restored(backup, number, kept, prepared.n_waiting, keys_fit(settings, prepared.prints))


def _is_foreign(storage: Path, backup: Backup) -> bool:
    """Whether the spool here is not the one that the backup's is a copy of, or there is none."""
    try:
        return not (storage / SPOOL_FILE).exists() or Spool(storage).identity() != backup.manifest.spool
    except WarehouseError:
        return True  # it cannot be read


def _prepare(settings: Settings, stage: Path, is_foreign: bool, clock: Clock) -> _Prepared:
    """Upgrade the staged warehouse, forget who asked for it since, and number its snapshot anew."""
    spool = Spool(stage if is_foreign else settings.storage.directory)
    staged = read_pointer(stage / MARTS)
    with Warehouse.open(stage, clock=clock) as warehouse:
        forget(warehouse, erased_people(settings))
        waiting, prints = spool.n_waiting(warehouse), read_prints(warehouse)
        if staged is None:
            return _Prepared(None, waiting, prints)
        info = _renumbered(stage / MARTS, settings.storage.directory / MARTS, staged)
        if info != staged:
            times = [t.replace(tzinfo=None) for t in (info.published_at, info.as_of)]
            row = [info.version, info.file, *times]
            warehouse.connection.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?)", row)
    return _Prepared(info, waiting, prints)


def _renumbered(stage: Path, marts: Path, staged: SnapshotInfo) -> SnapshotInfo:
    """The staged snapshot under a number that no reader of this folder has seen: they keep rows by number."""
    number = next_version(marts) if marts.is_dir() else 1
    if number <= staged.version:
        return staged
    info = replace(staged, version=number, file=f"marts-{number:06d}.duckdb")
    copy_file(stage / staged.file, stage / info.file)  # the old one may be a frozen report's too
    with duckdb.connect(str(stage / info.file)) as con:
        con.execute("UPDATE settings SET value = ? WHERE key = 'snapshot_version'", [str(number)])
    flush(stage / info.file)
    return info


def _keep(settings: Settings, at: datetime, is_foreign: bool) -> Path:
    """The folder with what will be replaced, under second names; another warehouse's reports are moved."""
    storage = settings.storage.directory
    kept = storage / f"before-restore-{at:{TIME}}"
    kept.mkdir(mode=0o700)
    for path in (storage / FILE, storage / f"{FILE}.wal", key_path(settings), erased_path(settings)):
        if path.exists():
            (kept / path.name).hardlink_to(path)
    pointer = read_pointer(storage / MARTS)
    if pointer is not None and (storage / MARTS / pointer.file).exists():
        (kept / MARTS).mkdir()
        copy_file(storage / MARTS / POINTER, kept / MARTS / POINTER)
        (kept / MARTS / pointer.file).hardlink_to(storage / MARTS / pointer.file)
    if is_foreign and (storage / SPOOL_FILE).exists():
        _keep_spool(storage, kept)
    if is_foreign and (storage / REPORTS).exists():
        (storage / REPORTS).rename(kept / REPORTS)
    return kept


def _keep_spool(storage: Path, kept: Path) -> None:
    try:
        Spool(storage).copy_to(kept / SPOOL_FILE)
    except WarehouseError:
        for path in storage.glob(f"{SPOOL_FILE}*"):  # it cannot be read, with its log beside it
            path.replace(kept / path.name)


def _put_reports(stage: Path, reports: Path, kept: Path | None) -> None:
    """Add the frozen reports that are not here; one that differs makes room."""
    here = {(f.manifest.period, f.folder.name): f for f in reports_in(reports)}
    for frozen in reports_in(stage):
        name = (frozen.manifest.period, frozen.folder.name)
        if name in here and here[name].manifest == frozen.manifest:
            continue
        target = reports.joinpath(*name)
        if name in here and kept is not None:
            kept.joinpath(REPORTS, name[0]).mkdir(parents=True, exist_ok=True)
            target.rename(kept.joinpath(REPORTS, *name))
        target.parent.mkdir(parents=True, exist_ok=True)
        frozen.folder.rename(target)
        flush(target.parent)


def _put_private(settings: Settings, stage: Path) -> None:
    """Whoever was forgotten before or after the backup stays so; a key goes with its warehouse."""
    erased, key = stage / erased_path(settings).name, stage / key_path(settings).name
    if erased.exists():
        names = {*erased.read_text(encoding="utf-8").split(), *erased_people(settings)}
        write_private(erased_path(settings), "\n".join(sorted(names)))
    if key.exists():
        write_private(key_path(settings), key.read_text(encoding="utf-8"))


def _put_snapshots(stage: Path, marts: Path, info: SnapshotInfo, kept: Path | None) -> None:
    """Publish the snapshot, and add those of closed quarters; ``kept`` takes another warehouse's."""
    marts.mkdir(parents=True, exist_ok=True)
    others = published_files(marts)
    (stage / info.file).replace(marts / info.file)
    flush(marts)
    write_pointer(marts, info)
    forget_refusal(marts)
    if kept is not None:
        (kept / MARTS).mkdir(exist_ok=True)
        for path in others.values():
            path.replace(kept / MARTS / path.name)
    for path in published_files(stage).values():
        if not (marts / path.name).exists():
            path.replace(marts / path.name)
