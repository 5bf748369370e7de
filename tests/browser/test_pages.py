"""Every page in a real browser, in each mode and width: whether it fits, complaints, what axe-core finds."""

import itertools
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import needs_axe, violations
from tests.browser.chromium import IN_CHROMIUM, page_at

pytestmark = IN_CHROMIUM
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(11, 18, 32)"}
WIDTHS = (1440, 1024, 390)


class Shown(NamedTuple):
    """A page by its address, and words that stand on it when it has come whole."""

    path: str
    words: str


PAGES = (
    Shown("", "what caused a change is another question"),
    Shown("roi", "Return on investment"),
    Shown("delivery?key=Change+fail+rate&rows=true", "rows behind change fail rate"),
    Shown("adoption?measure=Self-service+share", "The rows behind the figure"),
    Shown("team?team=Payments&team-measure=Change+lead+time", "The rows behind the figure"),
    Shown("service?service=payments-api", "Link to this page"),
    Shown("data_health?audit=Change+fail+rate", "4. What follows."),
    Shown("catalogue?metric=change_lead_time", "A link to this metric"),
    Shown("deploy", "Asked for on this page"),
)
# Every page once, and every mode and width; all of them together with the full tests.
_CORNERS = list(itertools.product(("light", "dark"), WIDTHS))
OFTEN = {(page, *_CORNERS[i % len(_CORNERS)]) for i, page in enumerate(PAGES)}
EACH = [
    pytest.param(page, mode, width, marks=() if (page, mode, width) in OFTEN else pytest.mark.full)
    for page in PAGES
    for mode, width in _CORNERS
]


@needs_axe
@pytest.mark.parametrize(("shown", "mode", "width"), EACH)
def test_it_comes_whole_fits_and_everyone_can_use_it(
    browser: Browser, address: str, shown: Shown, mode: str, width: int
) -> None:
    with page_at(browser, f"{address}/{shown.path}", mode=mode, width=width) as page:
        page.get_by_text(shown.words).first.wait_for()
        assert page.locator("[data-testid=stException]").count() == 0
        assert background(page) == BACKGROUNDS[mode]
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert unnamed_charts(page) == []
        assert page.problems == []  # type: ignore[attr-defined]
        assert page.get_by_label("Download as CSV").count() == 0, "such a file is not noted"
        assert violations(page) == []


def background(page: Page) -> str:
    return str(
        page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    )


def unnamed_charts(page: Page) -> list[str]:
    """Charts and tables without words for who cannot see them."""
    found = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stPlotlyChart], [data-testid=stDataFrame], .rows')]"
        ".filter(each => !each.closest('[aria-label]') && !each.querySelector('[aria-label]'))"
        ".map(each => each.outerHTML.slice(0, 120))"
    )
    return list(found)
