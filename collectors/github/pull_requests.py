"""What is kept of a pull request of GitHub: one form, whether REST or GraphQL brought it."""

from collections.abc import Mapping, Sequence
from typing import Any

from collectors.github.shapes import Shape, Users, nodes, renamed
from collectors.shapes import objects, only

_PULL_REQUEST_NODE = {
    "number": "number",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "merged_at": "mergedAt",
    "closed_at": "closedAt",
    "draft": "isDraft",
    "html_url": "url",
}
_COMMIT_NODE = {"authored_at": "authoredDate", "committed_at": "committedDate"}
_STEPS = {
    "ready_for_review": "ready",
    "convert_to_draft": "draft",
    "ReadyForReviewEvent": "ready",
    "ConvertToDraftEvent": "draft",
}


def pull_request(user: Users) -> Shape:
    """A pull request of REST with its ``commits``, ``reviews`` and ``events``."""

    def shape(item: Any) -> Any:
        names = ("number", "created_at", "updated_at", "merged_at", "closed_at", "draft", "html_url")
        return {
            **only(item, names),
            "merge_sha": item.get("merge_commit_sha"),
            "author": user(item.get("user")),
            "commits": _rest_commits(item.get("commits")),
            "reviews": _rest_reviews(item.get("reviews"), user),
            "steps": _steps(objects(item.get("events")), "event", "created_at"),
        }

    return shape


def pull_request_node(user: Users) -> Shape:
    """The same, of GraphQL; what was too long for it is there as of REST."""

    def shape(item: Any) -> Any:
        return {
            **renamed(item, _PULL_REQUEST_NODE),
            "merge_sha": (item.get("mergeCommit") or {}).get("oid"),
            "author": user(item.get("author")),
            "commits": _rest_commits(item.get("all_commits"))
            or [renamed(node.get("commit") or {}, _COMMIT_NODE) for node in nodes(item, "commits")],
            "reviews": _rest_reviews(item.get("all_reviews"), user)
            or [
                {"at": review.get("submittedAt"), "author": user(review.get("author"))}
                for review in nodes(item, "reviews")
            ],
            "steps": _steps(nodes(item, "timelineItems"), "__typename", "createdAt"),
        }

    return shape


def _steps(events: Sequence[Mapping[str, Any]], kind: str, at: str) -> list[dict[str, Any]]:
    return [
        {"at": event.get(at), "did": _STEPS[event[kind]]} for event in events if event.get(kind) in _STEPS
    ]


def _rest_commits(commits: Any) -> list[dict[str, Any]]:
    found = [entry.get("commit") or {} for entry in objects(commits)]
    return [
        {
            "authored_at": (commit.get("author") or {}).get("date"),
            "committed_at": (commit.get("committer") or {}).get("date"),
        }
        for commit in found
    ]


def _rest_reviews(reviews: Any, user: Users) -> list[dict[str, Any]]:
    return [
        {"at": review.get("submitted_at"), "author": user(review.get("user"))} for review in objects(reviews)
    ]
