"""One source collected: its pages stored one after the other, whichever thread brought them.

A page's rows and its cursor are stored together. A resource that fails does not stop the others, and what
it stored before stays.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from collectors.base import Page, Parallel, Resource, Source
from collectors.errors import CollectorError, StoppedError
from service.running.fetching import Fetching, Step
from service.running.narration import Listener
from service.running.run_report import Outcome
from warehouse.engine import Warehouse
from warehouse.errors import LoadError
from warehouse.journal import FinalStatus, finish_run, read_cursor, start_run
from warehouse.load import load_page
from warehouse.merge import Counts
from warehouse.sources import SOURCE_RUN

# What several sources may well describe; of anything else a row has one source.
_DESCRIBED = ("teams", "services", "ownership", "person_aliases")


def source_run(
    warehouse: Warehouse, source: Source, listener: Listener, stop: threading.Event
) -> list[Outcome]:
    """What every resource of the source brought; the run as a whole is a row of its own in ``job_runs``."""
    run_id = start_run(warehouse, SOURCE_RUN, source.name)
    outcomes = list(collect_source(warehouse, source, listener, stop))
    failed = [outcome for outcome in outcomes if outcome.error]
    status: FinalStatus = "failure" if failed else "interrupted" if stop.is_set() else "success"
    finish_run(
        warehouse,
        run_id,
        status,
        message=f"{len(failed)} of {len(outcomes)} resources failed: {failed[0].error}" if failed else None,
        counts=sum((Counts(o.inserted, o.updated, o.unchanged) for o in outcomes), Counts()),
        skipped=sum(outcome.skipped for outcome in outcomes),
        requests=sum(outcome.requests for outcome in outcomes),
    )
    return outcomes


def collect_source(
    warehouse: Warehouse, source: Source, listener: Listener, stop: threading.Event
) -> Iterator[Outcome]:
    """What every resource of the source brought, in the order in which they end.

    Once ``stop`` is set, each resource under way ends behind its current page, and no other begins.
    """
    try:
        resources = source.resources()
    except CollectorError as error:
        is_stopped = isinstance(error, StoppedError)
        yield Outcome(
            source.name, "resources", "*", error="" if is_stopped else str(error), is_stopped=is_stopped
        )
        return
    fetching = Fetching(
        resources,
        lambda resource: read_cursor(warehouse, source.name, resource.name, resource.scope_id),
        threads=source.concurrency if isinstance(source, Parallel) else 1,
        stop=stop,
    )
    runs: dict[int, _ResourceRun] = {}
    for step in fetching:
        run = runs.get(id(step.resource))
        if run is None:
            run = runs[id(step.resource)] = _ResourceRun(warehouse, source.name, step.resource, listener)
        if step.page is not None and not run.store(step.page):
            fetching.give_up(step.resource)
        if step.has_ended:
            yield run.finish(step)


@dataclass
class _ResourceRun:
    """One resource's run: what its pages brought so far."""

    warehouse: Warehouse
    source: str
    resource: Resource
    listener: Listener
    counts: Counts = field(default_factory=Counts)
    skipped: int = 0
    requests: int = 0
    taken_over: int = 0
    error: str = ""

    def __post_init__(self) -> None:
        job = f"collect {self.resource.name} {self.resource.scope_id}"
        self.label = f"{self.source} {self.resource.name} {self.resource.scope_id}".removesuffix(" *")
        self.listener.begin(self.label)
        self.run_id = start_run(self.warehouse, job, self.source)

    def store(self, page: Page) -> bool:
        """Whether the page and those before it are stored; behind one that is not, nothing is."""
        if self.error:
            return False
        try:
            loaded = load_page(
                self.warehouse,
                self.source,
                self.resource.name,
                self.resource.scope_id,
                tables=page.tables,
                cursor=page.cursor,
                coverage=page.coverage,
                raw=page.raw,
                skipped=page.skipped,
            )
        except LoadError as problem:
            self.error = str(problem)
            return False
        self.counts += loaded.total
        self.taken_over += sum(n.taken_over for name, n in loaded.tables.items() if name not in _DESCRIBED)
        self.skipped += len(page.skipped)
        self.requests += page.requests
        self.listener.advance(self.label, page.done, page.total)
        return True

    def finish(self, step: Step) -> Outcome:
        """The outcome, after the run is marked as ended."""
        problem, is_stopped = step.problem, isinstance(step.problem, StoppedError)
        if problem is not None and not isinstance(problem, CollectorError | LoadError):
            raise problem
        error = self.error or ("" if problem is None or is_stopped else str(problem))
        status: FinalStatus = "failure" if error else "interrupted" if is_stopped else "success"
        finish_run(
            self.warehouse,
            self.run_id,
            status,
            message=error or (str(problem) if is_stopped else None),
            counts=self.counts,
            skipped=self.skipped,
            requests=self.requests,
        )
        outcome = Outcome(
            self.source,
            self.resource.name,
            self.resource.scope_id,
            self.counts.inserted,
            self.counts.updated,
            self.counts.unchanged,
            self.skipped,
            self.requests,
            error,
            is_stopped and not error,
            self.taken_over,
        )
        self.listener.end(self.label, "failed" if error else outcome.summary)
        return outcome
