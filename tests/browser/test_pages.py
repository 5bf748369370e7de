"""Both pages in a real browser: light and dark, wide and narrow, and the ways between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboards.page.keys import KEYS
from metrics.catalog import metric_named
from tests.browser.chromium import CHROMIUM, chromium, page_at, served, settle
from tests.dashboards.conftest import SETTINGS
from tests.dashboards.organisation import END, rows
from tests.world import publish_world

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(11, 18, 32)"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of the small organisation, started from a folder that knows nothing of the project."""
    directory = tmp_path_factory.mktemp("browser")
    with publish_world(directory / "data", rows(), SETTINGS, now=END):
        pass
    with served(directory / "data" / "marts", directory) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_overview_shows_five_cards_in_every_mode_and_width(
    browser: Browser, address: str, mode: str, width: int
) -> None:
    with page_at(browser, address, mode=mode, width=width) as page:
        assert page.locator("[data-testid=stException]").count() == 0
        for name in KEYS:
            card = page.locator(f".st-key-card-{name}")
            assert card.get_by_text(metric_named(name).title).first.is_visible()
            assert card.locator("[data-testid=stMetricValue]").is_visible()
        assert page.locator(".js-plotly-plot").count() == 2
        background = page.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        )
        assert background == BACKGROUNDS[mode]
        is_wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not is_wider
        assert page.problems == []  # type: ignore[attr-defined]


def test_filters_follow_to_the_other_page_and_a_shared_link_shows_the_same(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/?team=Payments&period=Q3+2025") as page:
        page.get_by_role("link", name="Delivery performance").click()
        page.get_by_role("heading", name="Delivery performance").wait_for()
        settle(page)
        assert "team=Payments" in page.url
        page.get_by_text("Change fail rate", exact=True).first.click()
        page.wait_for_url("**key=Change+fail+rate**")
        settle(page)
        link = page.url
        assert page.problems == []  # type: ignore[attr-defined]
    with page_at(browser, link) as page:
        page.get_by_text("Payments; days in Europe/Berlin").wait_for()
        page.get_by_text("Other definitions read these rows").wait_for()


def test_a_click_on_a_point_opens_the_rows_behind_it(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/delivery") as page:
        page.locator(".js-plotly-plot .scatterlayer .points path").nth(10).click(force=True)
        page.get_by_text("rows behind change lead time").wait_for(timeout=20_000)
        assert page.locator("[data-testid=stException]").count() == 0


def test_the_csv_of_the_page_is_marked_as_simulated(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/delivery") as page:
        with page.expect_download() as waiting:
            page.get_by_role("button", name="CSV").first.click()
        header, first = Path(waiting.value.path()).read_text().splitlines()[:2]
        assert waiting.value.suggested_filename.startswith("payoff_change_lead_time_by_")
        assert header.startswith("scope_id,period_start,value,n,low,high,status")
        assert header.endswith("is_simulated")
        assert first.endswith("True")


def test_the_definition_and_its_sql_are_one_click_away(browser: Browser, address: str) -> None:
    with page_at(browser, address) as page:
        page.get_by_text("Definition and SQL").first.click()
        page.get_by_text("by ancestry of the merge commit").first.wait_for()
        page.get_by_text("FROM fact_changes").first.wait_for()
