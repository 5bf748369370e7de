"""The page of the quarterly report in a real browser: any width, light, dark, on paper, without a network."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import IN_CHROMIUM
from tests.service.command import run_payoff
from tests.service.report_world import QUARTER, published

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    published(folder)
    asked = ("report", "--quarter", QUARTER, "--preview", "--output", str(folder / "out"))
    assert run_payoff(*asked, "--config", str(folder / "config.yaml")).exit_code == 0
    return folder / "out" / f"roi_report_{QUARTER}.html"


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_fits_reads_and_asks_for_nothing(browser: Browser, page_file: Path, mode: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_text("In Q4 2025 the platform returned").is_visible()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(11, 18, 32)"}[mode]
    # No label runs out of the page, the widest bar's least of all.
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().right))"
    )
    assert right <= width
    context.close()


def test_it_prints_light_on_few_pages(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = page.pdf(prefer_css_page_size=True)
    assert 2 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 6
    context.close()
