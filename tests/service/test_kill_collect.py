"""`payoff collect`, killed at any moment: the next run completes, and readers never see half a state."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.running.pipeline import collect_and_publish
from tests.service.folders import COVERAGE, configured, contents
from warehouse.snapshot import Snapshot, read_pointer

pytestmark = pytest.mark.kills
COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "collect", "--config"]
SEED = 20250301
PARTS = 10
DEPLOYMENTS, CHANGES = 4_000, 16_000  # per part
SERVICES = 50
NOW = datetime(2025, 2, 1, tzinfo=UTC)


def write_part(exports: Path, part: int, revision: int = 0) -> None:
    """A tenth of 200,000 rows, in two files, so that a kill falls between pages too."""
    deployments = (
        f"d{n},s{n % SERVICES},production,success,{_minute(n)},https://ci.example.com/{revision}/{n}\n"
        for n in range(part * DEPLOYMENTS, (part + 1) * DEPLOYMENTS)
    )
    changes = (
        f"c{n},s{n % SERVICES},{_minute(n)},https://git.example.com/{revision}/{n}\n"
        for n in range(part * CHANGES, (part + 1) * CHANGES)
    )
    header = "deployment_id,service_id,environment,status,finished_at,url\n"
    (exports / f"deployments-{part}.csv").write_text(header + "".join(deployments))
    (exports / f"changes-{part}.csv").write_text("change_id,service_id,merged_at,url\n" + "".join(changes))


def _minute(number: int) -> str:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number % 44_000)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "coverage.csv").write_text(COVERAGE)
    teams = "".join(f"s{i},t\n" for i in range(SERVICES))
    (folder / "services.csv").write_text("service_id,team_id\n" + teams)
    linked = "".join(f"c{n},d{n}\n" for n in range(0, PARTS * DEPLOYMENTS, 10))
    (folder / "deployment_changes.csv").write_text("change_id,deployment_id\n" + linked)
    (folder / "incidents.csv").write_text("incident_id,service_id,started_at\ni1,s1,2025-01-09T10:00:00Z\n")
    for part in range(PARTS):
        write_part(folder, part)
    return folder


class Place:
    """A warehouse of its own, fed from the shared exports."""

    def __init__(self, folder: Path, exports: Path) -> None:
        self.config = folder / "config.yaml"
        self.data = folder / "data"
        self.settings = configured(folder, f"sources: [{{name: exports, kind: files, path: {exports}}}]\n")

    def seconds(self) -> float:
        """How long an undisturbed run holds the warehouse."""
        with self._holding() as process:
            began = time.monotonic()
            assert process.wait() == 0
            return time.monotonic() - began

    def kill_after(self, seconds: float) -> bool:
        """Whether the run was still going on so long after it took the lock, and so was killed."""
        with self._holding() as process:
            time.sleep(seconds)
            is_running = process.poll() is None
            process.kill()
        return is_running

    @contextmanager
    def _holding(self) -> Iterator["subprocess.Popen[bytes]"]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        lock = self.data / "writer.lock"
        with subprocess.Popen([*COMMAND, str(self.config)], **quiet) as process:
            while not (lock.exists() and f'"pid": {process.pid},' in lock.read_text()):
                assert process.poll() is None, "the run ended before it took the lock"
                time.sleep(0.005)
            yield process

    def finish(self) -> None:
        """A run that nobody disturbs."""
        assert collect_and_publish(self.settings, clock=lambda: NOW).failed == ()


class Reader(threading.Thread):
    """Opens the newest snapshot again and again; what it saw that may not be is in ``errors``."""

    def __init__(self, marts: Path) -> None:
        super().__init__()
        self.marts = marts
        self.errors: list[str] = []
        self.versions: list[int] = []
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.05):
            if read_pointer(self.marts) is not None:
                self._read()

    def _read(self) -> None:
        try:
            with Snapshot.open(self.marts) as snapshot:
                counts = snapshot.sql(
                    "SELECT (SELECT count(*) FROM fact_deployments) AS deployments, "
                    "(SELECT count(*) FROM fact_changes) AS changes"
                ).to_pylist()[0]
                self.versions.append(snapshot.version)
        except Exception as error:  # a thread that died would look like a reader that was content
            self.errors.append(repr(error))
            return
        if counts != {"deployments": PARTS * DEPLOYMENTS, "changes": PARTS * CHANGES}:
            self.errors.append(f"a part of the rows: {counts}")

    def end(self) -> None:
        self._ended.set()
        self.join()
        self._read()


def survive(tmp_path: Path, exports: Path, kills: int) -> None:
    victim, undisturbed = Place(tmp_path / "victim", exports), Place(tmp_path / "undisturbed", exports)
    longest = undisturbed.seconds()
    chance = random.Random(SEED)
    reader = Reader(victim.data / "marts")
    reader.start()
    n_killed = 0
    try:
        # On a machine whose load changes, a run may be over before it is killed: then it does not count, and
        # the next one is killed earlier.
        for revision in range(1, 4 * kills + 1):
            if n_killed == kills:
                break
            # Every run has all rows to load, not only those that the one before it did not get to.
            for part in range(PARTS):
                write_part(exports, part, revision)
            seconds = chance.uniform(0, longest)
            if victim.kill_after(seconds):
                n_killed += 1
            else:
                longest = seconds
        victim.finish()
    finally:
        reader.end()
    undisturbed.finish()
    assert n_killed == kills
    assert reader.errors == []
    assert reader.versions == sorted(reader.versions)
    found = contents(victim.data)
    assert found == contents(undisturbed.data)
    assert (found["deployments"][0], found["changes"][0]) == (PARTS * DEPLOYMENTS, PARTS * CHANGES)
    assert not list((victim.data / "marts").glob("*.part*"))


def test_three_kills_lose_and_double_nothing(tmp_path: Path, exports: Path) -> None:
    survive(tmp_path, exports, kills=3)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_twenty_kills_lose_and_double_nothing(tmp_path: Path, exports: Path) -> None:
    survive(tmp_path, exports, kills=20)
