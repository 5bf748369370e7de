"""What GitHub says, as records: outcomes of deployments, attempts of jobs, owners, tokens of an App."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from collectors.base import Context
from collectors.github import runs, shapes
from collectors.github.config import Config
from collectors.github.rules import Rules, WorkflowRule
from collectors.github.source import build
from collectors.http import Client
from tests.collectors.fake_api import never
from warehouse.records import Deployment

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def statuses(*states: str) -> list[dict[str, Any]]:
    """One status an hour from midnight, newest first as GitHub lists them."""
    return [
        {"state": state, "at": f"2026-02-01T{hour:02d}:00:00Z", "url": None}
        for hour, state in reversed(list(enumerate(states)))
    ]


@pytest.mark.parametrize(
    ("states", "status", "hour", "had_succeeded"),
    [
        ((), "in_progress", None, False),
        (("queued", "waiting"), "in_progress", None, False),
        (("queued", "in_progress", "success"), "success", 2, False),
        # A later deployment takes its place: no failure, and no other time.
        (("queued", "success", "inactive"), "success", 1, False),
        (("success", "success"), "success", 0, False),
        (("queued", "error"), "failure", 1, False),
        (("failure", "failure", "success"), "success", 2, False),
        (("success", "failure", "error"), "failure", 1, True),
        (("queued", "inactive"), "cancelled", 1, False),
    ],
)
def test_the_history_of_a_deployment_tells_what_became_of_it_and_when(
    states: tuple[str, ...], status: str, hour: int | None, had_succeeded: bool
) -> None:
    found = runs.outcome_of(statuses(*states))
    at = None if hour is None else datetime(2026, 2, 1, hour, tzinfo=UTC)
    assert (found.status, found.at, found.had_succeeded) == (status, at, had_succeeded)


def job(number: int, name: str, conclusion: str | None = "success", attempt: int = 1, **more: Any) -> Any:
    return {
        "id": number,
        "name": name,
        "status": "completed" if conclusion else "waiting",
        "conclusion": conclusion,
        "started_at": f"2026-02-01T{attempt:02d}:00:00Z",
        "completed_at": f"2026-02-01T{attempt:02d}:30:00Z" if conclusion else None,
        "html_url": f"https://github.com/acme/shop/job/{number}",
        "run_attempt": attempt,
        **more,
    }


def deployed(*jobs: Any, **more: Any) -> list[Deployment]:
    """The deployments of a run whose jobs named ship deploy to production."""
    item = {
        "id": 7,
        "name": "Release",
        "path": ".github/workflows/release.yml",
        "status": "completed",
        "conclusion": "success",
        "event": "push",
        "head_sha": "a" * 40,
        "created_at": "2026-02-01T00:00:00Z",
        "updated_at": "2026-02-01T09:00:00Z",
        "html_url": "https://github.com/acme/shop/actions/runs/7",
        "jobs": list(jobs),
        **more,
    }
    rule = WorkflowRule.model_validate({"workflow": "Release", "job": "ship", "environment": "production"})
    golden = Config.model_validate(
        {"token": "t", "org": "acme", "golden_path_workflows": "/^acme/platform/.*$/"}
    ).golden_path_workflows
    rules = Rules(deployment_workflows=(rule,), golden_path_workflows=golden)
    found = runs.run(shapes.run(item), "acme/shop", rules)
    return [record for record in found if isinstance(record, Deployment)]


def test_each_attempt_of_a_job_is_a_deployment_and_what_is_carried_over_is_none() -> None:
    carried = job(3, "ship-docs", attempt=2, started_at="2026-02-01T01:00:00Z")
    found = deployed(job(1, "ship", "failure"), job(2, "ship", attempt=2), carried)
    assert [(d.deployment_id, d.status) for d in found] == [
        ("acme/shop/jobs/1", "failure"),
        ("acme/shop/jobs/2", "success"),
    ]
    again = {**job(1, "ship"), "id": 9, "run_attempt": 2}  # the same job in the list of the second attempt
    assert [d.deployment_id for d in deployed(job(1, "ship"), again)] == ["acme/shop/jobs/1"]


def test_a_job_that_waits_for_an_approval_is_under_way_and_one_that_was_skipped_deploys_nothing() -> None:
    (waiting,) = deployed(job(1, "ship", None), job(2, "ship", "skipped"))
    assert (waiting.status, waiting.finished_at) == ("in_progress", None)


def test_another_workflow_does_not_deploy() -> None:
    assert deployed(job(1, "ship"), name="Nightly", path="nightly.yml") == []
    assert deployed(job(1, "test")) == []


def test_a_workflow_that_calls_the_golden_path_is_on_it() -> None:
    called = [{"path": "acme/platform/.github/workflows/deploy.yml@v1"}]
    assert deployed(job(1, "ship"), referenced_workflows=called)[0].via == "golden_path"
    assert deployed(job(1, "ship"))[0].via == "pipeline"


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("* @acme/shop", "acme/shop"),
        ("* @acme/shop\n* @janedoe @acme/pay # both", "acme/pay"),
        ("* @acme/shop\n/docs/ @acme/docs", "acme/shop"),
        ("# * @acme/shop\n*.py @acme/python", None),
        ("* @janedoe", None),
        ("", None),
    ],
)
def test_the_last_line_for_everything_names_the_owner(text: str, team: str | None) -> None:
    assert shapes.owning_team({"content": base64.b64encode(text.encode()).decode()}) == team


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"token": "t"}, "needs `org` or `repositories`"),
        ({"org": "acme"}, "exactly one of `token` and `app_id`"),
        ({"org": "acme", "app_id": "1"}, "needs `private_key`"),
        ({"repositories": ["a/b"], "token": "t", "teams": True}, "need `org`"),
        ({"org": "acme", "token": "t", "deployments_from": "workflows"}, "need each other"),
    ],
)
def test_keys_that_do_not_go_together_are_said(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Config.model_validate(keys)


@pytest.mark.parametrize(
    ("url", "web", "graphql"),
    [
        ("https://api.github.com", "https://github.com", "https://api.github.com/graphql"),
        ("https://gh.acme.com/api/v3/", "https://gh.acme.com", "https://gh.acme.com/api/graphql"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com/graphql"),
    ],
)
def test_the_addresses_follow_from_that_of_the_api(url: str, web: str, graphql: str) -> None:
    config = Config.model_validate({"url": url, "token": "t", "org": "acme"})
    assert (config.web, config.graphql) == (web, graphql)


def source(
    tmp_path: Path, answer: Any, monkeypatch: pytest.MonkeyPatch, now: datetime = NOW, **keys: Any
) -> Any:
    real = Client.__init__

    def offline(self: Client, *args: Any, **more: Any) -> None:
        real(self, *args, **{**more, "transport": httpx.MockTransport(answer)})

    monkeypatch.setattr(Client, "__init__", offline)
    config = Config.model_validate({"token": "t", "repositories": ["acme/shop"], **keys})
    return build("github", config, Context(now, tmp_path, str, lambda name: True, never))


def test_a_run_that_is_started_again_days_later_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = "2026-02-28T10:00:00Z"
    item = {
        **{"id": 7, "name": "CI", "path": "ci.yml", "status": "completed", "conclusion": "failure"},
        **{"event": "push", "head_sha": "a" * 40, "html_url": "https://github.com", "run_attempt": 1},
        **{"created_at": created, "updated_at": created},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"workflow_runs": [item]})

    def builds(now: datetime, cursor: Any) -> tuple[list[tuple[str, str]], Any]:
        (resource,) = source(tmp_path, answer, monkeypatch, now, collect=["runs"]).resources()
        pages = list(resource.pages(cursor))
        rows = [row for page in pages if "builds" in page.tables for row in page.tables["builds"].to_pylist()]
        return [(row["build_id"], row["status"]) for row in rows], json.loads(json.dumps(pages[-1].cursor))

    found, cursor = builds(NOW, None)
    assert found == [("acme/shop/runs/7/1", "failure")]
    found, cursor = builds(NOW + timedelta(days=1), cursor)
    assert found == []  # nothing has changed
    item.update(conclusion="success", run_attempt=2, updated_at="2026-03-02T18:00:00Z")
    assert builds(NOW + timedelta(days=2), cursor)[0] == [("acme/shop/runs/7/2", "success")]


def test_releases_are_deployments_where_they_are_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def release(number: int, **more: Any) -> dict[str, Any]:
        at = f"2026-02-{number:02d}T10:00:00Z"
        return {
            **{"id": number, "tag_name": f"v{number}/x", "draft": False, "prerelease": False},
            **{"created_at": at, "published_at": at, "html_url": "https://github.com/r"},
            **more,
        }

    listed = [release(9, draft=True, published_at=None), release(8, prerelease=True), release(7)]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/releases"):
            return httpx.Response(200, json=listed)
        assert request.url.raw_path.startswith(b"/repos/acme/shop/commits/v")
        return httpx.Response(200, json={"sha": "b" * 40, "commit": {"message": "Jane Doe"}})

    (resource,) = source(
        tmp_path, answer, monkeypatch, collect=["deployments"], deployments_from="releases"
    ).resources()
    pages = list(resource.pages(None))
    rows = [row for page in pages if page.tables for row in page.tables["deployments"].to_pylist()]
    assert [(row["deployment_id"], row["sha"]) for row in rows] == [("acme/shop/releases/7", "b" * 40)]
    assert pages[-1].cursor["unfinished"] == ["9"]  # a draft may still be published
    reasons = [resource.why_left_out(body) for page in pages for body in page.raw]
    assert reasons[:2] == ["a draft", "a pre-release, and `prereleases` is off"]


def test_a_token_without_a_scope_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {
            "x-oauth-scopes": "repo, gist",
            "github-authentication-token-expiration": "2026-03-15 08:00:00 UTC",
        }
        return httpx.Response(200, headers=headers, json=[])

    preview = source(tmp_path, answer, monkeypatch, org="acme", teams=True, collect=[]).preview()
    texts = [finding.text for finding in preview.findings]
    assert "the token lacks the right read:org." in texts
    assert "the token is valid until 2026-03-15 08:00 UTC." in texts
