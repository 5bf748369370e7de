"""A proxy in front has logged people in: its headers count from its own address, and from no other."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import IN_CHROMIUM, page_at, serving
from tests.browser.login import ROLES, asked
from tests.browser.proxy import proxy
from tests.dashboards.organisation import END, rows
from tests.dashboards.worlds import SETTINGS
from tests.service.folders import write_config
from tests.service.ports import free_port
from tests.world import publish_world

pytestmark = IN_CHROMIUM
TRUSTED, ANOTHER = "127.0.0.2", "127.0.0.3"
LOGOUT = "/oauth2/sign_out"
ANN = {"X-Forwarded-User": "ann", "X-Forwarded-Groups": "guests,viewers"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    directory = tmp_path_factory.mktemp("proxied")
    with publish_world(directory / "data", rows(), SETTINGS, now=END):
        pass
    own = f"proxy: {{trusted: [{TRUSTED}], logout_url: {LOGOUT}}}"
    config, started = write_config(directory, f"login: {{kind: proxy, {ROLES}, {own}}}\n"), free_port()
    with serving(config, started):
        yield started


def test_whom_the_proxy_names_reads_and_logs_out_at_the_proxy(browser: Browser, port: int) -> None:
    with proxy(port, TRUSTED, ANN) as address, page_at(browser, address) as page:
        assert page.get_by_role("heading", name="Executive overview").is_visible()
        side = page.get_by_test_id("stSidebar")
        assert "Role viewer" in side.inner_text()
        assert side.get_by_role("link", name="Log out").get_attribute("href").endswith(LOGOUT)
        assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "headers", "said"),
    [
        (
            ANOTHER,
            ANN | {"X-Forwarded-For": TRUSTED},
            "not come from the proxy",
        ),
        (TRUSTED, {"X-Forwarded-For": "10.0.0.1"}, "The proxy names nobody"),
    ],
)
def test_who_comes_round_the_proxy_or_is_not_named_reads_nothing(
    browser: Browser, port: int, source: str, headers: dict[str, str], said: str
) -> None:
    with proxy(port, source, headers) as address, page_at(browser, address) as page:
        assert page.get_by_text(said).is_visible()
        assert "Small organisation" not in page.content()


def test_headers_sent_straight_to_the_server_open_no_file(port: int) -> None:
    forged = ANN | {"X-Forwarded-For": TRUSTED, "X-Real-Ip": TRUSTED, "Forwarded": f"for={TRUSTED}"}
    assert asked(f"http://127.0.0.1:{port}/media/a.csv", headers=forged).status_code == 403
    with proxy(port, TRUSTED, ANN) as address:
        assert asked(f"{address}/media/a.csv").status_code == 404
