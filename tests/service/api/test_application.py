"""Who may ask the API, and how it says that something is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI

from service.api import application
from service.api.application import build_api
from service.api.served import Served
from service.api.tokens import Caller, requires
from service.configuration.config import load_config
from service.configuration.errors import ConfigError
from tests.service.api.http import serving
from tests.service.folders import write_config

READ, DEPLOY = "token-of-the-reader", "token-of-the-deployer"
TOKENS = """
api:
  tokens:
    - {name: reader, token: "${READ}", scopes: [read]}
    - {name: deployer, token: "${DEPLOY}", scopes: [read, deploy]}
"""
router = APIRouter()


@router.get("/whoami")
def whoami(caller: Annotated[Caller, Depends(requires("deploy"))], number: int = 1) -> dict[str, str | int]:
    return {"name": caller.name, "number": 10 // number}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(application, "ROUTERS", (router,))
    path = write_config(tmp_path, TOKENS)
    return build_api(Served(load_config(path, {"READ": READ, "DEPLOY": DEPLOY})))


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_token_with_the_scope_is_let_in(client: httpx.Client) -> None:
    answer = client.get("/whoami", headers=bearer(DEPLOY))
    assert (answer.status_code, answer.json()) == (200, {"name": "deployer", "number": 10})


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({}, 401, "bearer token"),
        (bearer("token-of-nobody-here"), 401, "bearer token"),
        ({"Authorization": f"Basic {DEPLOY}"}, 401, "bearer token"),
        (bearer(READ), 403, "lacks the scope deploy"),
    ],
)
def test_others_are_refused_with_a_reason(
    client: httpx.Client, headers: dict[str, str], status: int, words: str
) -> None:
    answer = client.get("/whoami", headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_wrong_field_is_named_and_its_value_is_not_repeated(client: httpx.Client) -> None:
    answer = client.get("/whoami", params={"number": "a-word"}, headers=bearer(DEPLOY))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "number"
    assert "a-word" not in answer.text


def test_failure_inside_tells_nothing_of_the_inside(client: httpx.Client) -> None:
    answer = client.get("/whoami", params={"number": 0}, headers=bearer(DEPLOY))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ZeroDivision" not in answer.text


def test_unknown_address_is_a_problem_too(client: httpx.Client) -> None:
    answer = client.get("/nothing")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


def test_description_names_the_route_and_how_to_authenticate(client: httpx.Client) -> None:
    found = client.get("/openapi.json").json()
    assert "/whoami" in found["paths"]
    assert found["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def test_tokens_are_in_no_print(app: FastAPI) -> None:
    served = app.state.served
    assert READ not in repr(served) + repr(vars(served.tokens)) + str(served.settings.written)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "api: {tokens: [{name: a, token: written-in-the-file, scopes: [read]}]}",
            "may not stand",
        ),
        ('api: {tokens: [{name: a, token: "${READ}", scopes: [admin]}]}', "read"),
        ('api: {tokens: [{name: a, token: "${READ}", scopes: []}]}', "at least 1"),
        (TOKENS.replace("deployer", "reader"), "two tokens with one name"),
        (TOKENS.replace("${DEPLOY}", "${READ}"), "one token under two names"),
    ],
)
def test_faulty_tokens_in_the_configuration_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_config(write_config(tmp_path, text), {"READ": READ, "DEPLOY": DEPLOY})
