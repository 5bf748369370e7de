"""Every request that the source makes is one that GitHub's own OpenAPI description accepts.

Prism answers from the description and refuses what it does not allow: an unknown value of a parameter, a
path that is not there, a body of another shape. GraphQL is not described there.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.base import Context
from collectors.github.config import Config
from collectors.github.source import build
from collectors.http import Client
from tests.collectors.contract import Store, place_of
from tests.service.ports import free_port

NODE = Path(__file__).parents[1] / "node" / "node_modules"
SPEC = NODE / "@octokit" / "openapi" / "generated" / "api.github.com.json"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
_REPO = "/repos/{owner}/{repo}"
PATHS = [
    "/rate_limit",
    "/orgs/{org}/repos",
    "/orgs/{org}/installation",
    "/app/installations/{installation_id}/access_tokens",
    _REPO,
    f"{_REPO}/contents/{{path}}",
    f"{_REPO}/pulls",
    f"{_REPO}/pulls/{{pull_number}}/commits",
    f"{_REPO}/pulls/{{pull_number}}/reviews",
    f"{_REPO}/issues",
    f"{_REPO}/issues/{{issue_number}}/events",
    f"{_REPO}/issues/{{issue_number}}/comments",
    f"{_REPO}/deployments",
    f"{_REPO}/deployments/{{deployment_id}}",
    f"{_REPO}/deployments/{{deployment_id}}/statuses",
    f"{_REPO}/actions/runs",
    f"{_REPO}/actions/runs/{{run_id}}",
    f"{_REPO}/actions/runs/{{run_id}}/jobs",
    f"{_REPO}/releases",
    f"{_REPO}/releases/{{release_id}}",
    f"{_REPO}/commits/{{ref}}",
]


def sliced(spec: dict[str, Any]) -> dict[str, Any]:
    """The description of ``PATHS`` alone, with what they refer to, which Prism reads much faster."""
    kept: dict[str, Any] = {name: spec[name] for name in ("openapi", "info")}
    kept["paths"] = {path: spec["paths"][path] for path in PATHS}
    kept["components"] = {}
    todo = [kept["paths"]]
    while todo:
        for reference in _references(todo.pop()):
            _, _, kind, name = reference.split("/", 3)
            there = kept["components"].setdefault(kind, {})
            if name not in there:
                there[name] = spec["components"][kind][name]
                todo.append(there[name])
    return kept


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of GitHub's API as its description has it."""
    assert SPEC.exists(), "run `make tests/node/node_modules/.installed`"
    path = tmp_path_factory.mktemp("prism") / "github.json"
    path.write_text(json.dumps(sliced(json.loads(SPEC.read_text()))))
    port = free_port()
    command = [
        str(NODE / ".bin" / "prism"),
        "mock",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        str(path),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/rate_limit")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(1800):
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("Prism does not answer")


class Watched(httpx.HTTPTransport):
    """Passes requests on and keeps them; the example of a next page, which is GitHub's own, is cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[tuple[str, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # The description knows the answers' plain type, not the name by which GitHub wants to be asked.
        request.headers["accept"] = "application/json"
        response = super().handle_request(request)
        response.read()
        self.answered.append((f"{request.method} {request.url.path}", response.status_code))
        headers = {k: v for k, v in response.headers.items() if k.lower() not in ("link", "content-length")}
        return httpx.Response(response.status_code, headers=headers, content=response.content)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    transport, real = Watched(), Client.__init__

    def seen(self: Client, *args: Any, **more: Any) -> None:
        real(self, *args, **{**more, "transport": transport, "attempts": 1})

    monkeypatch.setattr(Client, "__init__", seen)
    return transport


@pytest.mark.parametrize(
    "keys",
    [
        {"org": "acme", "catalogue": True, "tickets": [{"type": "other"}]},
        {
            "repositories": ["acme/shop"],
            "deployments_from": "workflows",
            "deployment_workflows": [{"job": "ship", "environment": "production"}],
        },
        {"repositories": ["acme/shop"], "deployments_from": "releases", "catalogue": True},
    ],
    ids=lambda keys: keys.get("deployments_from", "environments"),
)
def test_github_accepts_every_request(
    prism: str, watched: Watched, tmp_path: Path, keys: dict[str, Any]
) -> None:
    config = Config.model_validate(
        {"url": prism, "token": "a-token", "api": "rest", "start_on": "2000-01-01", **keys}
    )
    source = build("github", config, Context(NOW, tmp_path, str, lambda name: True))
    source.preview()
    store = Store()
    for resource in source.resources():
        for page in resource.pages(None):
            store.put(place_of(resource), page)
        # What had not ended is asked for one by one.
        list(resource.pages({"since": None, "pass": None, "unfinished": ["1"]}))
    refused = [seen for seen in watched.answered if seen[1] >= 400]
    assert refused == []
    assert len(watched.answered) > 10
    assert store.skipped == {}


def test_what_the_description_does_not_allow_is_refused(prism: str) -> None:
    """The proof that the test above can fail."""
    headers = {"Authorization": "Bearer a-token"}
    for path in ("/repos/a/b/pulls?state=odd", "/repos/a/b/actions/runs?per_page=many", "/repos/a/b/pull"):
        assert httpx.get(prism + path, headers=headers).status_code >= 400, path
    assert httpx.get(f"{prism}/repos/a/b/pulls?state=all", headers=headers).status_code == 200
