"""A served dashboard and a headless Chromium, for tests and for the pictures of the documentation."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dashboards.tour.stepper import COOKIE
from tests.service.ports import free_port

CHROMIUM = Path("/usr/bin/chromium")
# For every module of tests that drives it: one worker, and a reason where there is none.
IN_CHROMIUM = [
    pytest.mark.chromium,
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# A loaded machine takes its time; whoever waits, waits for a thing to happen and never for a time to pass.
_READY_SECONDS, SOON = 180, 90_000
# Nothing of the page changes for this long once all that was sent is drawn.
_QUIET_MS = 300
_DRAWN = """
quiet => new Promise(done => {
  let last = performance.now();
  const seen = new MutationObserver(() => { last = performance.now(); });
  seen.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  const look = () => {
    const isEnded = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
      && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]');
    if (!isEnded) last = performance.now();
    if (performance.now() - last < quiet) return setTimeout(look, 50);
    seen.disconnect();
    done();
  };
  look();
})
"""
# What Streamlit itself probes below the path of a page before it finds the server's root.
_STREAMLIT_PROBES = ("/_stcore/health", "/_stcore/host-config")


@contextmanager
def serving(config: Path, port: int | None = None, **environ: str) -> Iterator[str]:
    """The address of `payoff serve` with this configuration, once it answers."""
    port = port or free_port()
    payoff = str(Path(sys.executable).with_name("payoff"))
    command = [payoff, "serve", "--config", str(config), "--port", str(port)]
    with (config.parent / "serve.log").open("wb") as log:
        server = subprocess.Popen(command, env={**os.environ, **environ}, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=_READY_SECONDS)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the dashboard ended with {server.returncode} before it answered")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the dashboard did not answer within {_READY_SECONDS} s")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def page_at(
    browser: Browser, address: str, *, mode: Any = "light", width: int = 1440, is_first_visit: bool = False
) -> Iterator[Page]:
    """A page that has come to rest; ``page.problems`` lists what the browser complained about.

    Whoever is not there for the first time has ended the guided tour. Without a graphics card each step of
    an animation is drawn by the processor, so Streamlit is asked for none.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 1000}, color_scheme=mode, reduced_motion="reduce"
    )
    if not is_first_visit:
        context.add_cookies([{"name": COOKIE, "value": "ended", "url": address}])
    context.set_default_timeout(SOON)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: _note_failure(request, problems))
    page.on("response", lambda response: _note_refusal(response, problems))
    page.goto(address)
    settle(page)
    page.problems = problems  # type: ignore[attr-defined]
    yield page
    context.close()


def _note_refusal(response: Any, problems: list[str]) -> None:
    if response.status >= 400 and not response.url.endswith(_STREAMLIT_PROBES):
        problems.append(f"{response.status}: {response.url}")


def _note_failure(request: Any, problems: list[str]) -> None:
    """A request that the browser gave up because its page was left is none that failed."""
    if request.failure != "net::ERR_ABORTED":
        problems.append(f"failed: {request.url} ({request.failure})")


def settle(page: Page, words: str = "") -> None:
    """Wait until these words are drawn, the script has ended and all that it sent is drawn.

    After a choice, ``words`` are what only its answer says: the address changes as soon as something is
    chosen, and the script begins to run some time later.
    """
    page.get_by_text(words).first.wait_for() if words else page.wait_for_selector("h1")
    page.evaluate(_DRAWN, _QUIET_MS)


def show_whole(page: Page, *, tallest: int = 6000) -> None:
    """Make the window as tall as the page, so that a picture holds all of it, up to ``tallest`` pixels."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    width = page.viewport_size["width"] if page.viewport_size else 1440
    page.set_viewport_size({"width": width, "height": min(int(height) + 20, tallest)})
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
    page.wait_for_timeout(900)
