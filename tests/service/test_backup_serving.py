"""Backups of a process that serves and collects: consistent, and whole or absent when one is killed."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from service.care.backup import back_up, read_backup, verify
from service.care.restore import restore
from service.configuration.config import load_config
from service.running.pipeline import collect_and_publish
from tests.collectors.webhooks.senders import SECRET
from tests.service.folders import NOW, contents
from tests.service.ports import free_port
from tests.service.test_kill_serve import SOON, send, snapshot, started
from warehouse.engine import FILE, Warehouse
from warehouse.snapshot import Snapshot
from warehouse.spool import Spool

pytestmark = [pytest.mark.kills, pytest.mark.timeout(900)]
SEED = 20261127
CONFIG = """\
storage: {directory: data, lock_wait_seconds: 30}
sources:
  - {name: exports, kind: files, path: exports, every: 1m}
  - {name: own, kind: webhook, format: json, secret: "${SECRET}"}
"""
PAYOFF = str(Path(sys.executable).with_name("payoff"))
N = 2_000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A configuration with files of 2,000 deployments and a sender."""
    exports = tmp_path / "exports"
    exports.mkdir()
    header = "deployment_id,service_id,environment,status,finished_at\n"
    rows = "".join(f"d{n},pay,production,success,2025-01-{n % 28 + 1:02d}T12:00:00Z\n" for n in range(N))
    (exports / "deployments.csv").write_text(header + rows)
    (exports / "services.csv").write_text("service_id\npay\n")
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


def backing_up(place: Path) -> "subprocess.Popen[str]":
    """A backup in a process of its own, which prints where it is."""
    command = [PAYOFF, "backup", "backups", "--config", "config.yaml"]
    return subprocess.Popen(
        command, cwd=place, env={**os.environ, "SECRET": SECRET}, stdout=subprocess.PIPE, text=True
    )


def drafting(place: Path) -> "subprocess.Popen[str]":
    """A backup in a process of its own that has begun to write."""
    before = set((place / "backups").glob(".payoff-*"))
    process = backing_up(place)
    while set((place / "backups").glob(".payoff-*")) <= before and process.poll() is None:
        time.sleep(0.005)
    return process


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def deployments_in(folder: Path) -> set[str]:
    with duckdb.connect(str(folder / FILE), read_only=True) as con:
        return {name for (name,) in con.execute("SELECT deployment_id FROM deployments").fetchall()}


