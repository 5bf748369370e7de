"""The deploy action over HTTP: who may, what is answered, and how a run is followed."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.api.application import build_api
from service.api.served import Served
from service.configuration.config import load_config
from tests.actions.asked import asked
from tests.actions.world import bare_repository
from tests.service.api.http import serving
from tests.service.folders import write_config

DEPLOY, READ, OURS = "token-of-the-deployer", "token-of-the-reader", "token-of-one-team"
CONFIG = """
api:
  tokens:
    - {name: deployer, token: "${DEPLOY}", scopes: [deploy]}
    - {name: reader, token: "${READ}", scopes: [read]}
    - {name: commerce, token: "${OURS}", scopes: [deploy], teams: [commerce]}
actions:
  repository: {url: gitops.git}
  ends_at: healthy
"""
PLACE = "/v1/actions/deploy-service"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    bare_repository(tmp_path / "gitops.git")
    path = write_config(tmp_path, CONFIG)
    settings = load_config(path, {"DEPLOY": DEPLOY, "READ": READ, "OURS": OURS})
    with serving(build_api(Served(settings))) as client:
        yield client


def ask(client: httpx.Client, *, token: str = DEPLOY, key: str = "", **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    return client.post(PLACE, json={"inputs": asked(), **body}, headers=headers)


def followed(client: httpx.Client, answer: httpx.Response, stage: str) -> dict[str, Any]:
    """The run once it is in a stage."""
    for _ in range(2000):
        run: dict[str, Any] = client.get(
            answer.headers["location"], headers={"Authorization": f"Bearer {DEPLOY}"}
        ).json()
        if run["stage"] == stage:
            return run
        time.sleep(0.05)
    raise AssertionError(f"still {run['stage']}: {run['message']}")


def test_a_request_is_accepted_and_followed_until_it_is_healthy(client: httpx.Client) -> None:
    answer = ask(client)
    assert answer.status_code == 202
    assert answer.json()["stage"] == "requested"
    run = followed(client, answer, "committed")
    assert (run["is_ended"], len(run["sha"])) == (False, 40)
    place = f"{answer.headers['location']}/events"
    headers = {"Authorization": f"Bearer {DEPLOY}"}
    assert client.post(place, json={"stage": "synced"}, headers=headers).json()["stage"] == "synced"
    assert client.post(place, json={"stage": "healthy"}, headers=headers).json()["is_ended"]
    assert client.post(place, json={"stage": "happy"}, headers=headers).status_code == 422


def test_the_same_key_is_the_same_run(client: httpx.Client) -> None:
    first, second = ask(client, key="k1"), ask(client, key="k1")
    assert first.json()["run_id"] == second.json()["run_id"]
    other = ask(client, key="k1", inputs=asked(size="large"))
    assert (other.status_code, "another request" in other.json()["detail"]) == (409, True)


def test_fields_that_are_wrong_are_named(client: httpx.Client) -> None:
    answer = ask(client, inputs=asked(port=80, siez="small"))
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"inputs.port", "inputs.'siez'"}


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("wrong-token-of-nobody", 401), (READ, 403), (OURS, 403)]
)
def test_who_may_not_is_refused(client: httpx.Client, token: str, status: int) -> None:
    assert ask(client, token=token or "x").status_code == status


def test_runs_of_other_teams_are_not_there(client: httpx.Client) -> None:
    answer = ask(client)
    theirs = client.get(answer.headers["location"], headers={"Authorization": f"Bearer {OURS}"})
    assert theirs.status_code == 404


def test_the_catalogue_describes_every_action_with_its_schema(client: httpx.Client) -> None:
    found = client.get("/v1/actions", headers={"Authorization": f"Bearer {DEPLOY}"}).json()
    assert [action["name"] for action in found] == ["deploy-service", "deploy-service-jsonnet"]
    assert found[0]["inputs"]["required"] == ["name", "team", "image"]


def test_the_api_describes_itself(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/actions", "/v1/actions/{action}", "/v1/actions/runs/{run_id}"} <= set(paths)


def test_a_dry_run_answers_and_changes_nothing(client: httpx.Client) -> None:
    run = followed(client, ask(client, dry_run=True), "unchanged")
    assert (run["is_dry_run"], run["sha"]) == (True, "")
