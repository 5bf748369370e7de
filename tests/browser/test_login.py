"""People log in with a real provider, read what their role may, and log out; what is forged opens nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service.configuration.config import load_config
from service.login.findings import login_findings
from tests.browser.axe import needs_axe, violations
from tests.browser.chromium import IN_CHROMIUM, SOON, page_at, settle
from tests.browser.login import NODE, SECRET, Served, asked, served_with_provider, token_for_api
from tests.dashboards.organisation import END, rows
from tests.dashboards.worlds import SETTINGS
from tests.world import publish_world

pytestmark = [
    *IN_CHROMIUM,
    needs_axe,
    pytest.mark.skipif(
        not (NODE / "node_modules" / "oidc-provider").exists(), reason="`make test` installs tests/node first"
    ),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("login")
    with publish_world(directory / "data", rows(), SETTINGS, now=END):
        pass
    with served_with_provider(directory) as started:
        yield started


def log_in(page: Page, place: Served, name: str) -> None:
    """By the provider's own pages: who, and the consent."""
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{place.issuer}/**")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{place.address}/**")
    settle(page)


def log_out(page: Page, place: Served, label: str) -> None:
    page.get_by_role("button", name=label).click()
    page.wait_for_url(f"{place.issuer}/**")
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url(f"{place.address}/**")
    settle(page)


def test_a_viewer_logs_in_reads_what_a_link_named_takes_a_file_along_and_logs_out(
    browser: Browser, place: Served
) -> None:
    link = f"{place.address}/delivery?team=Payments&period=Custom+period"
    with page_at(browser, link) as page:
        assert page.problems == []  # type: ignore[attr-defined]
        assert page.get_by_role("heading", name="Payoff").is_visible()
        assert "Small organisation" not in page.content()
        assert violations(page) == []
        log_in(page, place, "viewers")
        assert page.url == link
        assert page.get_by_role("heading", name="Delivery performance").is_visible()
        side = page.get_by_test_id("stSidebar")
        assert "viewers of the tests" in side.inner_text()
        assert "Role viewer" in side.inner_text()
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["_streamlit_user"]["httpOnly"]
        assert cookies["_streamlit_user"]["sameSite"] == "Lax"

        with page.expect_download() as found, page.expect_response("**/media/**") as response:
            page.get_by_role("button", name="CSV").first.click()
        assert Path(found.value.path()).read_bytes()
        address = response.value.url
        assert asked(address).status_code == 403
        held = cookies["_streamlit_user"]["value"]
        assert asked(address, cookies={"_streamlit_user": held}).status_code == 200
        assert asked(address, cookies={"_streamlit_user": held[:-2]}).status_code == 403

        log_out(page, place, "Log out")
        assert page.get_by_role("heading", name="Payoff").is_visible()
        assert not {c["name"] for c in page.context.cookies()} & {"_streamlit_user", "_streamlit_user_tokens"}
        page.goto(f"{place.address}/delivery")
        settle(page)
        assert "Small organisation" not in page.content()


def test_who_has_no_role_is_told_which_and_can_log_out(browser: Browser, place: Served) -> None:
    with page_at(browser, place.address) as page:
        log_in(page, place, "guests")
        assert page.get_by_role("heading", name="This needs the role viewer").is_visible()
        assert page.get_by_text("guests of the tests").is_visible()
        assert page.locator("[data-testid=stMetric]").count() == 0
        assert violations(page) == []
        page.goto(f"{place.address}/roi")
        settle(page)
        assert page.get_by_role("heading", name="This needs the role viewer").is_visible()
        log_out(page, place, "Log out, or use another account")
        assert page.get_by_role("heading", name="Payoff").is_visible()


def test_a_forged_cookie_and_a_header_of_a_proxy_open_nothing(browser: Browser, place: Served) -> None:
    headers = {"X-Forwarded-User": "rulers", "X-Forwarded-Groups": "rulers"}
    context = browser.new_context(extra_http_headers=headers)
    forged = '{"is_logged_in": true, "sub": "rulers", "groups": ["rulers"]}'
    context.add_cookies([{"name": "_streamlit_user", "value": forged, "url": place.address}])
    context.set_default_timeout(SOON)
    page = context.new_page()
    page.goto(f"{place.address}/data_health")
    settle(page)
    assert page.get_by_role("heading", name="Payoff").is_visible()
    assert page.get_by_role("button", name="Log in").is_visible()
    context.close()


def test_the_login_leads_nowhere_else(place: Served) -> None:
    """Whatever is added to the addresses of the login, the way goes to the provider or to the start page."""
    elsewhere = "https://elsewhere.example"
    for path in ("auth/login", "auth/logout", "oauth2callback"):
        for name in ("next", "redirect_uri", "provider", "state", "post_logout_redirect_uri"):
            answer = asked(f"{place.address}/{path}", params={name: elsewhere}, follow_redirects=False)
            assert answer.headers.get("location", "/") == "/"


def test_an_access_token_of_the_provider_reads_the_api_and_deploys_nothing(place: Served) -> None:
    headers = {"Authorization": f"Bearer {token_for_api(place)}"}
    assert asked(f"{place.address}/api/v1/sources", headers=headers).status_code == 200
    refused = asked(f"{place.address}/api/v1/actions/runs/any", headers=headers)
    assert (refused.status_code, "lacks the scope deploy" in refused.text) == (403, True)
    headers["Authorization"] += "x"
    assert asked(f"{place.address}/api/v1/sources", headers=headers).status_code == 401


def test_doctor_asks_the_provider(place: Served) -> None:
    login = load_config(place.folder / "config.yaml", {"OIDC_SECRET": SECRET}).login
    found = login_findings(login)
    assert all(finding.ok for finding in found)
    assert f"{place.issuer} answers and has 1 keys; groups: viewer: viewers" in found[0].text
    assert f"register {place.address}/oauth2callback" in found[1].text
