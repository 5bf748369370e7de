"""Merge requests, issues and groups of GitLab as records.

Pure: the item, the project's path and the rules of the source decide.

Written against GitLab's REST API v4, documentation of 18.x: /api/merge_requests, /api/notes, /api/issues and
/api/groups on https://docs.gitlab.com. Pipelines and deployments: `collectors.gitlab.runs`.
"""

from collections.abc import Sequence
from datetime import datetime

from collectors.drafts import drafts
from collectors.gitlab.rules import Rules
from collectors.rest_items import Item
from collectors.scrub import is_bot
from collectors.times import moment, optional_moment
from warehouse.records import Cause, Change, Incident, Record, Team, Ticket, TicketType


def change(item: Item, project: str) -> Sequence[Record]:
    """The change of a merge request.

    The merge commit is the one on the target branch: merge commit, else squash commit, else (fast-forward)
    the head. A review is a comment or an approval by a person who is not the author, before it was merged.
    """
    merged_at, closed_at = optional_moment(item["merged_at"]), optional_moment(item["closed_at"])
    author = item["author"] or {}
    opened_at = moment(item["created_at"])
    commits: Sequence[Item] = item["commits"]
    ready_at, draft_hours = drafts(
        [(moment(note["at"]), note["did"]) for note in item["notes"] if note["did"] in ("draft", "ready")],
        opened_at=opened_at,
        is_draft=bool(item.get("draft")),
        until=closed_at or moment(item["updated_at"]),
    )
    return [
        Change(
            change_id=f"{project}!{item['iid']}",
            service_id=project,
            repo_id=project,
            merge_sha=_merge_sha(item) if merged_at else None,
            first_commit_at=min((moment(c["authored_date"]) for c in commits), default=None),
            first_committed_at=min((moment(c["committed_date"]) for c in commits), default=None),
            opened_at=opened_at,
            draft_hours=draft_hours,
            ready_at=ready_at,
            first_review_at=_first_response(item, until=merged_at or closed_at),
            merged_at=merged_at,
            closed_at=closed_at,
            author=author.get("username"),
            is_bot=is_bot(author),
            url=item["web_url"],
        )
    ]


def _merge_sha(item: Item) -> str | None:
    return item.get("merge_commit_sha") or item.get("squash_commit_sha") or item.get("sha")


def _first_response(item: Item, until: datetime | None = None) -> datetime | None:
    """The first comment or approval by a person who is not the author."""
    author = (item["author"] or {}).get("username")
    times = [
        moment(note["at"])
        for note in item["notes"]
        if note["did"] in ("comment", "review")
        and note["author"]
        and not is_bot(note["author"])
        and note["author"]["username"] != author
    ]
    return min((at for at in times if until is None or at <= until), default=None)


def issue(item: Item, project: str, rules: Rules) -> Sequence[Record]:
    """The incident or the ticket of an issue; most issues are neither."""
    if incident := rules.incident_rule(item, project):
        return [_incident(item, project, rules, incident.cause)]
    ticket = rules.ticket_rule(item, project)
    return [_ticket(item, project, ticket.type, ticket.action)] if ticket else []


def _incident(item: Item, project: str, rules: Rules, cause: Cause | None) -> Incident:
    severity = str(item.get("severity") or "UNKNOWN").lower()
    return Incident(
        incident_id=f"{project}#{item['iid']}",
        # That an issue was opened is when somebody wrote it down; since when they knew is not said.
        started_at=moment(item["created_at"]),
        service_id=rules.service_of(item["labels"]) or project,
        resolved_at=optional_moment(item["closed_at"]),
        severity=None if severity == "unknown" else severity,
        cause=cause,
        url=item["web_url"],
    )


def _ticket(item: Item, project: str, kind: TicketType, action: str | None) -> Ticket:
    spent = item["time_stats"].get("total_time_spent")
    return Ticket(
        ticket_id=f"{project}#{item['iid']}",
        type=kind,
        created_at=moment(item["created_at"]),
        queue=project,
        action=action,
        first_response_at=_first_response(item),
        resolved_at=optional_moment(item["closed_at"]),
        touch_hours=spent / 3600 if spent else None,
        status=item["state"],
        url=item["web_url"],
    )


def team(item: Item) -> Sequence[Record]:
    """The team of a group, with its head count."""
    return [Team(item["full_path"], name=item["name"], engineers=float(item["n_people"]))]
