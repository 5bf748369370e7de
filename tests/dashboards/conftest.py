"""A published small organisation, made once, and the app pointed at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboards.access.gate import provide_gate
from dashboards.access.visitor import Connection, Kind, Visitor
from dashboards.page.port import provide
from service.configuration.config import load_config
from service.deploying.commands_port import DashboardCommands
from tests.actions.world import ticking
from tests.dashboards.organisation import END
from tests.dashboards.worlds import SETTINGS, WORLDS, State, full
from tests.service.folders import write_config
from tests.world import publish_world

APP = str(Path(__file__).parents[2] / "dashboards" / "app.py")
Opener = Callable[..., AppTest]
Let = Callable[[Visitor], None]
Provider = Callable[..., DashboardCommands]
ACTIONS = "actions: {repository: {url: gitops.git}}\n"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker run the app, so that its worlds are published and its modules loaded once."""
    for item in items:
        if {"open_page", "small_organisation"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("dashboards"))


@pytest.fixture(scope="session", autouse=True)
def components() -> Iterator[None]:
    """Streamlit looks through every installed package for components of its own, here once for all apps."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="session")
def small_organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published snapshot of `tests.dashboards.organisation`."""
    return full(tmp_path_factory.mktemp("small_organisation"))


@pytest.fixture(scope="session")
def world_in(small_organisation: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[State], Path]:
    """The folder of the snapshot of a world in one state, published when it is first asked for."""
    made: dict[State, Path] = {"full": small_organisation}

    def world(state: State) -> Path:
        if state not in made:
            made[state] = WORLDS[state](tmp_path_factory.mktemp("world"))
        return made[state]

    return world


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Runs a page of the app on a folder of snapshots."""

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


class Fixed:
    """A gate that knows one visitor."""

    headers: tuple[str, ...] = ()

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.kind: Kind = visitor.login
        self.logout_url = "/oauth2/sign_out" if visitor.login == "proxy" else ""

    def visitor(self, seen: Connection) -> Visitor:
        return self._visitor


@pytest.fixture
def let_in() -> Iterator[Let]:
    """Lets the pages of this test be read by one visitor."""
    yield lambda visitor: provide_gate(Fixed(visitor))
    provide_gate(None)


@pytest.fixture
def provided(tmp_path: Path, let_in: Let) -> Iterator[Provider]:
    """Lets the pages of this test deploy into a repository of its own, as the server's own machine may."""

    def make(text: str = ACTIONS) -> DashboardCommands:
        settings = load_config(write_config(tmp_path, text))
        commands = DashboardCommands(settings, ticking(), lambda: None)
        provide(commands)
        let_in(Visitor("none", "admin"))
        return commands

    yield make
    provide(None)