class Sender(threading.Thread):
    """Sends a deployment every few milliseconds; ``sent`` are those that were accepted."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port, self.sent, self._ended = port, list[str](), threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.02):
            name = f"sent-{len(self.sent)}"
            send(self.port, name)
            self.sent.append(name)

    def end(self) -> list[str]:
        self._ended.set()
        self.join()
        return self.sent


def test_backup_and_restore_while_it_serves_lose_nothing_that_was_accepted(place: Path) -> None:
    """Senders go on during the backup and the restore, and the writer drains what they send."""
    config, port = place / "config.yaml", free_port()
    process = started(config, port)
    sender = Sender(port)
    sender.start()
    until(lambda: len(sender.sent) > 10)
    accepted = set(sender.sent)
    made = backing_up(place).communicate()[0].strip()
    backup = read_backup(place / made)
    verify(backup)
    waiting = deployments_spooled(backup.folder / "spool.db")
    assert accepted
    assert accepted <= deployments_in(backup.folder) | waiting
    before = snapshot(port)
    done = subprocess.run(
        [PAYOFF, "restore", str(backup.folder), "--force", "--config", "config.yaml"],
        cwd=place,
        env={**os.environ, "SECRET": SECRET},
    )
    assert done.returncode == 0
    assert snapshot(port) > before
    sent = set(sender.end())
    until(lambda: is_drained(place / "data"))
    process.terminate()
    assert process.wait(SOON) in (0, -signal.SIGTERM)
    assert deployments_in(place / "data") >= sent | {f"d{n}" for n in range(N)}


def test_backup_waits_for_a_collection_and_has_all_of_its_rows(place: Path) -> None:
    settings = load_config(place / "config.yaml", {"SECRET": SECRET})
    with Warehouse.open(settings.storage.directory) as warehouse:
        process = backing_up(place)
        time.sleep(1)
        assert process.poll() is None
        warehouse.connection.execute("INSERT INTO environments VALUES ('at the last moment', TRUE)")
    made = process.communicate()[0].strip()
    with duckdb.connect(str(place / made / FILE), read_only=True) as con:
        assert con.execute("SELECT name FROM environments").fetchall() == [("at the last moment",)]


@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.full)])
def test_killed_backup_leaves_none_and_the_next_one_removes_its_draft(place: Path, kills: int) -> None:
    settings = load_config(place / "config.yaml", {"SECRET": SECRET})
    collect_and_publish(settings, clock=lambda: NOW)
    before = contents(settings.storage.directory)
    process = drafting(place)
    began = time.monotonic()
    whole = process.communicate()[0].strip()
    longest = time.monotonic() - began
    chance, n_killed = random.Random(SEED), 0
    # On a machine whose load changes, a backup may be over before it is killed: then it does not count, and
    # the next one is killed earlier.
    for _ in range(10 * kills):
        if n_killed == kills:
            break
        process, seconds = drafting(place), chance.uniform(0, longest)
        time.sleep(seconds)
        process.kill()
        if process.wait() == -signal.SIGKILL:
            n_killed += 1
        else:
            longest = seconds
        for folder in (place / "backups").glob("payoff-*"):
            verify(read_backup(folder))
    assert n_killed == kills
    last = place / backing_up(place).communicate()[0].strip()
    assert last != place / whole
    assert not list((place / "backups").glob(".payoff-*"))
    assert contents(last) == before
    assert contents(settings.storage.directory) == before


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from service.care import restore
from service.configuration.config import load_config
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(restore, sys.argv[1], killed)
settings = load_config(Path("config.yaml"))
clock = lambda: datetime(2026, 3, 2, tzinfo=UTC)
restore.restore(settings, Path(sys.argv[2]), force=True, wait_seconds=5, clock=clock)
"""
STEPS = [
    "_prepare",
    "_put_private",
    "_put_snapshots",
    *(pytest.param(step, marks=pytest.mark.full) for step in ("copy_tree", "_keep", "_put_reports")),
]


@pytest.mark.parametrize("step", STEPS)
def test_killed_restore_leaves_a_whole_warehouse_and_can_be_run_again(place: Path, step: str) -> None:
    settings = load_config(place / "config.yaml", {"SECRET": SECRET})
    data = settings.storage.directory
    collect_and_publish(settings, clock=lambda: NOW)
    backed_up = contents(data)
    backup = back_up(settings, place / "backups", wait_seconds=5, clock=lambda: NOW)
    with Warehouse.open(data) as warehouse:
        warehouse.connection.execute("DELETE FROM deployments")
    later = contents(data)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, step, str(backup.folder)],
        cwd=place,
        env={**os.environ, "SECRET": SECRET},
    )
    assert done.returncode == -signal.SIGKILL
    assert contents(data) == (backed_up if step == "_put_snapshots" else later)
    Snapshot.open(data / "marts").close()
    restore(settings, backup.folder, force=True, wait_seconds=5, clock=lambda: NOW)
    assert contents(data) == backed_up
    assert not (data / ".restore.part").exists()
    kept = [folder for folder in data.glob("before-restore-*") if contents(folder) == later]
    assert kept


def is_drained(data: Path) -> bool:
    """Whether nothing waits, by the note that the writer leaves in the spool."""
    return Spool(data).depth() == 0


def deployments_spooled(spool: Path) -> set[str]:
    """The deployments of a spool's copy, which is read without being touched."""
    with closing(sqlite3.connect(f"file:{spool}?mode=ro", uri=True)) as db:
        payloads = [json.loads(text) for (text,) in db.execute("SELECT payload FROM events")]
    return {payload["delivery"]["body"]["deployment"]["deployment_id"] for payload in payloads}
