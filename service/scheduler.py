"""What `payoff serve` does by itself: one thread writes, so that its jobs never meet.

A job that finds the warehouse held by another process (a `payoff collect` from cron) tries again later.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from service.config import Settings
from service.pipeline import drain_and_publish
from service.report import Clock
from warehouse.errors import WarehouseBusyError

# Events come in bursts: what follows within this time is stored and published in one go.
GATHER = timedelta(seconds=2)
AGAIN_AFTER_BUSY = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class Scheduler:
    """The writer's jobs. ``start`` and ``stop`` are called once each."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._asking = threading.Lock()

    def start(self) -> None:
        """Begin; what waits in the spool is stored first."""
        self._scheduler.start()
        self.wake()

    def stop(self) -> None:
        """Take no new job and wait for the running one."""
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Let the writer drain the spool soon; many calls make one draining."""
        self._once("drain", self._drain, GATHER)

    def _once(self, job_id: str, run: Callable[[], None], after: timedelta) -> None:
        """Run a job once, unless it is waiting already."""
        with self._asking:
            if self._scheduler.running and self._scheduler.get_job(job_id) is None:
                self._scheduler.add_job(run, "date", run_date=datetime.now(UTC) + after, id=job_id)

    def _drain(self) -> None:
        try:
            report = drain_and_publish(self._settings, clock=self._clock)
        except WarehouseBusyError as error:
            _log.info("job=drain waits=%r", str(error))
            self._once("drain", self._drain, AGAIN_AFTER_BUSY)
        except Exception as error:
            _log.error("job=drain failed with %s: %s", type(error).__name__, error)
        else:
            if report:
                _log.info("job=drain applied=%d snapshot=%d", report.drained.applied, report.version)
