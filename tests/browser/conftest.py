"""One Chromium and one served small organisation for all tests in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium, serving
from tests.dashboards.organisation import END, GOALS, rows
from tests.dashboards.worlds import SETTINGS
from tests.service.folders import write_config
from tests.world import publish_world

TOKEN = "sixteen-letters-and-more"  # noqa: S105 - opens nothing but this test's own server
CONFIG = """\
organisation: {name: Small organisation}
api: {tokens: [{name: test, token: "${TEST_TOKEN}", scopes: [read, deploy]}]}
actions: {repository: {url: gitops.git}, ends_at: healthy}
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Configuration and storage of the small organisation."""
    directory = tmp_path_factory.mktemp("browser")
    with publish_world(directory / "data", rows(), SETTINGS, now=END, goals=GOALS):
        pass
    write_config(directory, CONFIG)
    return directory


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    """Where `payoff serve` shows the small organisation."""
    with serving(folder / "config.yaml", TEST_TOKEN=TOKEN) as started:
        yield started
