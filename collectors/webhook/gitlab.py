"""GitLab's webhook events: deployments, pipelines, merge requests, incidents.

Written against docs.gitlab.com, Webhook events (18). Older times read ``2021-04-28 21:50:00 +0200``.
"""

from typing import Any

from collectors.gitlab.runs import DEPLOYMENT_STATUS, RUN_STATUS
from collectors.webhook.reading import Delivery, FieldError, Fields, IgnoredError, Sighting, without
from warehouse.records import Build, Change, Deployment, Incident

# Words of people.
_DROPPED = frozenset({"commit_title", "commit", "last_commit", "commits", "labels", "changes"})


def slimmed(body: Any) -> Any:
    """The body without what no record needs."""
    return without(body, _DROPPED)


def read(delivery: Delivery) -> Sighting:
    """What the event tells.

    Raises
    ------
    FieldError : a field is missing or wrong. IgnoredError : Payoff measures nothing of this.
    """
    body = Fields(delivery.body)
    kind = body.text("object_kind")
    reader = _READERS.get(kind)
    if reader is None:
        raise IgnoredError(f"events of type {kind} tell nothing that is measured")
    return reader(body, body.within("project").text("path_with_namespace"))


def _deployment(body: Fields, repo: str) -> Sighting:
    status, at = body.choice("status", DEPLOYMENT_STATUS), body.time("status_changed_at")
    is_open = status == "in_progress"
    values = {
        "service_id": repo,
        "environment": body.text("environment"),
        "status": status,
        "sha": _sha(body),
        "started_at": at if body.text("status") == "running" else None,
        "finished_at": None if is_open else at,
        "url": body.maybe_text("deployable_url"),
    }
    key = {"deployment_id": f"{repo}/deployments/{body.text('deployment_id')}"}
    return Sighting(Deployment, key, at, is_open, values)


def _sha(body: Fields) -> str | None:
    """The whole hash stands only in the address of the commit."""
    whole = (body.maybe_text("commit_url") or "").rpartition("/commit/")[2]
    return whole if len(whole) >= 40 else None


def _pipeline(body: Fields, repo: str) -> Sighting:
    item = body.within("object_attributes")
    status = item.choice("status", RUN_STATUS)
    finished_at, created_at = item.maybe_time("finished_at"), item.time("created_at")
    values = {
        "status": status,
        "service_id": repo,
        "repo_id": repo,
        "sha": item.text("sha"),
        "queued_at": created_at,
        "finished_at": finished_at,
        "job": item.maybe_text("name"),
        "url": item.maybe_text("url"),
    }
    key = {"build_id": f"{repo}/pipelines/{item.text('id')}"}
    is_open = status in ("in_progress", "awaiting_approval")
    return Sighting(Build, key, finished_at or created_at, is_open, values)


def _merge_request(body: Fields, repo: str) -> Sighting:
    item = body.within("object_attributes")
    state = item.choice("state", {word: word for word in ("opened", "closed", "merged", "locked")})
    at = item.time("updated_at")
    values: dict[str, Any] = {
        "repo_id": repo,
        "opened_at": item.time("created_at"),
        "author": _author(body, item),
        "url": item.maybe_text("url"),
    }
    if state == "merged":
        values["merge_sha"] = item.maybe_text("merge_commit_sha")
        values["merged_at"] = item.maybe_time("merged_at") or at
    elif state == "closed":
        values["closed_at"] = item.maybe_time("closed_at") or at
    key = {"change_id": f"{repo}!{item.text('iid')}", "service_id": repo}
    return Sighting(Change, key, at, state in ("opened", "locked"), values)


def _author(body: Fields, item: Fields) -> str | None:
    """The author is named only where the one who acts is the author; elsewhere it stays unknown."""
    user = body.maybe_within("user")
    is_author = user.maybe_text("id") is not None and user.maybe_text("id") == item.maybe_text("author_id")
    return user.maybe_text("username") if is_author else None


def _issue(body: Fields, repo: str) -> Sighting:
    item = body.within("object_attributes")
    if (item.maybe_text("type") or "").casefold() != "incident":
        raise IgnoredError("an issue that is no incident tells nothing that is measured")
    state = item.choice("state", {"opened": "open", "closed": "closed"})
    created_at, at = item.time("created_at"), item.time("updated_at")
    closed_at = item.maybe_time("closed_at") or at
    if closed_at < created_at:
        raise FieldError("object_attributes.closed_at", "is before created_at")
    values = {
        "service_id": repo,
        "started_at": created_at,
        "detected_at": created_at,
        "resolved_at": closed_at if state == "closed" else None,
        "severity": item.maybe_text("severity"),
        "url": item.maybe_text("url"),
    }
    key = {"incident_id": f"{repo}#{item.text('iid')}"}
    return Sighting(Incident, key, at, state == "open", values)


_READERS = {
    "deployment": _deployment,
    "pipeline": _pipeline,
    "merge_request": _merge_request,
    "issue": _issue,
    "incident": _issue,
    "work_item": _issue,
}
