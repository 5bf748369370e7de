"""The main ways through the dashboard: open, filter, drill to the evidence, share the link, take a file."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser

from dashboards.page.keys import KEYS
from metrics.catalog import metric_named
from tests.browser.chromium import IN_CHROMIUM, page_at, settle
from tests.browser.conftest import TOKEN

pytestmark = IN_CHROMIUM


def test_the_overview_has_a_card_for_each_key_with_its_definition_and_sql_a_click_away(
    browser: Browser, address: str
) -> None:
    with page_at(browser, address) as page:
        for name in KEYS:
            card = page.locator(f".st-key-card-{name}")
            assert card.get_by_text(metric_named(name).title).first.is_visible()
            assert card.locator("[data-testid=stMetricValue]").is_visible()
        page.get_by_text("Definition and SQL").first.click()
        page.get_by_text("by ancestry of the merge commit").first.wait_for()
        page.get_by_text("FROM fact_changes").first.wait_for()


def test_filters_follow_to_other_pages_and_a_fresh_browser_shows_the_same(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/?period=Q3+2025") as page:
        page.get_by_role("combobox", name="Teams").click()
        page.get_by_role("option", name="Payments").click()
        page.wait_for_url("**team=Payments**")
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Delivery performance").click()
        page.get_by_role("heading", name="Delivery performance").wait_for()
        page.get_by_text("Change fail rate", exact=True).first.click()
        page.wait_for_url("**key=Change+fail+rate**")
        settle(page, "Other definitions read these rows")
        link = page.url
        asked = parse_qs(urlsplit(link).query)
        assert (asked["team"], asked["period"]) == (["Payments"], ["Q3 2025"])
        assert page.problems == []  # type: ignore[attr-defined]
    with page_at(browser, link) as page:
        page.get_by_text("Payments; days in Europe/Berlin").wait_for()
        page.get_by_text("Other definitions read these rows").wait_for()


def test_a_click_on_a_point_opens_the_rows_behind_it(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/delivery") as page:
        page.locator(".js-plotly-plot .scatterlayer .points path").nth(10).click(force=True)
        page.get_by_text("rows behind change lead time").wait_for()
        assert page.locator("[data-testid=stException]").count() == 0


def test_a_chosen_team_stands_in_the_address_and_a_fresh_browser_shows_it(
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


def test_leaked_tickets_come_as_a_file_with_links_and_the_mark_of_simulation(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/adoption?team=Payments&period=Q3+2025") as page:
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Tickets as CSV").click()
        header, first = Path(waiting.value.path()).read_text().splitlines()[:2]
        assert header.startswith("action,team_id,ticket_id,")
        assert header.endswith("is_simulated")
        assert "https://tickets.example/REQ-" in first
        assert first.endswith("True")


def test_a_measure_in_depth_is_chosen_and_stays_in_the_link(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/adoption") as page:
        page.locator(".st-key-measure").get_by_text("Golden-path share").click()
        page.wait_for_url("**measure=Golden-path+share**")
        page.get_by_text("Golden-path share of Small organisation,").wait_for()
        assert page.problems == []  # type: ignore[attr-defined]


def test_the_file_of_a_table_is_byte_for_byte_what_the_api_answers(browser: Browser, address: str) -> None:
    """The table of teams on the delivery page, and `format=csv` for the window that the file names."""
    with page_at(browser, f"{address}/delivery?period=Q3+2025") as page:
        panel = page.locator("[data-testid=stVerticalBlock]").filter(
            has=page.get_by_text("Choose a row to see what is behind it")
        )
        with page.expect_download() as waiting:
            panel.last.get_by_test_id("stBaseButton-tertiary").filter(has_text="CSV").click()
        name = waiting.value.suggested_filename
        taken = Path(waiting.value.path()).read_bytes()
    assert name == "payoff_change_lead_time_by_team_2025-07-01_2025-10-01_simulated.csv"
    asked = {"by": "team", "period": "window", "start": "2025-07-01", "end": "2025-10-01"}
    answer = httpx.get(
        f"{address}/api/v1/metrics/change_lead_time",
        params=asked | {"format": "csv"},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
    )
    assert answer.status_code == 200
    assert len(taken.splitlines()) == 6, "a header and five teams"
    assert answer.content == taken


def test_a_search_of_the_catalogue_is_in_the_address_and_finds_one_metric(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/catalogue") as page:
        box = page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first
        box.fill("change fail")
        box.press("Enter")
        page.wait_for_url("**find=change+fail**")
        page.get_by_text("metrics speak of this").wait_for()
