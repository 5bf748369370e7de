"""What is kept of an answer of GitLab: named fields only, bots told from people, notes as what they did.

A list of what may stay is safer than a list of what must go: titles, messages and trailers of commits,
descriptions and the words of notes are never looked at again, whatever GitLab adds to its answers.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from collectors.scrub import is_bot
from collectors.shapes import objects, only

Shape = Callable[[Any], Any]
Users = Callable[[Any], Any]

_ISSUE = (
    "iid",
    "state",
    "issue_type",
    "severity",
    "created_at",
    "updated_at",
    "closed_at",
    "labels",
    "web_url",
)
_MERGE_REQUEST = (
    "iid",
    "state",
    "draft",
    "created_at",
    "updated_at",
    "merged_at",
    "closed_at",
    "sha",
    "merge_commit_sha",
    "squash_commit_sha",
    "web_url",
)
_COMMIT = ("id", "authored_date", "committed_date")
_DEPLOYMENT = ("id", "status", "sha", "created_at", "updated_at")
_JOB = ("id", "name", "status", "created_at", "started_at", "finished_at", "queued_duration", "web_url")
_PIPELINE = (
    "id",
    "status",
    "source",
    "sha",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
    "web_url",
)

# Users that are programs: access tokens of projects and groups, service accounts, GitLab's own helpers.
# https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
_BOT = re.compile(
    r"(project|group)_\d+_bot(_.*)?|service_account_.*|.*[-_.]bot\d*|.*\[bot\]|duo-.*|gitlab-?duo.*",
    re.IGNORECASE,
)
# The words of system notes: app/services/system_notes/merge_requests_service.rb and its predecessors,
# which said "Work In Progress". "unmarked as a …" ends a draft, so the beginnings matter.
_ACTIONS: Mapping[str, re.Pattern[str]] = {
    "draft": re.compile(
        r"marked (this merge request )?as (a )?\*\*(draft|work in progress)\*\*", re.IGNORECASE
    ),
    "ready": re.compile(
        r"(marked this merge request as \*\*ready\*\*|unmarked (this merge request )?as a )", re.IGNORECASE
    ),
    "review": re.compile(r"(approved this merge request|requested changes)", re.IGNORECASE),
}


def users(bots: Collection[str]) -> Users:
    """A function from a user to what is kept of one; ``bots`` are further user names of programs."""
    named = {name.casefold() for name in bots}

    def kept(user: Any) -> Any:
        if not isinstance(user, Mapping) or not isinstance(user.get("username"), str):
            return None
        name = user["username"]
        bot = is_bot(user) or name.casefold() in named or _BOT.fullmatch(name) is not None
        return {"username": name, "bot": bot}

    return kept


def merge_request(user: Users) -> Shape:
    """A merge request with the times of its commits and what its notes did."""

    def shape(item: Any) -> Any:
        return {
            **only(item, _MERGE_REQUEST),
            "author": user(item.get("author")),
            "commits": [only(commit, _COMMIT) for commit in objects(item.get("commits"))],
            "notes": _notes(item, user),
        }

    return shape


def issue(user: Users) -> Shape:
    """An issue with its labels, its spent time and what its notes did."""

    def shape(item: Any) -> Any:
        return {
            **only(item, _ISSUE),
            "author": user(item.get("author")),
            "time_stats": only(item.get("time_stats"), ("total_time_spent",)),
            "notes": _notes(item, user),
        }

    return shape


def deployment(item: Any) -> Any:
    """A deployment with its environment and its job; nobody who started or approved it."""
    job = item.get("deployable")
    environment = only(item.get("environment"), ("id", "name"))
    tier = only(item.get("tier"), ("tier",))
    return {
        **only(item, _DEPLOYMENT),
        "environment": environment | tier,
        "deployable": {**only(job, _JOB), "pipeline": only(job.get("pipeline"), ("source",))}
        if isinstance(job, Mapping)
        else None,
    }


def pipeline(item: Any) -> Any:
    """A pipeline with its times and, where they were asked for, its jobs."""
    full = item.get("full")
    known = only(full if isinstance(full, Mapping) else {}, _PIPELINE)
    return {
        **only(item, _PIPELINE),
        **known,
        "jobs": [only(job, _JOB) for job in objects(item.get("jobs"))],
    }


def group(user: Users) -> Shape:
    """A group with the number of its people; not who they are."""

    def shape(item: Any) -> Any:
        members = [member for member in objects(item.get("members")) if member.get("state") == "active"]
        people = [member for member in map(user, members) if member and not member["bot"]]
        return {**only(item, ("id", "full_path", "name")), "n_people": len(people)}

    return shape


def _notes(item: Mapping[str, Any], user: Users) -> list[dict[str, Any]]:
    """When somebody reviewed, commented, or made a draft of it; other system notes are left out."""
    notes = [
        {"at": note.get("created_at"), "did": _did(note), "author": user(note.get("author"))}
        for note in objects(item.get("notes"))
    ]
    return [note for note in notes if note["did"]]


def _did(note: Mapping[str, Any]) -> str:
    if not note.get("system"):
        return "comment"
    words = str(note.get("body") or "")
    return next((action for action, pattern in _ACTIONS.items() if pattern.match(words)), "")
