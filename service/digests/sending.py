"""Digests that are due are sent, each once; what fails for now is tried again, at most so often."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from itertools import groupby

import duckdb

from dashboards.digest.period import Period
from metrics.errors import MetricError
from service.alerts.watch import look
from service.configuration.config import Settings
from service.digests.config import DigestChannel
from service.digests.delivery import Delivery, prepared
from service.digests.making import Made, made
from service.digests.register import Status, begin, end, is_open, settle_interrupted, status_after
from service.digests.timing import due_digests
from service.errors import NoDataError, PayoffError
from service.sending.errors import PassingError, SendingError, UnclearError
from service.storage.snapshots import open_snapshot
from service.storage.warehouse import open_warehouse
from warehouse.engine import Clock, Warehouse
from warehouse.errors import WarehouseError
from warehouse.lock import WriterLock

Prepare = Callable[[Settings, DigestChannel, Made, datetime], Delivery]
# What a frozen report was made from may be of a version whose tables this one does not read.
_UNMADE = (MetricError, PayoffError, WarehouseError, duckdb.Error)
_LOCK = "sending.lock"
_OUTCOME_WAIT_SECONDS = 600
_log = logging.getLogger(__name__)


def send_due(settings: Settings, *, clock: Clock, prepare: Prepare = prepared) -> int:
    """How many digests were sent. One whose period the data does not reach yet waits for it.

    Raises
    ------
    warehouse.errors.WarehouseError : another process writes, or the warehouse cannot be written.
    """
    if not any(due_digests(settings, clock())):
        return 0
    with sending(settings, clock):
        with open_warehouse(settings, clock) as warehouse:
            waiting = [due for due in due_digests(settings, clock()) if is_open(warehouse, due)]
        return sum(
            send(settings, clock, period, [due.channel for due in dues], prepare=prepare)
            for period, dues in groupby(waiting, key=lambda due: due.period)
        )


@contextmanager
def sending(settings: Settings, clock: Clock) -> Iterator[None]:
    """Nobody else sends meanwhile, and all others may write; trouble is told at the end."""
    storage = settings.storage
    storage.directory.mkdir(parents=True, exist_ok=True)
    lock = WriterLock.acquire(
        storage.directory / _LOCK, wait_seconds=storage.lock_wait_seconds, since=clock()
    )
    try:
        with open_warehouse(settings, clock) as warehouse:
            settle_interrupted(warehouse)
        try:
            yield
        finally:
            with open_warehouse(settings, clock) as warehouse:
                look(warehouse, settings)
    finally:
        lock.release()


def send(
    settings: Settings,
    clock: Clock,
    period: Period,
    channels: list[DigestChannel],
    *,
    prepare: Prepare = prepared,
) -> int:
    """Send the digest of a period to channels now; how many took it. How it went is written down."""
    now = clock()
    ready: list[tuple[DigestChannel, Delivery]]
    with ExitStack() as stack:
        try:
            snapshot = stack.enter_context(open_snapshot(settings))
            if not _reaches(snapshot.settings["as_of"], settings, period):
                _log.info("digest=%s waits for data of the whole period", period.name)
                return 0
            found = stack.enter_context(made(settings, snapshot, period, now))
            ready = [(one, _ready(prepare, settings, one, found, now)) for one in channels]
        except NoDataError:
            return 0
        except _UNMADE as error:
            ready = [(one, partial(_unmade, str(error))) for one in channels]
        return sum(_sent(settings, clock, channel, period, delivery) for channel, delivery in ready)


def _ready(
    prepare: Prepare, settings: Settings, channel: DigestChannel, found: Made, now: datetime
) -> Delivery:
    """What cannot be made for one channel does not keep it from the others."""
    try:
        return prepare(settings, channel, found, now)
    except _UNMADE as error:
        return partial(_unmade, str(error))


def _reaches(as_of: object, settings: Settings, period: Period) -> bool:
    known_to = datetime.fromisoformat(str(as_of)).astimezone(settings.organisation.zone)
    return known_to.date() >= period.end


def _unmade(text: str) -> str:
    raise SendingError(f"it could not be made: {text}")


def _sent(
    settings: Settings, clock: Clock, channel: DigestChannel, period: Period, delivery: Delivery
) -> bool:
    """Whether it was taken. The warehouse is open before and after it, and to all others meanwhile."""
    with open_warehouse(settings, clock) as warehouse:
        run_id = begin(warehouse, channel.name, period)
    status, message = _tried(delivery)
    with _opened_for_outcome(settings, clock) as warehouse:
        if status == "waiting":
            status = status_after(warehouse, channel.name, period)
        end(warehouse, run_id, channel.name, period, status, message)
    log = _log.info if status == "sent" else _log.warning
    log("digest=%s channel=%s status=%s %s", period.name, channel.name, status, message)
    return status == "sent"


def _opened_for_outcome(settings: Settings, clock: Clock) -> Warehouse:
    """What was sent has to be written down, so another writer is waited for longer."""
    wait = max(settings.storage.lock_wait_seconds, _OUTCOME_WAIT_SECONDS)
    return Warehouse.open(settings.storage.directory, wait_seconds=wait, clock=clock)


def _tried(delivery: Delivery) -> tuple[Status, str]:
    try:
        return "sent", delivery()
    except UnclearError as error:
        return "unclear", str(error)
    except PassingError as error:
        return "waiting", str(error)
    except SendingError as error:
        return "failed", str(error)
