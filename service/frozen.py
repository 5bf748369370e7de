"""Frozen reports: once published, a quarter's report stays as it is, with everything it was made from.

A version is a folder ``reports/<quarter>/v<number>`` of the storage folder: the files, what they were
computed from, a manifest with the checksum of every file, and the snapshot. It is written under another
name and then given its own at once, so a version is there in full or not at all. The tables of the
warehouse that hold frozen reports are made from these folders.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.config import Settings
from service.errors import PayoffError
from warehouse.lock import WriterLock
from warehouse.snapshot import flush

MANIFEST, INPUTS, SNAPSHOT = "manifest.json", "inputs.json", "snapshot.duckdb"
_VERSION = re.compile(r"v(\d+)")


class FrozenReportError(PayoffError):
    """A frozen report cannot be read, or was changed after it had been frozen."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a frozen version says of itself; ``files`` maps a name to its SHA-256."""

    report_id: str
    period: str
    version: int
    generated_at: datetime
    model_version: str
    config_sha256: str
    snapshot_version: int
    seed: int
    accepted: str
    reason: str
    files: Mapping[str, str]

    def as_json(self) -> str:
        """The manifest as text; `_manifest_in` reads it back."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return _json(values | {"generated_at": self.generated_at.isoformat(), "files": dict(self.files)})


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen version in its folder."""

    folder: Path
    manifest: Manifest

    @property
    def texts(self) -> dict[str, bytes]:
        """The files as they were published, by name.

        Raises
        ------
        FrozenReportError : one is missing or differs from its checksum.
        """
        found = {}
        for name, checksum in self.manifest.files.items():
            path = self.folder / name
            content = path.read_bytes() if path.is_file() else b""
            if hashlib.sha256(content).hexdigest() != checksum:
                raise FrozenReportError(
                    f"{path}: is not what was frozen as {self.manifest.report_id}. Restore the folder from a "
                    "backup; a frozen report is never written again."
                )
            found[name] = content
        return found

    @property
    def inputs(self) -> dict[str, Any]:
        """What it was computed from: assumptions, configuration, states of the sources."""
        values: dict[str, Any] = json.loads(self.texts[INPUTS])
        return values

    @property
    def snapshot(self) -> Path:
        """The snapshot that it was computed from."""
        return self.folder / SNAPSHOT


def frozen_versions(settings: Settings, period: str) -> tuple[Frozen, ...]:
    """The frozen versions of a quarter, the oldest first."""
    folder = _reports(settings) / period
    if not folder.is_dir():
        return ()
    numbered = {int(m[1]): path for path in folder.iterdir() if (m := _VERSION.fullmatch(path.name))}
    return tuple(Frozen(numbered[n], _manifest_in(numbered[n])) for n in sorted(numbered))


def frozen_reports(settings: Settings) -> tuple[Frozen, ...]:
    """Every frozen version of every quarter, by quarter and version."""
    folder = _reports(settings)
    periods = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return tuple(version for period in periods for version in frozen_versions(settings, period))


def freeze(settings: Settings, manifest: Manifest, texts: Mapping[str, str], snapshot: Path) -> Frozen:
    """The new version, on disk; ``manifest.files`` is worked out here.

    Raises
    ------
    FrozenReportError : another process froze this version meanwhile.
    """
    parent = _reports(settings) / manifest.period
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
    return Frozen(target, _manifest_in(target))


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


def _manifest_in(folder: Path) -> Manifest:
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(values["generated_at"])
        return Manifest(**{**values, "generated_at": at})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FrozenReportError(
            f"{folder / MANIFEST}: cannot be read ({error}). Restore the folder from a backup."
        ) from error


def _reports(settings: Settings) -> Path:
    return settings.storage.directory / "reports"


def _json(values: Any) -> str:
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


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
