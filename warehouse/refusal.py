"""What readers are told when a newer snapshot was refused: the one they see is good, but it stays behind.

The file ``refused.json`` beside the pointer is there from a refused publication to the next good one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse.checks import CheckResult
from warehouse.snapshot import SnapshotInfo, replace_json

FILE = "refused.json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Since when newer data is held back, and by which checks: (name, message, number of rows)."""

    refused_at: datetime
    checks: tuple[tuple[str, str, int], ...]


def read_refusal(marts_dir: Path) -> Refusal | None:
    """Why the published snapshot is not the newest data; ``None`` where it is."""
    try:
        value = json.loads((marts_dir / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    checks = tuple((check["name"], check["message"], check["n_offending"]) for check in value["checks"])
    return Refusal(datetime.fromisoformat(value["refused_at"]), checks)


def write_refusal(marts_dir: Path, info: SnapshotInfo, failed: Sequence[CheckResult]) -> None:
    """Tell readers that ``info`` was not published. The time of the first refusal in a row stays."""
    earlier = read_refusal(marts_dir)
    refused_at = earlier.refused_at if earlier else info.published_at
    checks = [
        {"name": r.check.name, "message": r.check.message, "n_offending": r.n_offending} for r in failed
    ]
    replace_json(marts_dir / FILE, {"refused_at": refused_at.isoformat(), "checks": checks})


def forget_refusal(marts_dir: Path) -> None:
    """Nothing is held back any longer."""
    (marts_dir / FILE).unlink(missing_ok=True)
