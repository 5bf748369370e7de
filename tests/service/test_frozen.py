"""Freezing: a version is there in full or not at all, and is never written again."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

import service.reports.frozen
from service.configuration.config import Settings
from service.reports.frozen import freeze, frozen_versions
from tests.service.folders import configured
from warehouse.errors import FrozenReportError
from warehouse.frozen import Manifest

FILES = {"roi_lines_2026-Q3.csv": "line_id\nB1\n", "roi_summary_2026-Q3.csv": "metric\nnet\n"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = configured(tmp_path, "")
    (tmp_path / "marts.duckdb").write_bytes(b"rows")
    return settings


def manifest(version: int = 1) -> Manifest:
    at = datetime(2026, 10, 2, tzinfo=UTC)
    return Manifest(f"r{version}", "2026-Q3", version, at, "1", "c0ffee", 7, 1, "", "", {})


def snapshot(settings: Settings) -> Path:
    return settings.path.parent / "marts.duckdb"


def test_what_was_frozen_comes_back(settings: Settings) -> None:
    freeze(settings, manifest(), FILES, snapshot(settings))
    (frozen,) = frozen_versions(settings, "2026-Q3")
    assert {name: text.decode() for name, text in frozen.texts.items()} == FILES
    assert frozen.manifest.report_id == "r1"
    snapshot(settings).unlink()
    assert frozen.snapshot.read_bytes() == b"rows"


def test_a_version_is_frozen_once(settings: Settings) -> None:
    freeze(settings, manifest(), FILES, snapshot(settings))
    with pytest.raises(FrozenReportError, match="another process froze this version"):
        freeze(settings, manifest(), {"roi_lines_2026-Q3.csv": "other"}, snapshot(settings))
    (frozen,) = frozen_versions(settings, "2026-Q3")
    assert frozen.texts["roi_lines_2026-Q3.csv"].decode() == FILES["roi_lines_2026-Q3.csv"]


def test_a_file_that_was_changed_since_is_not_passed_on(settings: Settings) -> None:
    frozen = freeze(settings, manifest(), FILES, snapshot(settings))
    (frozen.folder / "roi_lines_2026-Q3.csv").write_text("line_id\nB2\n")
    with pytest.raises(FrozenReportError, match="is not what was frozen as r1"):
        _ = frozen.texts


def freeze_and_die(settings: Settings, at: int) -> bool:
    """Whether a process that freezes got through before it was ended at its n-th step to the disk."""
    pid = os.fork()
    if pid == 0:
        steps = iter(range(at))
        flush = service.reports.frozen.flush

        def step(path: Path) -> None:
            if next(steps, None) is None:
                os._exit(9)
            flush(path)

        service.reports.frozen.flush = step  # type: ignore[attr-defined]
        freeze(settings, manifest(), FILES, snapshot(settings))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.kills
def test_a_kill_at_any_step_leaves_nothing_or_everything(tmp_path: Path) -> None:
    endings = []
    for at in range(12):
        settings = configured(tmp_path / str(at), "")
        snapshot(settings).write_bytes(b"rows")
        endings.append(freeze_and_die(settings, at))
        versions = frozen_versions(settings, "2026-Q3")
        assert [len(version.texts) for version in versions] in ([], [len(FILES)])
        if not versions:
            freeze(settings, manifest(), FILES, snapshot(settings))
        (frozen,) = frozen_versions(settings, "2026-Q3")
        assert {name: text.decode() for name, text in frozen.texts.items()} == FILES
        names = {path.name for path in frozen.folder.parent.iterdir()}
        assert names == {"v1", "freezing.lock"}
    assert endings[0] is False
    assert endings[-1] is True
