"""Freezing reports: once published, a quarter's report stays as it is, with everything it was made from.

A version is a folder ``reports/<quarter>/v<number>`` of the storage folder (`warehouse.frozen`). It is
written under another name and then given its own at once, so a version is there in full or not at all. The
tables of the warehouse that hold frozen reports are made from these folders.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from service.configuration.config import Settings
from warehouse.errors import FrozenReportError
from warehouse.frozen import MANIFEST, SNAPSHOT, Frozen, Manifest, frozen_in, reports_in, versions_in
from warehouse.lock import WriterLock
from warehouse.snapshot import flush


def frozen_versions(settings: Settings, period: str) -> tuple[Frozen, ...]:
    """The frozen versions of a quarter, the oldest first."""
    return versions_in(reports_directory(settings), period)


def frozen_reports(settings: Settings) -> tuple[Frozen, ...]:
    """Every frozen version of every quarter, by quarter and version."""
    return reports_in(reports_directory(settings))


def freeze(settings: Settings, manifest: Manifest, texts: Mapping[str, str], snapshot: Path) -> Frozen:
    """The new version, on disk; ``manifest.files`` is worked out here.

    Raises
    ------
    FrozenReportError : another process froze this version meanwhile.
    """
    parent = reports_directory(settings) / manifest.period
    target, draft = parent / f"v{manifest.version}", parent / f".v{manifest.version}"
    parent.mkdir(parents=True, exist_ok=True)
    with _alone(parent, settings.storage.lock_wait_seconds):
        if target.exists():
            raise FrozenReportError(f"{target}: another process froze this version meanwhile. Run it again.")
        # What a killed process left half-written.
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        _write(draft, manifest, texts)
        _keep(snapshot, draft / SNAPSHOT)
        flush(draft)
        draft.rename(target)
        flush(parent)
    return frozen_in(target)


@contextmanager
def _alone(parent: Path, wait_seconds: float) -> Iterator[None]:
    lock = WriterLock.acquire(parent / "freezing.lock", wait_seconds=wait_seconds, since=datetime.now(UTC))
    try:
        yield
    finally:
        lock.release()


def _write(draft: Path, manifest: Manifest, texts: Mapping[str, str]) -> None:
    contents = {name: text.encode() for name, text in texts.items()}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    values = {name: getattr(manifest, name) for name in Manifest.__slots__}
    contents[MANIFEST] = Manifest(**{**values, "files": sums}).as_json().encode()
    for name, content in contents.items():
        path = draft / name
        path.write_bytes(content)
        flush(path)


def _keep(snapshot: Path, target: Path) -> None:
    """The snapshot beside the report: a second name of the same file where the file system has that."""
    try:
        os.link(snapshot, target)
    except OSError:
        shutil.copyfile(snapshot, target)
        flush(target)


def reports_directory(settings: Settings) -> Path:
    """The folder of the frozen reports."""
    return settings.storage.directory / "reports"


def put(folder: Path, texts: Mapping[str, bytes]) -> list[Path]:
    """Write the files into a folder, each one at once. A published file there is never replaced by another.

    Raises
    ------
    FrozenReportError : the folder holds another edition; nothing was written.
    """
    for name, content in texts.items():
        path = folder / name
        if path.exists() and _is_published(there := path.read_bytes()) and there != content:
            raise FrozenReportError(f"{path}: holds another edition, which stays. Choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in texts.items():
        partial = folder / f".{name}.part"
        partial.write_bytes(content)
        paths.append(partial.replace(folder / name))
    return paths


def _is_published(content: bytes) -> bool:
    """Whether a file is more than a preview."""
    return b"-preview-" not in content
