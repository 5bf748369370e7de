"""How long a page takes until it is drawn, in a real Chromium against the served application.

The application is loaded before, with what draws charts and tables. Then, for each page: the first visit
after a publication, when nothing is remembered, the visit after that, and each change of a filter: a quarter,
a team, both, a tier, days of the reader's own, or another team or service. Beside the seconds until it is
drawn stand those of the script, of these the ones in DuckDB, and the processor time of the server, which does
not grow when others use the machine. The rest is Streamlit's way to the browser, and the browser's.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.chromium import CHROMIUM, chromium, free_port, wait_for
from warehouse.snapshot import read_pointer, write_pointer

__all__ = ["CHROMIUM", "LIMIT_SECONDS", "flat", "measure_pages"]
LIMIT_SECONDS = {"S": 1.0, "L": 2.0}
# The link of each page. The catalogue holds no figure: what it takes is the cost of any page at all.
BARE = "Catalogue"
PAGES = (
    BARE,
    "Overview",
    "Return on investment",
    "Delivery performance",
    "Platform adoption",
    "Team",
    "Service",
    "Data health",
)
_OF_ONE = {"Team": "Team of this page", "Service": "Service of this page"}
_DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && document.querySelector('h1') && !document.querySelector('[data-testid=stSkeleton]')"""
_PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Reader:
    """A browser at the application, whose marts and log of runs are at hand."""

    page: Page
    address: str
    marts: Path
    log: Path

    def open(self) -> None:
        """Load the application anew, without a filter, and go where no figures are.

        The start page has charts and Data health tables, so what draws both is loaded.
        """
        self.page.goto(self.address)
        self.page.wait_for_selector("h1", timeout=_PATIENCE_SECONDS * 1000)
        self._rest()
        self.timed(lambda: self.go("Data health"))
        self.timed(lambda: self.go(BARE))

    def publish(self) -> None:
        """The same snapshot under a new publication, so that nothing of it is remembered."""
        info = read_pointer(self.marts)
        assert info is not None
        write_pointer(self.marts, replace(info, published_at=info.published_at + timedelta(seconds=1)))

    def timed(self, act: Callable[[], None]) -> dict[str, float]:
        """From the act until the page is drawn."""
        before = len(self._runs())
        start = time.perf_counter()
        act()
        while len(self._runs()) == before and time.perf_counter() - start < _PATIENCE_SECONDS:
            time.sleep(0.005)
        self.page.wait_for_function(_DRAWN, polling="raf", timeout=_PATIENCE_SECONDS * 1000)
        self.page.evaluate(_PAINTED)
        drawn = time.perf_counter() - start
        runs = self._runs()[before:]
        assert self.page.locator("[data-testid=stException]").count() == 0, self.page.url
        self._rest()
        return {"drawn": drawn, **{name: sum(run[name] for run in runs) for name in runs[0]}}

    def go(self, title: str) -> None:
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()

    def choice(self, label: str, place: int) -> Callable[[], None]:
        """Open a box and go to its ``place``-th next option; the act is to take it."""
        box = self.page.get_by_role("combobox", name=label).first
        box.click()
        for _ in range(place):
            box.press("ArrowDown")
        return partial(box.press, "Enter")

    def choice_of_quarter(self) -> Callable[[], None]:
        """The newest quarter that is over, of the periods, which stand newest first."""
        self.page.get_by_role("combobox", name="Period").first.click()
        return self.page.get_by_role("option").nth(1).click

    def choice_of_days(self) -> Callable[[], None]:
        """A period that no name says."""
        box = self.page.get_by_role("combobox", name="Period").first
        box.click()
        box.press_sequentially("Custom")
        return partial(box.press, "Enter")

    def _runs(self) -> list[dict[str, float]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def _rest(self) -> None:
        """Until nothing runs any more, so that the next act is measured alone."""
        self.page.wait_for_function(_DRAWN, timeout=_PATIENCE_SECONDS * 1000)
        self.page.wait_for_timeout(400)


def measure_pages(config: Path, marts: Path) -> dict[str, dict[str, float]]:
    """Seconds by page and act."""
    log = config.with_name("runs.ndjson")
    log.unlink(missing_ok=True)
    with _served(config, log) as address, chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        reader = Reader(page, address, marts, log)
        reader.open()
        # The program itself is imported by whoever comes first after a start; that is no page's cost.
        for title in PAGES:
            reader.timed(lambda title=title: reader.go(title))  # type: ignore[misc]
        return {f"{title}: {act}": found for title in PAGES for act, found in _visits(reader, title)}


def _visits(reader: Reader, title: str) -> Iterator[tuple[str, dict[str, float]]]:
    reader.open()
    if title == BARE:
        reader.timed(lambda: reader.go("Data health"))
        yield "second visit", reader.timed(lambda: reader.go(title))
        return
    reader.publish()
    if title in _OF_ONE:
        yield from _of_one(reader, title)
        return
    yield "first visit", reader.timed(lambda: reader.go(title))
    reader.timed(lambda: reader.go(BARE))
    yield "second visit", reader.timed(lambda: reader.go(title))
    yield "another quarter", reader.timed(reader.choice_of_quarter())
    yield "one team of it", reader.timed(reader.choice("Teams", 1))
    for act, choice in (
        ("one team", lambda: reader.choice("Teams", 2)),
        ("one tier", lambda: reader.choice("Service tiers", 1)),
        ("custom period", reader.choice_of_days),
    ):
        reader.open()
        reader.timed(lambda: reader.go(title))
        yield act, reader.timed(choice())


def _of_one(reader: Reader, title: str) -> Iterator[tuple[str, dict[str, float]]]:
    """A page of one team or service, which is empty until one is chosen."""
    reader.timed(lambda: reader.go(title))
    reader.publish()
    yield "first visit", reader.timed(reader.choice(_OF_ONE[title], 1))
    yield "another one", reader.timed(reader.choice(_OF_ONE[title], 2))
    yield "another quarter", reader.timed(reader.choice_of_quarter())
    yield "another one of it", reader.timed(reader.choice(_OF_ONE[title], 1))
    yield "custom period", reader.timed(reader.choice_of_days())


@contextmanager
def _served(config: Path, log: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.timed_app", str(config), str(port), str(log)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def flat(measured: dict[str, dict[str, float]], limit: float) -> dict[str, Any]:
    """One line per visit beside the limit and a page without figures, and the slowest of all."""
    bare = measured[f"{BARE}: second visit"]["drawn"]
    lines: dict[str, Any] = {name: _line(found, limit, bare) for name, found in measured.items()}
    slowest = max(found["drawn"] for found in measured.values())
    return {**lines, "slowest_seconds": slowest, "slowest_ratio_to_limit": slowest / limit}


def _line(found: dict[str, float], limit: float, bare: float) -> str:
    return (
        f"{found['drawn']:.2f} s of {limit:g} s, {found['drawn'] / bare:.1f} × bare; "
        f"script {found['script']:.2f}, SQL {found['sql']:.2f} ({found['queries']:.0f}), "
        f"CPU {found['cpu']:.2f}"
    )
