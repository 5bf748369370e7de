"""Goals in a real browser: drawn with their verdict, and opened to the rows that they are judged by."""

from playwright.sync_api import Browser

from tests.browser.chromium import IN_CHROMIUM, page_at

pytestmark = IN_CHROMIUM


def test_a_goal_is_drawn_with_its_verdict_and_opens_the_rows_that_it_is_judged_by(
    browser: Browser, address: str
) -> None:
    with page_at(browser, f"{address}/team?team=Payments") as page:
        goal = page.locator(".st-key-goal-self_service_share")
        assert goal.get_by_text("too close to tell").is_visible()
        drawn = goal.get_by_role("img", name="Self-service share: goal at least 60")
        box = drawn.bounding_box()
        assert box is not None
        assert box["width"] > 200
        page.get_by_label("Rows behind a goal").click()
        page.get_by_role("option", name="Self-service share").click()
        page.get_by_text("rows behind self-service share of Payments").wait_for()
        page.get_by_role("button", name="Set a goal").click()
        page.get_by_label("Who answers for it (a role)").wait_for()
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert page.problems == []  # type: ignore[attr-defined]
