"""A service deployed by the page in a real browser: the form, the diff first, the run to its end."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.actions.asked import IMAGE
from tests.browser.axe import needs_axe, violations
from tests.browser.chromium import IN_CHROMIUM, SOON, page_at, serving, settle
from tests.browser.conftest import TOKEN

pytestmark = [*IN_CHROMIUM, needs_axe]


@pytest.fixture(scope="module")
def place(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server of its own, because what is deployed is published, and its folder."""
    own = tmp_path_factory.mktemp("deploying") / "own"
    shutil.copytree(folder, own, ignore=shutil.ignore_patterns("*.log", "*.lock"))
    with serving(own / "config.yaml", TEST_TOKEN=TOKEN) as address:
        yield address, own


def files(folder: Path) -> str:
    command = ["git", "--git-dir", str(folder / "gitops.git"), "ls-tree", "-r", "--name-only", "main"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def report(address: str, run_id: str, *stages: str) -> None:
    """What Argo CD tells of the run, by its webhook."""
    for stage in stages:
        answer = httpx.post(
            f"{address}/api/v1/actions/runs/{run_id}/events",
            json={"stage": stage},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=SOON / 1000,
        )
        assert answer.is_success, answer.text


def reach_by_tab(page: Page, selector: str) -> None:
    """Press the key until the focus is there."""
    for _ in range(60):
        if page.evaluate("part => document.activeElement?.matches(part)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {selector}")


def follow(page: Page, address: str, words: str) -> None:
    """Wait for the commit, report the roll-out, and wait until the page says so by itself."""
    page.get_by_text("committed ·").wait_for()
    expect(page.get_by_text("committed · ahead")).to_have_count(0, timeout=SOON)
    report(address, page.url.partition("run=")[2].partition("&")[0], "synced", "healthy")
    page.get_by_role("heading", name=words).wait_for()
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_service_is_created_changed_and_taken_away_again(browser: Browser, place: tuple[str, Path]) -> None:
    address, folder = place
    with page_at(browser, f"{address}/deploy") as page:
        # By keyboard alone: three fields, the diff, then the run.
        page.get_by_role("textbox", name="Name *").focus()
        page.keyboard.type("basket")
        page.get_by_role("combobox", name="Team *").focus()
        page.keyboard.type("checkout")
        page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Image *").focus()
        page.keyboard.type(IMAGE)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Show the diff").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="basket: ").wait_for()
        assert page.get_by_text("A dry run: nothing was changed").is_visible()
        assert "services/basket/base/deployment.yaml" in page.get_by_test_id("stCode").first.inner_text()
        assert files(folder) == ""
        settle(page)
        assert violations(page) == []
        reach_by_tab(page, "#root [data-testid=stCode] pre")
        page.locator("[data-testid=stBaseButton-primaryFormSubmit]").focus()
        page.keyboard.press("Enter")
        follow(page, address, "basket: create is healthy")
        assert "services/basket/payoff.yaml" in files(folder)

    with page_at(browser, f"{address}/deploy?operation=Update") as page:
        page.get_by_role("combobox", name="Which service").click()
        page.get_by_role("option", name="basket").click()
        page.get_by_role("combobox", name="Size").click()
        page.get_by_role("option", name="large").click()
        page.locator("[data-testid=stBaseButton-primaryFormSubmit]").click()
        follow(page, address, "basket: update is healthy")

    with page_at(browser, f"{address}/deploy?operation=Retire") as page:
        page.get_by_role("combobox", name="Which service").click()
        page.get_by_role("option", name="basket").click()
        page.locator("[data-testid=stBaseButton-primaryFormSubmit]").click()
        follow(page, address, "basket: retire is healthy")
        assert "services/basket/" not in files(folder)
        page.get_by_role("heading", name="3 runs").wait_for()
