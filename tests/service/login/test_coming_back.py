"""After a login people are where their link led, and nowhere else."""

from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from service.login.coming_back import COOKIE, ComingBack

HERE, PROVIDER = "http://payoff.example", "https://login.example/authorize"
LINK = "/delivery?team=pay&window=2025-Q3&note=a%20b"


@pytest.fixture
def client() -> TestClient:
    """As Streamlit leads: from the login to the provider, from there to the start page."""

    def login(request: Request) -> RedirectResponse:
        return RedirectResponse(PROVIDER if "provider" in request.query_params else "/", 302)

    def callback(request: Request) -> RedirectResponse:
        return RedirectResponse("/", 302)

    routes = [Route("/auth/login", login), Route("/oauth2callback", callback)]
    app = Starlette(routes=routes, middleware=[Middleware(ComingBack)])
    return TestClient(app, base_url=HERE, follow_redirects=False)


def begin(client: TestClient, page: str) -> str:
    answer = client.get("/auth/login", params={"provider": "x"}, headers={"Referer": page})
    assert answer.headers["location"] == PROVIDER
    return answer.headers.get("set-cookie", "")


def comes_to(client: TestClient) -> str:
    return client.get("/oauth2callback").headers["location"]


def test_a_login_ends_where_it_began_once(client: TestClient) -> None:
    cookie = begin(client, HERE + LINK)
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=900"} <= set(cookie.split("; "))
    assert comes_to(client) == LINK
    assert comes_to(client) == "/"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://elsewhere.example/delivery",
        "http://payoff.example.elsewhere.example/delivery",
        "http://payoff.example@elsewhere.example/",
        f"{HERE}//elsewhere.example/",
        f"{HERE}/\\elsewhere.example/",
        f"{HERE}/auth/logout",
        f"{HERE}/oauth2callback?code=1",
        f"{HERE}/api/v1/sources",
        f"{HERE}/?note={'x' * 4000}",
        "http://[",
    ],
)
def test_a_login_that_begins_anywhere_else_ends_on_the_start_page(client: TestClient, page: str) -> None:
    begin(client, HERE + LINK)
    begin(client, page)
    assert comes_to(client) == "/"


@pytest.mark.parametrize(
    "place",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: own=1",
        "/ä",
        "",
    ],
)
def test_a_cookie_that_somebody_else_set_leads_nowhere_else(client: TestClient, place: str) -> None:
    client.cookies.set(COOKIE, quote(place, safe=""))
    assert comes_to(client) == "/"


def test_a_login_that_does_not_begin_keeps_nothing(client: TestClient) -> None:
    answer = client.get("/auth/login", headers={"Referer": HERE + LINK})
    assert (answer.headers["location"], "set-cookie" in answer.headers) == ("/", False)
