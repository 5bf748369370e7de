"""The token of a GitHub App: made with its key, made again before it ends and where it is refused."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from collectors.errors import FatalError
from collectors.github.app import Installation
from collectors.http import Client
from tests.collectors.fake_api import never

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class AppServer:
    """Gives tokens for an hour, refuses those it does not know, and forgets them when told to."""

    def __init__(self) -> None:
        self.now, self.given, self.valid = NOW.timestamp(), 0, set[str]()
        self.claims: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        word = request.headers["authorization"].removeprefix("Bearer ")
        if request.url.path == "/orgs/acme/installation":
            return httpx.Response(200, json={"id": 42})
        if request.url.path == "/app/installations/42/access_tokens":
            self.claims.append(jwt.decode(word, options={"verify_signature": False}))
            self.given += 1
            self.valid.add(f"token-{self.given}")
            ends = datetime.fromtimestamp(self.now, UTC) + timedelta(hours=1)
            return httpx.Response(
                201,
                json={"token": f"token-{self.given}", "expires_at": ends.isoformat().replace("+00:00", "Z")},
            )
        return httpx.Response(200 if word in self.valid else 401, json=[])


def over(server: AppServer, key: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that asks as the installation of the App on acme."""
    real = Client.__init__

    def offline(self: Client, *args: Any, **more: Any) -> None:
        real(self, *args, **{**more, "transport": httpx.MockTransport(server)})

    monkeypatch.setattr(Client, "__init__", offline)
    app = Installation(
        "github",
        "https://api.github.com",
        "Iv1",
        key,
        installation_id=None,
        org="acme",
        sleep=never,
        clock=lambda: server.now,
    )
    return Client("github", "https://api.github.com", app.auth(), sleep=never)


def test_the_token_of_an_app_is_made_again_before_it_ends(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = AppServer()
    client = over(server, key, monkeypatch)
    client.get_json("/items")
    client.get_json("/items")
    assert server.given == 1
    server.now += 56 * 60
    client.get_json("/items")
    assert server.given == 2
    # Signed for less than the ten minutes that GitHub allows, with a minute for clocks that differ.
    assert [claims["exp"] - claims["iat"] for claims in server.claims] == [600, 600]
    assert server.claims[0]["iss"] == "Iv1"


def test_a_token_that_is_refused_half_way_is_replaced(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = AppServer()
    client = over(server, key, monkeypatch)
    client.get_json("/items")
    server.valid.clear()
    client.get_json("/items")
    assert server.given == 2
    ask = [threading.Thread(target=client.get_json, args=("/items",)) for _ in range(8)]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert server.given == 2


def test_a_key_that_is_none_is_said_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FatalError, match="no private key in PEM form") as error:
        over(AppServer(), "not-a-key", monkeypatch).get_json("/items")
    assert "not-a-key" not in str(error.value)
