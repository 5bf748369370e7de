"""How GitLab is asked: again until things end, a group as it is now. The contract shows the rest."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from collectors.base import Context, pseudonymiser
from collectors.gitlab.source import Config, GitLabSource, build
from collectors.http import Client
from tests.collectors.contract import Store, place_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)
Answers = Mapping[str, Any]


def at(day: int, hour: int = 8) -> str:
    return f"2026-02-{day:02d}T{hour:02d}:00:00.000Z"


def configured(**keys: Any) -> Config:
    return Config.model_validate({"token": "t", **keys})


def test_a_stanza_without_scope_or_with_a_claim_it_cannot_keep_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs `group` or `projects`"):
        configured()
    with pytest.raises(ValidationError, match="single project"):
        configured(group="acme", incident_services=["*"])


class FakeGitLab:
    """Lists by path, filtered by ``updated_after``; everything else is 404."""

    def __init__(self, lists: dict[str, list[Any]], single: Answers | None = None) -> None:
        self.lists, self.single, self.seen = lists, dict(single or {}), list[str]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, params = request.url.path.removeprefix("/api/v4/"), request.url.params
        self.seen.append(path)
        if path in self.single:
            return httpx.Response(200, json=self.single[path])
        if path not in self.lists:
            return httpx.Response(404)
        since, page = params.get("updated_after", ""), int(params.get("page", 1))
        found = [item for item in self.lists[path] if item.get("updated_at", "9") >= since]
        size = int(params["per_page"])
        link = f'<{request.url.copy_set_param("page", page + 1)}>; rel="next"'
        headers = {"Link": link} if page * size < len(found) else {}
        return httpx.Response(200, json=found[(page - 1) * size : page * size], headers=headers)


@pytest.fixture
def source_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., GitLabSource]:
    def made(api: FakeGitLab, now: datetime = NOW, **keys: Any) -> GitLabSource:
        config = configured(url="https://gitlab.example", start_on="2026-01-01", **keys)
        source = build("gitlab", config, Context(now, tmp_path, pseudonymiser(b"k"), lambda name: True))
        client = Client("gitlab", "https://gitlab.example/api/v4", transport=httpx.MockTransport(api))
        source.__dict__["_client"] = client
        return source

    return made


def run(source: GitLabSource, store: Store) -> None:
    for resource in source.resources():
        kept = store.cursors.get(place_of(resource))
        for page in resource.pages(json.loads(kept) if kept else None):
            store.put(place_of(resource), page)


def test_what_waits_is_asked_for_until_it_ends(source_of: Callable[..., GitLabSource]) -> None:
    blocked = {
        "id": 41,
        "status": "blocked",
        "sha": "a",
        "created_at": at(20),
        "updated_at": at(20),
        "environment": {"id": 1, "name": "production"},
        "deployable": None,
    }
    running = {
        "id": 9,
        "status": "running",
        "sha": "a",
        "source": "push",
        "created_at": at(27),
        "updated_at": at(27),
        "started_at": at(27),
        "finished_at": None,
        "web_url": "u",
    }
    base = "projects/acme/shop"
    api = FakeGitLab(
        {f"{base}/deployments": [blocked], f"{base}/pipelines": [running]},
        {f"{base}/deployments/41": blocked, f"{base}/pipelines/9": running},
    )
    store, keys = Store(), {"projects": ["acme/shop"], "collect": ["deployments", "pipelines"]}
    run(source_of(api, **keys), store)
    assert store.known()["deployments"][0]["status"] == "in_progress"
    ended = {"started_at": at(28), "finished_at": at(28, 9), "name": "deploy"}
    # Their last edit does not move, so that no list shows them again.
    api.single[f"{base}/deployments/41"] = {**blocked, "status": "success", "deployable": ended}
    api.single[f"{base}/pipelines/9"] = {**running, "status": "failed", "finished_at": at(28)}
    run(source_of(api, LATER, **keys), store)
    assert store.known()["deployments"][0]["finished_at"] == "2026-02-28T09:00:00"
    assert store.known()["builds"][0]["status"] == "failure"
    api.seen.clear()
    run(source_of(api, LATER, **keys), store)
    assert api.seen == [f"{base}/deployments", f"{base}/pipelines"]


def test_a_group_of_500_projects_is_one_stanza_and_costs_a_request_per_list(
    source_of: Callable[..., GitLabSource],
) -> None:
    projects = [{"id": n, "path_with_namespace": f"acme/p{n:03d}"} for n in range(500)]
    projects[7]["environments_access_level"] = "disabled"
    lists: dict[str, list[Any]] = {f"projects/{n}/deployments": [] for n in range(500)}
    api = FakeGitLab({"groups/acme/projects": projects, **lists})
    keys = {"group": "acme", "exclude": ["/^acme/p49.$/"], "collect": ["deployments"]}
    store = Store()
    run(source_of(api, **keys), store)
    # 500 less ten that are excluded less one without environments; five pages of a hundred projects.
    assert len(store.cursors) == 489
    assert len(api.seen) == 489 + 5
    api.seen.clear()
    projects.append({"id": 500, "path_with_namespace": "acme/new"})
    api.lists["projects/500/deployments"] = []
    run(source_of(api, LATER, **keys), store)
    assert len(api.seen) == 490 + 6
    assert ("deployments", "acme/new") in store.cursors
