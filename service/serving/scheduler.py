"""What `payoff serve` does by itself: one thread writes, so that its jobs never meet.

Every source is asked when its turn comes, and at once after a start that comes too late for it. A job that
finds the warehouse held by another process (a `payoff collect` from cron) tries again a little later.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from service.configuration.config import ConfiguredSource, Settings
from service.configuration.schedule import first_run, trigger_of
from service.deploying.building import go_on
from service.digests.sending import send_due
from service.errors import NoDataError
from service.running.pipeline import collect_and_publish, drain_and_publish, look_after
from service.running.pruning import prune
from service.running.run_report import Report
from service.storage.snapshots import open_snapshot
from warehouse.engine import Clock
from warehouse.errors import WarehouseBusyError
from warehouse.sources import SOURCE_RUN

# Events come in bursts: what follows within this time is stored and published in one go.
GATHER = timedelta(seconds=2)
LOOK_AFTER_MINUTES = 10
DIGEST_MINUTES = 10
PRUNE_AT_HOUR = 3
AGAIN_AFTER_BUSY = timedelta(seconds=30)
RUNS_EVERY = timedelta(seconds=60)
_LAST_SUCCESS = f"""
SELECT source, max(started_at) AS at FROM job_runs
WHERE job = '{SOURCE_RUN}' AND status = 'success' GROUP BY source
"""
_log = logging.getLogger(__name__)


class Scheduler:
    """The writer's jobs. ``start`` and ``stop`` are called once each."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._stop = threading.Event()
        self._asking = threading.Lock()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1), "runs": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    @property
    def is_running(self) -> bool:
        """Whether jobs are taken."""
        return bool(self._scheduler.running) and not self._stop.is_set()

    def start(self) -> None:
        """Begin: what waits in the spool is stored, and a source whose time was missed is asked."""
        self._scheduler.start()
        self.wake()
        self._scheduler.add_job(self._go_on, "interval", seconds=RUNS_EVERY.seconds, executor="runs")
        last = last_successes(self._settings)
        for source in self._settings.sources:
            self._add(source, last.get(source.name))
        self._scheduler.add_job(self._prune, "cron", hour=PRUNE_AT_HOUR, minute=30, id="prune")
        self._scheduler.add_job(self._look_after, "interval", minutes=LOOK_AFTER_MINUTES, id="look after")
        if self._settings.digest.channels:
            at = datetime.now(UTC) + GATHER
            self._scheduler.add_job(
                self._digest, "interval", minutes=DIGEST_MINUTES, id="digest", next_run_time=at
            )

    def stop(self) -> None:
        """Take no new job; a running one ends behind its current page."""
        self._stop.set()
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Let the writer drain the spool soon; many calls make one draining."""
        self._once("drain", self._drain, GATHER)

    def _add(self, source: ConfiguredSource, last_success: datetime | None) -> None:
        trigger = trigger_of(source.every, source.schedule)
        if trigger is None:
            return
        at = first_run(trigger, last_success, datetime.now(UTC))
        run = partial(self._collect, source.name)
        self._scheduler.add_job(run, trigger, id=_job_of(source.name), next_run_time=at)
        _log.info("source=%s next_run=%s", source.name, at.isoformat(timespec="seconds"))

    def _once(self, job_id: str, run: Callable[[], None], after: timedelta) -> None:
        """Run a job once, unless it is waiting already."""
        with self._asking:
            if self.is_running and self._scheduler.get_job(job_id) is None:
                self._scheduler.add_job(run, "date", run_date=datetime.now(UTC) + after, id=job_id)

    def _drain(self) -> None:
        self._run("drain", lambda: drain_and_publish(self._settings, clock=self._clock), self._drain)

    def _go_on(self) -> None:
        """Runs of actions that wait for a review, a merge, or a process that died go on where they can."""
        try:
            for run in go_on(self._settings, self._clock, self.wake):
                _log.info("run=%s target=%s stage=%s", run.run_id, run.target, run.stage)
        except Exception as error:
            _log.error("job='runs' failed with %s: %s", type(error).__name__, error)

    def _collect(self, name: str) -> None:
        def collect() -> Report:
            return collect_and_publish(self._settings, only=[name], clock=self._clock, stop=self._stop)

        self._run(_job_of(name), collect, partial(self._collect, name))

    def _look_after(self) -> None:
        self._run("look after", lambda: look_after(self._settings, clock=self._clock), lambda: None)

    def _digest(self) -> None:
        def work() -> None:
            if n_sent := send_due(self._settings, clock=self._clock):
                _log.info("job='digest' sent=%d", n_sent)

        self._run("digest", work, self._digest)

    def _prune(self) -> None:
        def work() -> None:
            pruned = prune(self._settings, dry_run=False, clock=self._clock)
            rows = sum(row.n_rows for row in pruned.rows)
            _log.info("job='prune' rows=%d bytes=%d", rows, pruned.after.n_bytes)

        self._run("prune", work, self._prune)

    def _run(self, job: str, work: Callable[[], Report | None], again: Callable[[], None]) -> None:
        """Do the work; whatever goes wrong is said, and the thread lives on for the next job."""
        if self._stop.is_set():
            return
        try:
            report = work()
        except WarehouseBusyError as error:
            _log.info("job=%r waits=%r", job, str(error))
            self._once(f"{job} again" if job != "drain" else job, again, AGAIN_AFTER_BUSY)
        except Exception as error:
            _log.error("job=%r failed with %s: %s", job, type(error).__name__, error)
        else:
            _say(job, report)


def _job_of(source: str) -> str:
    return f"{SOURCE_RUN} {source}"


def _say(job: str, report: Report | None) -> None:
    if report is None:
        return
    for outcome in report.failed:
        _log.warning("job=%r failed=%r error=%r", job, outcome.label, outcome.error)
    rows = (report.inserted, report.updated, report.skipped)
    _log.info("job=%r inserted=%d updated=%d skipped=%d snapshot=%d", job, *rows, report.version)


def last_successes(settings: Settings) -> Mapping[str, datetime]:
    """When each source was last asked with success, by what is published."""
    try:
        with open_snapshot(settings) as snapshot:
            rows = snapshot.sql(_LAST_SUCCESS).to_pylist()
    except NoDataError:
        return {}
    return {row["source"]: row["at"].replace(tzinfo=UTC) for row in rows}
