"""Adoption, team and service in a real browser: widths, modes, the ways through them, accessibility."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import CHROMIUM, chromium, page_at, served, settle
from tests.dashboards.conftest import SETTINGS
from tests.dashboards.organisation import END, rows
from tests.world import publish_world

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
ADOPTION, TEAM, SERVICE = PATHS = ("adoption", "team?team=Payments", "service?service=payments-api")
# Each page once, each mode and the widest and narrowest screen; the rest with the full tests.
OFTEN = ((ADOPTION, "dark", 390), (TEAM, "light", 1440), (SERVICE, "dark", 1440))
AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("adoption_browser")
    with publish_world(directory / "data", rows(), SETTINGS, now=END):
        pass
    with served(directory / "data" / "marts", directory) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize(
    ("path", "mode", "width"),
    [
        pytest.param(path, mode, width, marks=() if (path, mode, width) in OFTEN else pytest.mark.full)
        for path in PATHS
        for mode in ("light", "dark")
        for width in (1440, 1024, 390)
    ],
)
def test_it_fits_and_the_browser_complains_of_nothing(
    browser: Browser, address: str, path: str, mode: str, width: int
) -> None:
    with page_at(browser, f"{address}/{path}", mode=mode, width=width) as page:
        assert page.locator("[data-testid=stException]").count() == 0
        assert page.locator(".js-plotly-plot").count() >= 2
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert page.problems == []  # type: ignore[attr-defined]


def test_the_team_that_is_chosen_stands_in_the_address_and_a_fresh_browser_shows_it(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/team") as page:
        page.get_by_role("combobox", name="Team of this page").click()
        page.get_by_role("option", name="Search").click()
        page.get_by_role("heading", name="Search", exact=True).wait_for()
        page.wait_for_url("**team=Search**")
        link = page.url
    with page_at(browser, link) as page:
        page.get_by_role("heading", name="Search", exact=True).wait_for()
        assert page.problems == []  # type: ignore[attr-defined]


def test_leaked_tickets_come_as_a_file_and_the_filters_follow_to_the_team(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/adoption?team=Payments&period=Q3+2025") as page:
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Tickets as CSV").click()
        header, first = Path(waiting.value.path()).read_text().splitlines()[:2]
        assert header.startswith("action,team_id,ticket_id,")
        assert "https://tickets.example/REQ-" in first
        assert first.endswith("True")
        page.get_by_role("link", name="Team", exact=True).click()
        page.get_by_role("heading", name="Payments", exact=True).wait_for()
        settle(page)
        assert "period=Q3+2025" in page.url


@pytest.mark.skipif(not AXE.exists(), reason=f"there is no axe-core at {AXE}; run make test")
@pytest.mark.parametrize(
    "path", [ADOPTION, *(pytest.param(p, marks=pytest.mark.full) for p in (TEAM, SERVICE))]
)
def test_axe_finds_nothing_that_is_ours(browser: Browser, address: str, path: str) -> None:
    with page_at(browser, f"{address}/{path}") as page:
        assert _violations(page) == []


def _violations(page: Page) -> list[str]:
    """Rule and element of what axe-core finds in the content of the page.

    The small chart in a metric is drawn by Streamlit, with an empty mark that has no name.
    """
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run({include: '[data-testid=stMainBlockContainer]', exclude: '[data-testid=stMetricChart]'},"
        " {resultTypes: ['violations']})"
    )
    return [
        f"{rule['id']}: {json.dumps(node['target'])} {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
