"""The flow: collect every source, work out names and links, check, publish.

One function for the command line, the scheduler and the tests. A source that fails does not stop the
others; what it stored before stays, and its cursor stands behind the last page that was stored.
"""

import threading
from collections.abc import Callable, Sequence

from collectors.base import Discovering, RawBody, Replayable, Resource, Source
from collectors.errors import SkippableError, StoppedError
from service.alerts.watch import look, watched
from service.care.people import check_keys
from service.configuration.config import Settings
from service.configuration.sources import CONFIGURATION
from service.running.collection import source_run
from service.running.left_demo import remove_left_demo
from service.running.narration import Listener, Silence
from service.running.publishing import publish_snapshot
from service.running.run_report import Outcome, Report
from service.running.sources import asked, build_sources, chosen_sources
from service.running.spooled import drain_spool, retry_refused, spool_kinds
from service.storage.warehouse import open_warehouse
from warehouse.catalogue import lift_catalogue, overlay_catalogue
from warehouse.engine import Clock, Warehouse
from warehouse.journal import raw_bodies, raw_scopes
from warehouse.load import load_page
from warehouse.merge import Counts
from warehouse.records import to_tables


def collect_and_publish(
    settings: Settings,
    *,
    only: Sequence[str] | None = None,
    clock: Clock,
    listener: Listener | None = None,
    stop: threading.Event | None = None,
    through: Callable[[Source], Source] = lambda source: source,
) -> Report:
    """Fetch what is new from the chosen sources (``None``: all) and publish a snapshot.

    ``through`` may put another source in the place of each, such as
    `service.running.backfill.BackfilledSource`.

    Once another thread sets ``stop``, every resource ends behind the page it is at, no wait goes on, and
    what is stored is published; the next run goes on from there.

    Raises
    ------
    UsageError : a chosen source is not configured, or none is.
    warehouse.errors.WarehouseError : another writer, no room, or a failed check; see there.
    """
    chosen = chosen_sources(settings, only)
    listener, stop = listener or Silence(), stop or threading.Event()
    with open_warehouse(settings, clock) as warehouse, watched(warehouse, settings):
        sources = build_sources(settings, asked(chosen), clock(), _sleep_unless(stop))
        check_keys(warehouse, settings)
        lift_catalogue(warehouse, CONFIGURATION)
        for name in remove_left_demo(warehouse, settings):
            listener.begin(f"remove {name}")
            listener.end(f"remove {name}", "rows of the demo world are gone with its source")
        drained = drain_spool(warehouse, spool_kinds(settings))
        outcomes = [
            outcome
            for source in sources
            for outcome in source_run(warehouse, through(source), listener, stop)
        ]
        overlay_catalogue(warehouse, CONFIGURATION, settings.records())
        return publish_snapshot(warehouse, settings, outcomes, clock(), listener, drained)


def drain_and_publish(settings: Settings, *, clock: Clock, listener: Listener | None = None) -> Report | None:
    """Store what waits in the spool and publish a snapshot; ``None`` where nothing waited.

    Raises
    ------
    UsageError : the key of the pseudonyms is another one; the events stay in the spool.
    warehouse.errors.WarehouseError : as for `collect_and_publish`.
    """
    listener = listener or Silence()
    with open_warehouse(settings, clock) as warehouse, watched(warehouse, settings):
        check_keys(warehouse, settings)
        drained = drain_spool(warehouse, spool_kinds(settings))
        if not drained:
            return None
        overlay_catalogue(warehouse, CONFIGURATION, settings.records())
        return publish_snapshot(warehouse, settings, (), clock(), listener, drained)


def look_after(settings: Settings, *, clock: Clock) -> None:
    """Tell what has changed in how the sources are, where nothing is collected for long."""
    if settings.alerts.has_somebody:
        with open_warehouse(settings, clock) as warehouse:
            look(warehouse, settings)


def _sleep_unless(stop: threading.Event) -> Callable[[float], None]:
    """A sleep that ends with `StoppedError` as soon as the run is asked to stop."""

    def sleep(seconds: float) -> None:
        if stop.wait(seconds):
            raise StoppedError("stopped while it waited; the next run goes on from there.")

    return sleep


def replay_and_publish(
    settings: Settings, *, only: Sequence[str] | None = None, clock: Clock, listener: Listener | None = None
) -> Report:
    """Parse the kept raw bodies of the chosen sources again, without the network, and publish.

    Raises
    ------
    UsageError, warehouse.errors.WarehouseError : as for `collect_and_publish`.
    """
    chosen = chosen_sources(settings, only)
    listener = listener or Silence()
    with open_warehouse(settings, clock) as warehouse, watched(warehouse, settings):
        kinds = spool_kinds(settings)
        drained = drain_spool(warehouse, kinds).with_retried(retry_refused(warehouse, kinds))
        outcomes = [
            _replay(warehouse, source.name, resource, listener)
            for source in build_sources(settings, chosen, clock())
            for resource in _kept_resources(warehouse, source)
            if isinstance(resource, Replayable)
        ]
        overlay_catalogue(warehouse, CONFIGURATION, settings.records())
        return publish_snapshot(warehouse, settings, outcomes, clock(), listener, drained)


def _kept_resources(warehouse: Warehouse, source: Source) -> Sequence[Resource]:
    """The resources whose bodies may be kept; a source that looks for its scopes is told those that are."""
    if not isinstance(source, Discovering):
        return source.resources()
    return [
        resource
        for scope_id in raw_scopes(warehouse, source.name)
        for resource in source.resources_of(scope_id)
    ]


def _replay(warehouse: Warehouse, source: str, resource: Resource, listener: Listener) -> Outcome:
    """Parse every kept body of a resource again; a body that still cannot be read is counted."""
    label = f"replay {source} {resource.name} {resource.scope_id}".removesuffix(" *")
    listener.begin(label)
    total, skipped = Counts(), 0
    for batch in raw_bodies(warehouse, source, resource.name, resource.scope_id):
        records = []
        for stored in batch:
            body = RawBody(stored.key, stored.body, stored.fetched_at)
            try:
                records += resource.parse_raw(body)  # type: ignore[attr-defined]
            except SkippableError:
                skipped += 1
        loaded = load_page(warehouse, source, resource.name, resource.scope_id, tables=to_tables(records))
        total = total + loaded.total
    outcome = Outcome(
        source, resource.name, resource.scope_id, total.inserted, total.updated, total.unchanged, skipped
    )
    listener.end(label, outcome.summary)
    return outcome
