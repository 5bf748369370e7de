"""What is served beside the pages needs a login too, and cookies that nobody can forge."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboards.access.visitor import Connection, Visitor
from service.login.guard import Guard, claims_of
from tests.service.login.test_gate import CLAIMS, OIDC, PROXY, ROLES, gate_of, oidc, proxy

SECRET = "a-secret-of-the-cookies-of-this-test"  # noqa: S105
USER = "_streamlit_user"
FRESH = CLAIMS | {"iat": int(datetime(2026, 3, 2, 11, tzinfo=UTC).timestamp())}
FILE = "/media/0a1b.csv"


def signed(claims: Any, secret: str = SECRET, name: str = USER) -> str:
    return create_signed_value(secret, name, json.dumps(claims)).decode()


def client_of(gate: Any, *, is_secure: bool = False, peer: str = "10.0.3.7") -> TestClient:
    def answer(request: Request) -> PlainTextResponse:
        response = PlainTextResponse("behind")
        response.set_cookie("own", "1", httponly=True, samesite="lax")
        return response

    guard = Middleware(Guard, gate=gate, cookie_secret=SECRET, is_secure=is_secure)
    app = Starlette(routes=[Route("/{path:path}", answer)], middleware=[guard])
    return TestClient(app, client=(peer, 50000))


@pytest.mark.parametrize(
    "path",
    [
        FILE,
        "/_stcore/metrics",
        "/_stcore/upload_file/session/file",
        "/component/any",
        "/app/static/any",
        "/_stcore/agent/run",
    ],
)
def test_without_a_login_nothing_is_given_beside_the_login_itself(path: str) -> None:
    client = client_of(oidc())
    assert client.get(path).status_code == 403
    client.cookies.set(USER, signed(FRESH))
    assert client.get(path).text == "behind"


@pytest.mark.parametrize(
    "path", ["/", "/delivery", "/static/app.js", "/_stcore/health", "/healthz", "/api/v1"]
)
def test_what_the_login_needs_and_what_asks_for_tokens_is_open(path: str) -> None:
    assert client_of(oidc()).get(path).text == "behind"


@pytest.mark.parametrize(
    "cookie",
    [
        "x",
        json.dumps(FRESH),
        signed(FRESH, secret="another-secret-than-the-one-of-this-test"),  # noqa: S106
        signed(FRESH, name="_streamlit_user_tokens"),
        signed(FRESH) + "0",
        signed("admins"),
        signed(FRESH | {"groups": []}),
        signed(FRESH | {"iat": 0}),
        signed("chunks-3"),
    ],
    ids=count(),  # a signature holds the time
)
def test_a_cookie_that_is_forged_over_or_of_nobody_here_opens_nothing(cookie: str) -> None:
    client = client_of(oidc())
    client.cookies.set(USER, cookie)
    assert client.get(FILE).status_code == 403


def test_claims_that_take_several_cookies_are_put_together() -> None:
    text = json.dumps(FRESH)
    parts = {USER: "chunks-2", f"{USER}_1": text[:60], f"{USER}_2": text[60:]}
    cookies = [f"{name}={create_signed_value(SECRET, name, part).decode()}" for name, part in parts.items()]
    assert claims_of("; ".join(cookies), SECRET) == FRESH
    assert claims_of("; ".join(cookies[:2]), SECRET) == {}


def test_the_headers_of_the_proxy_open_files_from_its_address_only() -> None:
    headers = {"X-Forwarded-User": "ann", "X-Forwarded-Groups": "leads"}
    assert client_of(proxy()).get(FILE, headers=headers).text == "behind"
    assert client_of(proxy()).get(FILE).status_code == 403
    forged = headers | {"X-Forwarded-For": "10.0.3.7", "X-Real-Ip": "10.0.3.7"}
    assert client_of(proxy(), peer="10.0.9.9").get(FILE, headers=forged).status_code == 403


def test_without_a_configured_login_files_are_given_as_before() -> None:
    assert client_of(gate_of()).get(FILE, headers={"Host": "localhost:8501"}).text == "behind"
    assert client_of(gate_of()).get(FILE, headers={"Host": "attacker.example"}).status_code == 403


@pytest.mark.parametrize("header", ["Via", "X-Forwarded-Proto", "X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_whatever_a_proxy_adds_tells_that_a_visitor_is_from_elsewhere(header: str) -> None:
    # A proxy on this machine connects from here and may write Host anew; then only this is left to tell.
    seen: list[Connection] = []
    gate = gate_of()
    gate.visitor = lambda one: seen.append(one) or Visitor("none", "viewer")  # type: ignore[method-assign,func-returns-value]
    client_of(gate).get(FILE, headers={"Host": "127.0.0.1:8501", header: "x"})
    assert gate_of().visitor(replace(seen[0], address="127.0.0.1")).role == "viewer"


def test_cookies_ask_for_https_where_browsers_come_by_it() -> None:
    own = client_of(oidc(), is_secure=True).get("/").headers["set-cookie"]
    assert own.endswith("; Secure")
    assert "HttpOnly" in own
    assert "Secure" not in client_of(oidc()).get("/").headers["set-cookie"]
    login = {"kind": "oidc", "roles": ROLES, "oidc": OIDC}
    assert gate_of(**login)._login.is_secure
    assert not gate_of(kind="proxy", roles=ROLES, proxy=PROXY)._login.is_secure
