"""Several threads fetch, one writes: pages in order, never more threads than allowed, stops between pages."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from collectors import registry
from collectors.base import Context, Cursor, Finding, Page, Preview, Resource
from collectors.errors import FatalError, StoppedError
from service.running.fetching import Fetching, Step
from service.running.pipeline import collect_and_publish
from service.running.run_report import Report
from tests.service.folders import NOW, configured
from warehouse.records import Team


@dataclass
class Watch:
    """How many resources are read at one moment, and the most there were; none goes on before ``awaited``."""

    awaited: int = 1
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    are_there: threading.Event = field(default_factory=threading.Event)

    def enter(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now >= self.awaited:
                self.are_there.set()
        self.are_there.wait(60)

    def leave(self) -> None:
        with self.lock:
            self.now -= 1


@dataclass(frozen=True)
class Numbers:
    """A list of five pages that takes a moment for each; ``broken`` is the page that fails."""

    scope_id: str
    watch: Watch = field(default_factory=Watch)
    broken: int = 0
    name: str = "teams"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        self.watch.enter()
        try:
            for n in range(cursor["page"] if cursor else 1, 6):
                time.sleep(0.005)
                if n == self.broken:
                    raise FatalError(f"page {n} of {self.scope_id}")
                yield Page.of([Team(f"{self.scope_id}-{n}")], cursor={"page": n + 1}, requests=1, done=n)
        finally:
            self.watch.leave()


def steps(resources: list[Numbers], threads: int, stop: threading.Event | None = None) -> Iterator[Step]:
    return iter(Fetching(resources, lambda _: None, threads=threads, stop=stop or threading.Event()))


@pytest.mark.parametrize("threads", [1, 3, 20])
def test_every_page_comes_once_in_the_order_of_its_list(threads: int) -> None:
    watch = Watch(awaited=min(threads, 8))
    seen: dict[str, list[int]] = {}
    for step in steps([Numbers(f"s{k}", watch) for k in range(8)], threads):
        if step.page is not None:
            seen.setdefault(step.resource.scope_id, []).append(step.page.done)
    assert seen == {f"s{k}": [1, 2, 3, 4, 5] for k in range(8)}
    assert watch.most == min(threads, 8)


def test_a_list_that_fails_says_so_and_the_others_end_well() -> None:
    found = steps([Numbers("a", broken=3), Numbers("b")], 2)
    ended = {step.resource.scope_id: step.problem for step in found if step.has_ended}
    assert str(ended["a"]) == "page 3 of a"
    assert ended["b"] is None


def test_a_stop_ends_lists_behind_their_page_and_begins_no_other() -> None:
    stop, ended = threading.Event(), {}
    for step in steps([Numbers("a"), Numbers("b")], 1, stop):
        if step.page is not None and step.page.done == 2:
            stop.set()
        if step.has_ended:
            ended[step.resource.scope_id] = step.problem
    assert ended.keys() == {"a"}
    assert isinstance(ended["a"], StoppedError)


def test_whoever_walks_away_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    walk = steps([Numbers(f"s{k}") for k in range(8)], 4)
    next(walk)
    del walk
    assert set(threading.enumerate()) <= before


class Config(registry.BaseModel):
    """The keys of the source below."""


@dataclass(frozen=True)
class Lists:
    """A source of three lists that asks to be stopped, or waits for a limit, within the second one."""

    name: str
    context: Context
    stop: threading.Event
    waits: bool
    kind: str = "lists"
    concurrency: int = 1

    def resources(self) -> list[Resource]:
        return [Numbers("a"), Stopping("b", self.context, self.stop, self.waits), Numbers("c")]

    def preview(self) -> Preview:
        return Preview((Finding(True, "lists"),))


@dataclass(frozen=True)
class Stopping:
    scope_id: str
    context: Context
    stop: threading.Event
    waits: bool
    name: str = "teams"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        for page in Numbers(self.scope_id).pages(cursor):
            yield page
            if page.done == 2:
                self.stop.set()
                if self.waits:
                    self.context.sleep(3600)


@pytest.mark.parametrize("waits", [False, True])
def test_a_run_that_is_stopped_goes_on_behind_its_last_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    stop = threading.Event()
    monkeypatch.setitem(registry.KINDS, "lists", registry.Kind(__name__, "Lists of the tests."))
    monkeypatch.setattr(registry, "config_class", lambda kind: Config)
    monkeypatch.setattr(
        registry, "build", lambda name, kind, config, context: Lists(name, context, stop, waits)
    )

    def run(hours: int) -> Report:
        settings = configured(tmp_path, "sources:\n  - {name: x, kind: lists}\n")
        return collect_and_publish(settings, clock=lambda: NOW + timedelta(hours=hours), stop=stop)

    first = run(0)
    done = [(o.scope_id, o.inserted, o.is_stopped) for o in first.outcomes]
    # Five pages of a; of b the page at which it was stopped, and the one that was being fetched meanwhile.
    assert done[0] == ("a", 5, False)
    assert done[1] in [("b", 2, True), ("b", 3, True)]
    assert len(done) == 2
    assert not first.failed
    stop.clear()
    again = {outcome.scope_id: outcome.inserted for outcome in run(1).outcomes}
    assert first.outcomes[1].inserted + again["b"] == 5
    assert again["c"] == 5
