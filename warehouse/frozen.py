"""Frozen reports as files: a version is a folder ``<quarter>/v<number>`` with a manifest of checksums.

The folder holds the files, what they were computed from, and the snapshot; nobody writes to it again.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.errors import FrozenReportError

MANIFEST, INPUTS, SNAPSHOT = "manifest.json", "inputs.json", "snapshot.duckdb"
_VERSION = re.compile(r"v(\d+)")


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


def versions_in(reports: Path, period: str) -> tuple[Frozen, ...]:
    """The frozen versions of a quarter in a folder of reports, the oldest first."""
    return tuple(frozen_in(folder) for folder in version_folders(reports, period))


def version_folders(reports: Path, period: str) -> tuple[Path, ...]:
    """Their folders, unread."""
    folder = reports / period
    if not folder.is_dir():
        return ()
    numbered = {int(m[1]): path for path in folder.iterdir() if (m := _VERSION.fullmatch(path.name))}
    return tuple(numbered[n] for n in sorted(numbered))


def reports_in(reports: Path) -> tuple[Frozen, ...]:
    """Every frozen version in a folder of reports, by quarter and version."""
    periods = sorted(path.name for path in reports.iterdir() if path.is_dir()) if reports.is_dir() else []
    return tuple(version for period in periods for version in versions_in(reports, period))


def frozen_in(folder: Path) -> Frozen:
    """The version in its folder.

    Raises
    ------
    FrozenReportError : its manifest cannot be read.
    """
    return Frozen(folder, _manifest_in(folder))


def _manifest_in(folder: Path) -> Manifest:
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(values["generated_at"])
        return Manifest(**{**values, "generated_at": at})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FrozenReportError(
            f"{folder / MANIFEST}: cannot be read ({error}). Restore the folder from a backup."
        ) from error


def _json(values: Any) -> str:
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
