"""The guided tour in a real browser: by the keyboard through pages, ended, remembered, begun again."""

from typing import Any

from playwright.sync_api import Browser, Page

from dashboards.tour.stepper import COOKIE
from tests.browser.axe import needs_axe, violations
from tests.browser.chromium import IN_CHROMIUM, page_at, settle

pytestmark = [*IN_CHROMIUM, needs_axe]


def test_the_tour_goes_from_page_to_page_by_the_keyboard_and_stays_ended(
    browser: Browser, address: str
) -> None:
    with page_at(browser, address, is_first_visit=True) as page:
        assert violations(page) == []
        for step, path in enumerate(("/roi", "/delivery", "/adoption", "/team", "/data_health"), start=2):
            _press(page, "link", "Next: ")
            page.get_by_text(f"step {step} of 6").wait_for()
            assert path in page.url
        assert "audit=Change+lead+time" in page.url
        assert violations(page) == []
        _press(page, "button", "End the tour")
        page.wait_for_function("name => document.cookie.includes(`${name}=ended`)", arg=COOKIE)
        page.goto(address)
        settle(page)
        assert not page.get_by_text("step 1 of 6").count()
        page.get_by_role("button", name="Guided tour").click()
        page.get_by_text("step 1 of 6").wait_for()
        assert not page.problems  # type: ignore[attr-defined]


def test_a_visitor_who_comes_again_is_not_guided(browser: Browser, address: str) -> None:
    with page_at(browser, address) as page:
        assert not page.get_by_text("step 1 of 6").count()


def _press(page: Page, role: Any, name: str) -> None:
    page.get_by_role(role, name=name).focus()
    page.keyboard.press("Enter")
    settle(page)
