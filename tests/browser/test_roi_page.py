"""The page of the money in a real browser: charts in every mode and width, a slider, a frozen file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import needs_axe, violations
from tests.browser.chromium import IN_CHROMIUM, page_at, serving, settle
from tests.service.command import run_payoff
from tests.service.folders import write_config
from tests.service.report_world import QUARTER, published

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("money")
    published(directory)
    config = ("--config", str(directory / "config.yaml"))
    frozen = run_payoff("report", "--quarter", QUARTER, "--output", str(directory / "out"), *config)
    assert frozen.exit_code == 0
    # The server would ask the source of these rows, which is not there, and publish that.
    write_config(directory, "")
    return directory


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(folder / "config.yaml") as started:
        yield started


@pytest.mark.parametrize(("mode", "width"), [("light", 1440), ("dark", 390)])
def test_every_chart_is_drawn_with_words_for_it(
    browser: Browser, address: str, mode: str, width: int
) -> None:
    with page_at(browser, f"{address}/roi", mode=mode, width=width) as page:
        assert page.locator("[data-testid=stException]").count() == 0
        bars = page.locator(".rows img")
        # Waterfall with 6 lines and axes, ranges, tornado: more than a dozen.
        assert bars.count() > 12
        assert page.evaluate(
            "[...document.querySelectorAll('.rows img')].every(i => i.complete && i.width > 90)"
        )
        assert page.get_by_alt_text("189k").count() == 1
        assert page.locator(".js-plotly-plot").count() == 1
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert page.problems == []  # type: ignore[attr-defined]


@needs_axe
@pytest.mark.parametrize("mode", ["light", pytest.param("dark", marks=pytest.mark.full)])
def test_axe_finds_nothing_that_is_ours(browser: Browser, address: str, mode: str) -> None:
    with page_at(browser, f"{address}/roi", mode=mode) as page:
        assert violations(page) == []


def test_a_slider_changes_the_link_and_a_fresh_browser_shows_the_same(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/roi") as page:
        page.get_by_role("slider").nth(1).focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**realisation=51**")
        settle(page, "The likely net would be")
        link = page.url
    with page_at(browser, link) as page:
        page.get_by_text("The likely net would be").wait_for()


def test_a_frozen_file_is_downloaded_byte_for_byte(browser: Browser, address: str, folder: Path) -> None:
    name = f"roi_lines_{QUARTER}.csv"
    with page_at(browser, f"{address}/roi") as page:
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        frozen = folder / "data" / "reports" / QUARTER / "v1" / name
        assert Path(waiting.value.path()).read_bytes() == frozen.read_bytes()


def test_a_figure_is_entered_and_waits_for_the_publication(browser: Browser, address: str) -> None:
    """The last one here: the writer is woken and publishes what these tests look at anew."""
    with page_at(browser, f"{address}/roi") as page:
        page.get_by_role("button", name="Enter a figure").click()
        page.get_by_role("spinbutton", name="High, EUR/year").fill("160000")
        page.get_by_role("textbox", name="Why").first.fill("payroll of this year")
        page.get_by_role("button", name="Enter the figure").click()
        page.get_by_text("A new version of Salary is entered").wait_for()
        assert page.problems == []  # type: ignore[attr-defined]
