"""A source of a made-up tool, to show what one more API takes: this file, a fixture folder and a stanza.

It has one list of each kind of paging; `issues` is a list by itself, for tests of what all lists do. Page:
the tool's manual, version 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, SecretStr

from collectors.auth import BearerToken
from collectors.base import Context, Preview, Resource, pseudonymiser
from collectors.http import Client
from collectors.pagination import LinkHeader, NextCursor, Offset, PageNumber
from collectors.preview import previewed
from collectors.rest import Edited, RestResource, Unfinished
from collectors.scrub import is_bot, scrubber
from warehouse.records import Change, Deployment, Incident, Record, Team, Ticket

Item = Mapping[str, Any]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_STATUS = {"running": "in_progress", "passed": "success", "broken": "failure"}


class Config(BaseModel, extra="forbid"):
    base_url: str = "https://sample.example/api"
    token: SecretStr = Field(description="Needs the right deployments:read.")
    projects: list[str]
    start: AwareDatetime


def build(name: str, config: Config, context: Context) -> "SampleSource":
    return SampleSource(name, config, context)


@dataclass(frozen=True)
class SampleSource:
    name: str
    config: Config
    context: Context
    kind: str = "sample"

    def resources(self) -> Sequence[Resource]:
        return [resource for project in self.config.projects for resource in self._of(project)]

    def preview(self) -> Preview:
        return previewed(self, self.context)

    def _of(self, project: str) -> list[Resource]:
        client = Client(
            self.name,
            self.config.base_url,
            BearerToken(self.config.token.get_secret_value, variable=self.context.variable("token")),
        )
        common: dict[str, Any] = {
            "client": client,
            "scope_id": project,
            "key": lambda item: str(item["id"]),
            "scrub": scrubber(self.context.pseudonym),
            "now": self.context.now,
            "begin": self.config.start,
        }
        return [
            RestResource(
                name="deployments",
                path="deployments",
                params={"project": project},
                paginator=LinkHeader(),
                parse=parse_deployment,
                right="deployments:read",
                covers=("deployments",),
                edited=Edited(parameter="updated_since"),
                unfinished=Unfinished(
                    lambda item: item["status"] == "running", lambda key: f"deployments/{key}"
                ),
                **common,
            ),
            RestResource(
                name="incidents",
                path="incidents",
                paginator=NextCursor("meta.next", "after"),
                items="incidents",
                parse=parse_incident,
                covers=("incidents",),
                edited=Edited(at="changed_at"),
                **common,
            ),
            RestResource(name="teams", path="teams", paginator=PageNumber(), parse=parse_team, **common),
            RestResource(
                name="tickets",
                path="tickets",
                paginator=Offset("startAt"),
                items="values",
                parse=parse_ticket,
                is_optional=True,
                **common,
            ),
            RestResource(
                name="reviews",
                path="reviews",
                paginator=LinkHeader(),
                parse=parse_change,
                is_optional=True,
                **common,
            ),
        ]


def parse_deployment(item: Item) -> Sequence[Record]:
    """A deployment, and the change it shipped (its author is a pseudonym by now)."""
    deployment = Deployment(
        deployment_id=str(item["id"]),
        service_id=item["service"],
        environment=item["environment"],
        status=_STATUS[item["status"]],  # type: ignore[arg-type]
        sha=item["sha"],
        finished_at=_time(item["ended_at"]),
    )
    return (deployment, *parse_change({**item["change"], "service": item["service"]}))


def parse_change(item: Item) -> Sequence[Record]:
    author = item["author"]
    return (Change(item["number"], item["service"], author=author["login"], is_bot=is_bot(author)),)


def parse_incident(item: Item) -> Sequence[Record]:
    started_at = datetime.fromisoformat(item["opened_at"])
    return (Incident(str(item["id"]), started_at, resolved_at=_time(item["closed_at"])),)


def parse_team(item: Item) -> Sequence[Record]:
    return (Team(item["id"], name=item["name"]),)


def parse_ticket(item: Item) -> Sequence[Record]:
    return (Ticket(item["id"], item["type"], datetime.fromisoformat(item["created_at"])),)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def parse_issue(issue: Item) -> Sequence[Record]:
    """The ticket of an issue."""
    closed = issue["closed_at"]
    return [
        Ticket(
            ticket_id=str(issue["number"]),
            type="request",
            created_at=datetime.fromisoformat(issue["created_at"]),
            resolved_at=datetime.fromisoformat(closed) if closed else None,
            status=issue["state"],
        )
    ]


def issues(over: Client, now: datetime, *, refetches: bool = False) -> RestResource:
    """The issues of one tracker as a resource."""
    return RestResource(
        client=over,
        name="issues",
        scope_id="acme/shop",
        path="/issues",
        paginator=LinkHeader(),
        key=lambda issue: str(issue["number"]),
        parse=parse_issue,
        scrub=scrubber(pseudonymiser(b"key")),
        now=now,
        begin=BEGIN,
        right='"issues: read"',
        covers=("tickets",),
        edited=Edited(parameter="since"),
        unfinished=Unfinished(lambda issue: issue["state"] == "open", lambda key: f"/issues/{key}")
        if refetches
        else None,
    )
