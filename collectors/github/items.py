"""Pull requests, issues, releases, repositories and teams of GitHub as records.

Pure: the item as `collectors.github.shapes` keeps it, the repository's name and the rules decide. Written
against the REST API 2022-11-28, https://docs.github.com/en/rest: pages pulls/pulls, pulls/reviews,
issues/events, issues/issues, releases/releases, repos/repos and teams/teams.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from collectors.drafts import drafts
from collectors.github.rules import Rules
from collectors.rest_items import Item
from collectors.scrub import is_bot
from collectors.ticket_rules import IncidentRule, TicketRule
from collectors.times import moment, optional_moment
from warehouse.records import Change, Deployment, Incident, Record, Service, Team, Ticket


def change(item: Item, repository: str) -> Sequence[Record]:
    """The change of a pull request; a review is by a person who is not the author, and before the merge."""
    merged_at, closed_at = optional_moment(item["merged_at"]), optional_moment(item["closed_at"])
    opened_at, author = moment(item["created_at"]), item["author"] or {}
    ready_at, draft_hours = drafts(
        [(moment(step["at"]), step["did"]) for step in item["steps"]],
        opened_at=opened_at,
        is_draft=bool(item["draft"]),
        until=closed_at or moment(item["updated_at"]),
    )
    return [
        Change(
            change_id=f"{repository}#{item['number']}",
            service_id=repository,
            repo_id=repository,
            # Before the merge it is the commit of a trial merge, on no branch.
            merge_sha=item["merge_sha"] if merged_at else None,
            first_commit_at=_first(commit.get("authored_at") for commit in item["commits"]),
            first_committed_at=_first(commit.get("committed_at") for commit in item["commits"]),
            opened_at=opened_at,
            draft_hours=draft_hours,
            ready_at=ready_at,
            first_review_at=_first_response(item["reviews"], author, until=merged_at or closed_at),
            merged_at=merged_at,
            closed_at=closed_at,
            author=author.get("login"),
            is_bot=is_bot(author) if author else None,
            url=item["html_url"],
        )
    ]


def _first(times: Iterable[str | None]) -> datetime | None:
    return min((moment(time) for time in times if time), default=None)


def _first_response(
    responses: Sequence[Item], author: Item, until: datetime | None = None
) -> datetime | None:
    """The first one of a person who is not the author; one that is not sent yet has no time."""
    times = [
        moment(response["at"])
        for response in responses
        if response["at"]
        and response["author"]
        and not is_bot(response["author"])
        and response["author"]["login"] != author.get("login")
    ]
    return min((at for at in times if until is None or at <= until), default=None)


def issue(item: Item, repository: str, rules: Rules) -> Sequence[Record]:
    """The incident or the ticket of an issue; most issues are neither."""
    if incident := rules.incident_rule(item, repository):
        return [_incident(item, repository, rules, incident)]
    ticket = rules.ticket_rule(item, repository)
    return [_ticket(item, repository, ticket)] if ticket else []


def _incident(item: Item, repository: str, rules: Rules, rule: IncidentRule) -> Incident:
    return Incident(
        incident_id=f"{repository}#{item['number']}",
        # That an issue was opened is when somebody wrote it down; since when they knew is not said.
        started_at=moment(item["created_at"]),
        service_id=rules.service_of(item["labels"]) or repository,
        resolved_at=optional_moment(item["closed_at"]),
        severity=rules.severity_of(item["labels"]),
        cause=rule.cause,
        url=item["html_url"],
    )


def _ticket(item: Item, repository: str, rule: TicketRule) -> Ticket:
    return Ticket(
        ticket_id=f"{repository}#{item['number']}",
        type=rule.type,
        created_at=moment(item["created_at"]),
        queue=repository,
        action=rule.action,
        first_response_at=_first_response(item["comments"], item["author"] or {}),
        resolved_at=optional_moment(item["closed_at"]),
        status=item["state"],
        url=item["html_url"],
    )


def release(item: Item, repository: str, rules: Rules) -> Sequence[Record]:
    """The deployment that a published release stands for; drafts are none, pre-releases only if asked."""
    if why_no_release(item, rules):
        return []
    published_at = moment(item["published_at"])
    return [
        Deployment(
            deployment_id=f"{repository}/releases/{item['id']}",
            service_id=repository,
            environment=rules.release_environment,
            status="success",
            sha=item["sha"],
            started_at=published_at,
            finished_at=published_at,
            trigger="release",
            url=item["html_url"],
        )
    ]


def why_no_release(item: Item, rules: Rules) -> str:
    """Why a release deploys nothing; empty where it does."""
    if item["draft"]:
        return "a draft"
    return "a pre-release, and `prereleases` is off" if item["prerelease"] and not rules.prereleases else ""


def repository(item: Item) -> Sequence[Record]:
    """The service of a repository, with the team that owns all of it."""
    name = item["full_name"]
    return [
        Service(
            name,
            name=name.rpartition("/")[2],
            team_id=item["owner"],
            repo_id=name,
            created_at=moment(item["created_at"]),
        )
    ]


def team(item: Item, org: str) -> Sequence[Record]:
    """The team, with its head count."""
    parent, n_people = item["parent"], item["n_people"]
    return [
        Team(
            f"{org}/{item['slug']}",
            name=item["name"],
            engineers=None if n_people is None else float(n_people),
            parent_team_id=f"{org}/{parent}" if parent else None,
        )
    ]
