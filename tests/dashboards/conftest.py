"""A published small organisation, made once, and the app pointed at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.dashboards.organisation import END, rows
from tests.world import publish_world

APP = str(Path(__file__).parents[2] / "dashboards" / "app.py")
SETTINGS = {
    "organisation": "Small organisation",
    "reporting_zone": "Europe/Berlin",
    "report_year": 2024,
    "is_demo": True,
}
Opener = Callable[..., AppTest]


@pytest.fixture(scope="session")
def small_organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published snapshot of `tests.dashboards.organisation`."""
    directory = tmp_path_factory.mktemp("small_organisation")
    with publish_world(directory, rows(), SETTINGS, now=END):
        return directory / "marts"


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Runs a page of the app on a folder of snapshots."""
    st.cache_data.clear()

    def opener(marts: Path, page: str = "", **query: str) -> AppTest:
        monkeypatch.setenv("PAYOFF_SNAPSHOT_DIR", str(marts))
        app = AppTest.from_file(APP, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page:
            app.switch_page(f"views/{page}.py")
        return app.run()

    yield opener
    st.cache_resource.clear()


@pytest.fixture
def publish(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Publishes given rows in a folder of their own and returns that of the snapshot."""
    with ExitStack() as stack:

        def publisher(given: dict[str, Any], **settings: Any) -> Path:
            stack.enter_context(publish_world(tmp_path, given, SETTINGS | settings, now=END))
            return tmp_path / "marts"

        yield publisher
