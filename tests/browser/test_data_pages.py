"""The page on the data and the catalogue in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import CHROMIUM, chromium, page_at, served, settle
from tests.dashboards.conftest import SETTINGS
from tests.dashboards.organisation import END, rows
from tests.world import publish_world

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("browser")
    with publish_world(directory / "data", rows(), SETTINGS, now=END):
        pass
    with served(directory / "data" / "marts", directory) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize(("mode", "width"), [("light", 1440), ("dark", 390)])
@pytest.mark.parametrize("path", ["data_health?audit=Change+fail+rate", "catalogue?metric=change_lead_time"])
def test_a_shared_link_opens_in_every_mode_and_fits(
    browser: Browser, address: str, path: str, mode: str, width: int
) -> None:
    with page_at(browser, f"{address}/{path}", mode=mode, width=width) as page:
        assert page.locator("[data-testid=stException]").count() == 0
        assert page.get_by_text("Source:" if "catalogue" in path else "4. What follows.").first.is_visible()
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert page.problems == []  # type: ignore[attr-defined]


def test_a_search_is_in_the_url_and_finds_one_metric(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/catalogue") as page:
        box = page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first
        box.fill("change fail")
        box.press("Enter")
        page.wait_for_url("**find=change+fail**")
        settle(page)
        assert page.get_by_text("metrics speak of this").is_visible()
