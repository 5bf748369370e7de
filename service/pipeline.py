"""The flow: collect every source, work out names and links, check, publish.

One function for the command line, the scheduler and the tests. A source that fails does not stop the
others; what it stored before stays, and its cursor stands behind the last page that was stored.
"""

from collections.abc import Iterator, Sequence

from collectors.base import RawBody, Replayable, Resource, Source
from collectors.errors import CollectorError, SkippableError
from service.config import Settings
from service.config_sections import CONFIGURATION
from service.narration import Listener, Silence
from service.publishing import publish_snapshot
from service.report import Clock, Outcome, Report
from service.sources import build_sources, chosen_sources
from service.spooled import drain_spool, retry_refused, spool_kinds
from warehouse.catalogue import overlay_catalogue
from warehouse.engine import Warehouse
from warehouse.errors import LoadError
from warehouse.journal import finish_run, raw_bodies, read_cursor, start_run
from warehouse.load import load_page
from warehouse.merge import Counts
from warehouse.records import to_tables


def collect_and_publish(
    settings: Settings, *, only: Sequence[str] | None = None, clock: Clock, listener: Listener | None = None
) -> Report:
    """Fetch what is new from the chosen sources (``None``: all) and publish a snapshot.

    Raises
    ------
    UsageError : a chosen source is not configured, or none is.
    warehouse.errors.WarehouseError : another writer, no room, or a failed check; see there.
    """
    chosen = chosen_sources(settings, only)
    listener = listener or Silence()
    with open_warehouse(settings, clock) as warehouse:
        drained = drain_spool(warehouse, spool_kinds(settings))
        outcomes = [
            outcome
            for source in build_sources(settings, chosen, clock())
            for outcome in _collect_source(warehouse, source, listener)
        ]
        overlay_catalogue(warehouse, CONFIGURATION, settings.records())
        return publish_snapshot(warehouse, settings, outcomes, clock(), listener, drained)


def drain_and_publish(settings: Settings, *, clock: Clock, listener: Listener | None = None) -> Report | None:
    """Store what waits in the spool and publish a snapshot; ``None`` where nothing waited.

    Raises
    ------
    warehouse.errors.WarehouseError : as for `collect_and_publish`.
    """
    listener = listener or Silence()
    with open_warehouse(settings, clock) as warehouse:
        drained = drain_spool(warehouse, spool_kinds(settings))
        if not drained:
            return None
        overlay_catalogue(warehouse, CONFIGURATION, settings.records())
        return publish_snapshot(warehouse, settings, (), clock(), listener, drained)


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
    with open_warehouse(settings, clock) as warehouse:
        kinds = spool_kinds(settings)
        drained = drain_spool(warehouse, kinds).with_retried(retry_refused(warehouse, kinds))
        outcomes = [
            _replay(warehouse, source.name, resource, listener)
            for source in build_sources(settings, chosen, clock())
            for resource in source.resources()
            if isinstance(resource, Replayable)
        ]
        return publish_snapshot(warehouse, settings, outcomes, clock(), listener, drained)


def open_warehouse(settings: Settings, clock: Clock) -> Warehouse:
    """The writer's side of the configured warehouse, waiting for another writer as configured."""
    storage = settings.storage
    return Warehouse.open(storage.directory, wait_seconds=storage.lock_wait_seconds, clock=clock)


def _collect_source(warehouse: Warehouse, source: Source, listener: Listener) -> Iterator[Outcome]:
    """Every resource in turn; one that fails is reported and the next one begins."""
    try:
        resources = source.resources()
    except CollectorError as error:
        yield Outcome(source.name, "resources", "*", error=str(error))
        return
    for resource in resources:
        yield _collect(warehouse, source.name, resource, listener)


def _collect(warehouse: Warehouse, source: str, resource: Resource, listener: Listener) -> Outcome:
    label = f"{source} {resource.name} {resource.scope_id}".removesuffix(" *")
    listener.begin(label)
    run_id = start_run(warehouse, f"collect {resource.name} {resource.scope_id}", source)
    total, skipped, requests, error = Counts(), 0, 0, ""
    try:
        for page in resource.pages(read_cursor(warehouse, source, resource.name, resource.scope_id)):
            loaded = load_page(
                warehouse,
                source,
                resource.name,
                resource.scope_id,
                tables=page.tables,
                cursor=page.cursor,
                coverage=page.coverage,
                raw=page.raw,
                skipped=page.skipped,
            )
            total, skipped, requests = (
                total + loaded.total,
                skipped + len(page.skipped),
                requests + page.requests,
            )
            listener.advance(page.done, page.total)
    except (CollectorError, LoadError) as problem:
        error = str(problem)
    finish_run(
        warehouse,
        run_id,
        "failure" if error else "success",
        message=error or None,
        counts=total,
        skipped=skipped,
        requests=requests,
    )
    outcome = Outcome(
        source,
        resource.name,
        resource.scope_id,
        total.inserted,
        total.updated,
        total.unchanged,
        skipped,
        requests,
        error,
    )
    listener.end("failed" if error else outcome.summary)
    return outcome


def _replay(warehouse: Warehouse, source: str, resource: Resource, listener: Listener) -> Outcome:
    """Parse every kept body of a resource again; a body that still cannot be read is counted."""
    listener.begin(f"replay {source} {resource.name}")
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
    listener.end(outcome.summary)
    return outcome
