"""A source as small as one can be: the issues of a tracker become tickets."""

from collections.abc import Sequence
from datetime import UTC, datetime

from collectors.base import pseudonymiser
from collectors.http import Client
from collectors.pagination import LinkHeader
from collectors.rest import Edited, RestResource, Unfinished
from collectors.rest_items import Item
from collectors.scrub import scrubber
from warehouse.records import Record, Ticket

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def ticket(issue: Item) -> Sequence[Record]:
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
        parse=ticket,
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
