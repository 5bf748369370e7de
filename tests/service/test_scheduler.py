"""The scheduler asks every source in its turn, one job at a time, and ends behind a page."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.configuration.config import Settings
from service.running.pipeline import collect_and_publish
from service.serving import scheduler as module
from service.serving.scheduler import Scheduler, last_successes
from service.storage.snapshots import open_snapshot
from tests.service.folders import configured, deployment_rows, write_files
from warehouse.engine import Warehouse, utc_now
from warehouse.spool import Spool

DEPLOYMENTS = "deployment_id,service_id,environment,status,finished_at,url\n"
TWO = """
sources:
  - {name: one, kind: files, path: exports, every: 1h}
  - {name: two, kind: files, path: exports, every: 1h}
  - {name: manual, kind: demo}
"""


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_files(tmp_path / "exports", deployments=DEPLOYMENTS + deployment_rows(7, 8))
    return configured(tmp_path, TWO)


@pytest.fixture
def scheduler(settings: Settings) -> Iterator[Scheduler]:
    found = Scheduler(settings, utc_now)
    yield found
    if found.is_running:
        found.stop()


class Work:
    """Stands for collecting; notes who was asked and whether two were ever at work."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.asked: list[str] = []
        self.stops: list[threading.Event] = []
        self.is_busy = False
        self.has_overlapped = False
        self.seconds = seconds

    def collect(self, settings: Settings, *, only: list[str], stop: threading.Event, clock: Any) -> None:
        self.asked += only
        self.stops.append(stop)
        self.has_overlapped |= self.is_busy
        self.is_busy = True
        stop.wait(self.seconds)
        self.is_busy = False


def test_source_that_was_never_asked_is_asked_at_once_and_in_turn(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work()
    monkeypatch.setattr(module, "collect_and_publish", work.collect)
    monkeypatch.setattr(module, "drain_and_publish", lambda settings, clock: None)
    scheduler.start()
    until(lambda: len(work.asked) == 2)
    assert sorted(work.asked) == ["one", "two"]
    assert not work.has_overlapped


def test_source_that_was_asked_lately_waits_for_its_turn(settings: Settings) -> None:
    started = datetime.now(UTC) - timedelta(minutes=40)
    collect_and_publish(settings, only=["one"], clock=lambda: started)
    assert last_successes(settings) == {"one": started.replace(microsecond=started.microsecond)}
    found = Scheduler(settings, utc_now)
    found._scheduler.start(paused=True)
    for source in settings.sources:
        found._add(source, last_successes(settings).get(source.name))
    due = {job.id: job.next_run_time for job in found._scheduler.get_jobs()}
    found.stop()
    assert set(due) == {"collect one", "collect two"}  # nobody asks the demo by itself
    assert abs(due["collect one"] - (started + timedelta(hours=1))) < timedelta(seconds=2)
    assert due["collect two"] <= datetime.now(UTC)


def test_every_run_of_a_source_is_a_row_that_is_published(scheduler: Scheduler, settings: Settings) -> None:
    scheduler.start()
    until(lambda: set(last_successes(settings)) == {"one", "two"})
    scheduler.stop()
    with open_snapshot(settings) as snapshot:
        rows = snapshot.sql(
            "SELECT source, status, n_inserted + n_updated AS n_rows, n_skipped, message FROM job_runs "
            "WHERE job = 'collect' ORDER BY run_id"
        ).to_pylist()
    assert {row["source"]: row["status"] for row in rows} == {"one": "success", "two": "success"}
    assert {row["n_rows"] for row in rows} == {5}  # two deployments, three rows of coverage


def test_stop_reaches_the_running_job_and_starts_no_other(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(seconds=60)
    monkeypatch.setattr(module, "collect_and_publish", work.collect)
    monkeypatch.setattr(module, "drain_and_publish", lambda settings, clock: None)
    scheduler.start()
    until(lambda: work.is_busy)
    began = time.monotonic()
    scheduler.stop()
    assert time.monotonic() - began < 30, "as long as the job takes"
    assert len(work.asked) == 1
    assert not scheduler.is_running


def test_job_that_meets_another_writer_comes_again(
    scheduler: Scheduler, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_AFTER_BUSY", timedelta(milliseconds=200))
    monkeypatch.setattr(module, "GATHER", timedelta(0))
    with Warehouse.open(settings.storage.directory):  # a `payoff collect` of another process
        scheduler.start()
        time.sleep(1)
        assert last_successes(settings) == {}
    until(lambda: set(last_successes(settings)) == {"one", "two"})


def test_job_that_fails_leaves_the_thread_to_the_next(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def collect(settings: Settings, *, only: list[str], stop: threading.Event, clock: Any) -> None:
        asked.extend(only)
        raise RuntimeError("a bug")

    monkeypatch.setattr(module, "collect_and_publish", collect)
    scheduler.start()
    until(lambda: len(asked) == 2)
    until(lambda: caplog.text.count("failed with RuntimeError: a bug") == 2)


def test_many_appends_make_one_draining(
    scheduler: Scheduler, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[int] = []
    gather = 0.3
    monkeypatch.setattr(module, "GATHER", timedelta(seconds=gather))
    monkeypatch.setattr(module, "collect_and_publish", Work().collect)
    monkeypatch.setattr(
        module,
        "drain_and_publish",
        lambda settings, clock: drained.append(len(Spool(settings.storage.directory).events())),
    )
    scheduler.start()
    until(lambda: drained == [0])
    began = time.monotonic()
    for _ in range(20):
        Spool(settings.storage.directory).append("team", "{}")
        scheduler.wake()
    until(lambda: drained[-1] == 20)
    waits = (time.monotonic() - began) / gather
    time.sleep(2 * gather)
    # One at the start and one for all of them; where the disk is slow, one for each time that is waited.
    assert len(drained) <= 2 + waits
