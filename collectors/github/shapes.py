"""What is kept of an answer of GitHub: one form of each item, whether REST, GraphQL or a webhook brought it.

Titles, messages, branches and descriptions are not kept: people write them, and no figure needs them.
"""

import base64
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from collectors.scrub import Scrub, is_bot
from collectors.shapes import objects, only

Shape = Callable[[Any], Any]
Users = Callable[[Any], Any]
_BOT = "[bot]"
_RUN = (
    "id",
    "name",
    "path",
    "status",
    "conclusion",
    "event",
    "head_sha",
    "run_attempt",
    "created_at",
    "run_started_at",
    "updated_at",
    "html_url",
)
_JOB = (
    "id",
    "name",
    "status",
    "conclusion",
    "created_at",
    "started_at",
    "completed_at",
    "html_url",
    "run_attempt",
)
_ISSUE = ("number", "state", "created_at", "updated_at", "closed_at", "html_url")
_RELEASE = ("id", "draft", "prerelease", "created_at", "published_at", "html_url")
_REPOSITORY = ("full_name", "created_at", "pushed_at", "archived")

_DEPLOYMENT_NODE = {
    "id": "databaseId",
    "node_id": "id",
    "environment": "environment",
    "task": "task",
    "sha": "commitOid",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}


def users(bots: Collection[str]) -> Users:
    """A function from a user to what is kept of one; ``bots`` are further logins of programs."""
    named = {name.casefold() for name in bots}

    def kept(user: Any) -> Any:
        if not isinstance(user, Mapping) or not isinstance(user.get("login"), str):
            return None  # deleted
        login, kind = user["login"], user.get("__typename") or user.get("type") or "User"
        if kind == "Bot" or is_bot(user) or login.casefold() in named:
            # GraphQL says "dependabot" where REST says "dependabot[bot]".
            return {"login": login.removesuffix(_BOT) + _BOT, "type": "Bot"}
        return {"login": login, "type": "User"}

    return kept


def scrubbed(shape: Shape, people: Scrub) -> Scrub:
    """Shaped first, then people taken out; what is no object is only scrubbed."""
    return lambda item: people(shape(item) if isinstance(item, Mapping) else item)


def deployment(item: Any) -> Any:
    """A deployment of REST with its ``statuses``; nobody who asked for it."""
    return {
        **only(item, ("id", "node_id", "environment", "task", "sha", "created_at", "updated_at")),
        "statuses": [
            {
                "state": status.get("state"),
                "at": status.get("created_at"),
                "url": status.get("log_url") or status.get("target_url"),
            }
            for status in objects(item.get("statuses"))
        ],
    }


def deployment_node(item: Any) -> Any:
    """The same, of GraphQL."""
    return {
        **renamed(item, _DEPLOYMENT_NODE),
        "statuses": [
            {
                "state": str(status.get("state")).lower(),
                "at": status.get("createdAt"),
                "url": status.get("logUrl"),
            }
            for status in nodes(item, "statuses")
        ],
    }


def run(item: Any) -> Any:
    """A workflow run with the workflows that it calls and, where they were asked for, its jobs."""
    called = [str(entry.get("path")) for entry in objects(item.get("referenced_workflows"))]
    return {
        **only(item, _RUN),
        "called": called,
        "jobs": [only(job, _JOB) for job in objects(item.get("jobs"))],
    }


def issue(user: Users) -> Shape:
    """An issue with its labels and who commented when."""

    def shape(item: Any) -> Any:
        return {
            **only(item, _ISSUE),
            "author": user(item.get("user")),
            "type": (item.get("type") or {}).get("name"),
            "labels": [_label(label) for label in item.get("labels") or ()],
            "comments": [
                {"at": comment.get("created_at"), "author": user(comment.get("user"))}
                for comment in objects(item.get("comments"))
            ],
        }

    return shape


def _label(label: Any) -> str:
    return str(label["name"]) if isinstance(label, Mapping) else str(label)


def release(item: Any) -> Any:
    """A release with the commit of its tag."""
    commit = item.get("commit")
    return {**only(item, _RELEASE), "sha": commit.get("sha") if isinstance(commit, Mapping) else None}


def repository(item: Any) -> Any:
    """A repository with the team that owns all of it."""
    found = next((item[name] for name in OWNER_FILES if isinstance(item.get(name), Mapping)), None)
    return {**only(item, _REPOSITORY), "owner": owning_team(found) if found else None}


OWNER_FILES: Mapping[str, str] = {
    "owners_github": ".github/CODEOWNERS",
    "owners_root": "CODEOWNERS",
    "owners_docs": "docs/CODEOWNERS",
}
"""Where GitHub looks for it, the first one counts: its page "About code owners"."""
_EVERYTHING = frozenset({"*", "/*", "/", "**", "/**", "**/*"})
_TEAM = re.compile(r"@([\w.-]+/[\w.-]+)")


def owning_team(file: Mapping[str, Any]) -> str | None:
    """The first team of the last line of CODEOWNERS that covers the whole repository: ``acme/payments``.

    ``None`` where there is none, or where the file cannot be read (one above a megabyte comes empty).
    """
    try:
        text = base64.b64decode(str(file.get("content") or "")).decode(errors="replace")
    except ValueError:
        return None
    lines = [line.split("#", 1)[0].split() for line in text.splitlines()]
    rules = [words for words in lines if words and words[0] in _EVERYTHING]
    found = _TEAM.search(" ".join(rules[-1][1:])) if rules else None
    return found[1] if found else None


def team(item: Any) -> Any:
    """A team with the number of its people; not who they are."""
    return {
        **only(item, ("slug", "name")),
        "parent": (item.get("parentTeam") or {}).get("slug"),
        "n_people": (item.get("members") or {}).get("totalCount"),
    }


def renamed(value: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The values under our names; ``names`` are ours and theirs."""
    return {name: value[theirs] for name, theirs in names.items() if theirs in value}


def nodes(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """What a connection of GraphQL holds."""
    connection = item.get(name)
    return objects(connection.get("nodes")) if isinstance(connection, Mapping) else []
