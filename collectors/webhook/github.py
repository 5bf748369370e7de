"""GitHub's webhook events: deployments with their statuses, workflow runs, pull requests.

Written against docs.github.com, Webhook events and payloads (2022-11-28).
"""

from datetime import datetime
from typing import Any

from collectors.github.runs import run_status
from collectors.scrub import is_bot
from collectors.webhook.reading import Delivery, FieldError, Fields, IgnoredError, Sighting, without
from warehouse.records import Build, Change, Deployment, RunStatus

_STATES = {
    "pending": "in_progress",
    "queued": "in_progress",
    "waiting": "in_progress",
    "in_progress": "in_progress",
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "inactive": "",
}
# What is kept of the repository, which comes with every event and is most of it by size.
_REPOSITORY = ("id", "full_name", "html_url")
# Words of people and of their branches, and what no record needs.
_DROPPED = frozenset(
    {
        "sender",
        "organization",
        "enterprise",
        "installation",
        "changes",
        "display_title",
        "payload",
        "head",
        "base",
        "_links",
    }
)


def slimmed(body: Any) -> Any:
    """The body without what no record needs."""
    kept = without(body, _DROPPED)
    if isinstance(kept, dict) and isinstance(kept.get("repository"), dict):
        kept["repository"] = {key: kept["repository"].get(key) for key in _REPOSITORY}
    return kept


def read(delivery: Delivery) -> Sighting:
    """What the event tells.

    Raises
    ------
    FieldError : a field is missing or wrong. IgnoredError : Payoff measures nothing of this.
    """
    reader = _READERS.get(delivery.event)
    if reader is None:
        raise IgnoredError(f"events of type {delivery.event} tell nothing that is measured")
    body = Fields(delivery.body)
    return reader(body, body.within("repository").text("full_name"))


def _deployment(body: Fields, repo: str) -> Sighting:
    item = body.within("deployment")
    values = {**_of_deployment(item, repo), "status": "in_progress"}
    return Sighting(Deployment, _deployment_key(item, repo), item.time("created_at"), True, values)


def _deployment_status(body: Fields, repo: str) -> Sighting:
    item, status = body.within("deployment"), body.within("deployment_status")
    state = status.choice("state", _STATES)
    if not state:
        raise IgnoredError("a deployment that is superseded stays what it was")
    at, is_open = status.time("created_at"), state == "in_progress"
    values = _of_deployment(item, repo) | {
        "status": state,
        "environment": status.maybe_text("environment") or item.text("environment"),
        "finished_at": None if is_open else at,
        "url": status.maybe_text("log_url") or status.maybe_text("target_url"),
    }
    return Sighting(Deployment, _deployment_key(item, repo), at, is_open, values)


def _deployment_key(item: Fields, repo: str) -> dict[str, str]:
    return {"deployment_id": f"{repo}/deployments/{item.text('id')}"}


def _of_deployment(item: Fields, repo: str) -> dict[str, Any]:
    return {
        "service_id": repo,
        "environment": item.text("environment"),
        "sha": item.text("sha"),
        "started_at": item.time("created_at"),
        "trigger": item.maybe_text("task"),
    }


def _workflow_run(body: Fields, repo: str) -> Sighting:
    run = body.within("workflow_run")
    status = _status(run)
    has_ended = run.text("status") == "completed"
    values = {
        "status": status,
        "service_id": repo,
        "repo_id": repo,
        "sha": run.text("head_sha"),
        "queued_at": run.time("created_at"),
        "started_at": run.maybe_time("run_started_at"),
        "finished_at": run.time("updated_at") if has_ended else None,
        "job": run.maybe_text("name"),
        "url": run.maybe_text("html_url"),
    }
    attempt = run.maybe_text("run_attempt") or "1"
    key = {"build_id": f"{repo}/runs/{run.text('id')}/{attempt}"}
    return Sighting(Build, key, run.time("updated_at"), not has_ended, values)


def _status(run: Fields) -> RunStatus:
    """The status as the source that asks for runs reads it."""
    run.text("status")
    try:
        return run_status(run.value)
    except KeyError:
        raise FieldError(f"{run.path}.conclusion", "is none that GitHub documents") from None


def _pull_request(body: Fields, repo: str) -> Sighting:
    pull = body.within("pull_request")
    author = pull.maybe_within("user")
    merged_at = pull.maybe_time("merged_at")
    values = {
        "repo_id": repo,
        "merge_sha": pull.maybe_text("merge_commit_sha") if merged_at else None,
        "opened_at": pull.time("created_at"),
        "ready_at": _ready_at(body, pull),
        "merged_at": merged_at,
        "closed_at": pull.maybe_time("closed_at"),
        "author": author.maybe_text("login"),
        "is_bot": is_bot(author.value) if author.value else None,
        "url": pull.maybe_text("html_url"),
    }
    key = {"change_id": f"{repo}#{pull.text('number')}", "service_id": repo}
    return Sighting(Change, key, pull.time("updated_at"), merged_at is None, values)


def _ready_at(body: Fields, pull: Fields) -> datetime | None:
    """When it became ready for review: GitHub says so only in the event of that moment."""
    action = body.maybe_text("action")
    if action == "ready_for_review":
        return pull.time("updated_at")
    return pull.time("created_at") if action == "opened" and pull.value.get("draft") is False else None


def _review(body: Fields, repo: str) -> Sighting:
    """The first review of a person who is not the author."""
    pull, review = body.within("pull_request"), body.within("review")
    reviewer, author = review.maybe_within("user"), pull.maybe_within("user")
    if reviewer.maybe_text("login") in (None, author.maybe_text("login")) or is_bot(reviewer.value):
        raise IgnoredError("a review by the author or a bot is none")
    if body.maybe_text("action") != "submitted":
        raise IgnoredError("a review counts when it is submitted")
    at = review.time("submitted_at")
    values = {"repo_id": repo, "opened_at": pull.time("created_at"), "first_review_at": at}
    key = {"change_id": f"{repo}#{pull.text('number')}", "service_id": repo}
    return Sighting(Change, key, at, True, values)


_READERS = {
    "deployment": _deployment,
    "deployment_status": _deployment_status,
    "workflow_run": _workflow_run,
    "pull_request": _pull_request,
    "pull_request_review": _review,
}
