"""Everything by keyboard: past the side bar, a filter, the rows behind a figure, its file; focus is seen."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import IN_CHROMIUM, page_at, settle

pytestmark = IN_CHROMIUM
_FOCUSED = """
() => {
  const e = document.activeElement;
  const frame = e.closest('[data-baseweb], [role=group], label, [data-testid]') ?? e;
  const near = [e, frame, e.parentElement, e.nextElementSibling].filter(Boolean);
  const seen = near.map(each => getComputedStyle(each));
  const isFramed = l => l.outlineStyle !== 'none' && l.outlineWidth !== '0px' || l.boxShadow !== 'none'
    || l.borderColor.includes('59, 123') || l.borderColor.includes('37, 99');
  return {
    name: e.matches('main, section, div') ? e.tagName
      : (e.ariaLabel || e.innerText || e.labels?.[0]?.innerText || e.title || e.tagName).trim(),
    test: e.dataset.testid ?? '',
    // A table is a canvas, which draws the frame of the cell that is focused by itself.
    isSeen: (e.dataset.testid ?? '').startsWith('glide-cell') || seen.some(isFramed),
  };
}
"""


def tab_to(page: Page, name: str, *, most: int = 60) -> list[str]:
    """Press Tab until what has this name is focused; what came before it. Each has a focus that shows."""
    passed: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        assert focused["isSeen"], f"no focus is seen on {focused}"
        if name in focused["name"]:
            return passed
        passed.append(focused["name"])
    raise AssertionError(f"{name} is not among the {most} stops: {passed}")


def test_a_filter_the_rows_and_the_file_are_reached_by_keyboard_alone(browser: Browser, address: str) -> None:
    with page_at(browser, f"{address}/delivery") as page:
        assert tab_to(page, "Skip to main content") == []
        assert "Delivery performance" in " ".join(tab_to(page, "Teams"))
        page.keyboard.type("Payments")
        page.keyboard.press("Enter")
        page.wait_for_url("**team=Payments**")
        settle(page, "Payments; days in Europe/Berlin")
        page.keyboard.press("Escape")
        passed = tab_to(page, "Show the rows")
        assert any("CSV" in name for name in passed), passed
        page.keyboard.press("Space")
        page.wait_for_url("**rows=true**")
        settle(page, "rows behind change lead time")
        with page.expect_download() as waiting:
            tab_to(page, "All rows as CSV")
            page.keyboard.press("Enter")
        rows = Path(waiting.value.path()).read_text().splitlines()
        assert len(rows) > 100
        assert "payments" in rows[1]


def test_the_skip_link_leads_past_the_side_bar(browser: Browser, address: str) -> None:
    with page_at(browser, address) as page:
        tab_to(page, "Skip to main content")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = page.evaluate("!!document.activeElement.closest('[data-testid=stMain]')")
        assert inside
