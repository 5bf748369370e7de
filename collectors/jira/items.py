"""From an issue, as `collectors.jira.shape` keeps it, to a ticket with its history, perhaps an incident."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from collectors.jira.config import Config
from collectors.rest_items import Item
from collectors.scrub import is_bot
from collectors.ticket_rules import Words, first_fitting
from collectors.times import moment
from warehouse.records import Incident, Record, Ticket, TicketTransition, Worklog


def parser(config: Config) -> Callable[[Item], Sequence[Record]]:
    """A pure function from a kept issue to its records."""
    site = config.site_url or config.url

    def parse(issue: Item) -> Sequence[Record]:
        fields = issue["fields"]
        words = words_of(issue, config)
        shared: dict[str, Any] = {
            "service_id": _first(fields, config.service_field),
            "resolved_at": resolved_at(issue),
            "url": f"{site}/browse/{issue['key']}",
        }
        ticket = _ticket(issue, config, words, shared)
        records: list[Record] = [ticket, *_transitions(issue), *_worklogs(issue)]
        rule = first_fitting(config.incidents, words)
        if rule is not None:
            created_at = ticket.created_at
            incident = Incident(
                incident_id=ticket.ticket_id,
                started_at=created_at,
                detected_at=created_at,
                severity=fields["priority"],
                cause=rule.cause,
                **shared,
            )
            records.append(incident)
        return records

    return parse


def words_of(issue: Item, config: Config) -> Words:
    """The words of an issue that rules ask for."""
    fields = issue["fields"]
    return {
        "project": [fields["project"]],
        "issue_type": [fields["issuetype"]],
        "label": fields["labels"],
        "component": fields["components"],
        "request_type": fields[config.request_type_field] if config.request_type_field else [],
    }


def _ticket(issue: Item, config: Config, words: Words, shared: dict[str, Any]) -> Ticket:
    fields = issue["fields"]
    rule = first_fitting(config.tickets, words)
    hours = [worklog["seconds"] / 3600 for worklog in issue["worklogs"]]
    return Ticket(
        ticket_id=str(issue["id"]),
        type=rule.type if rule else "other",
        action=rule.action if rule else None,
        created_at=moment(fields["created"]),
        team_id=_first(fields, config.team_field),
        queue=_first(fields, config.queue_field) if config.queue_field else fields["project"],
        first_response_at=first_response_at(issue),
        touch_hours=sum(hours) if hours else None,
        status=fields["status"],
        **shared,
    )


def first_response_at(issue: Item) -> datetime | None:
    """When somebody else than who asked first said something in public or moved the ticket.

    A program is nobody: an automatic confirmation is no response.
    """
    reporter = issue["fields"]["reporter"]
    acts = [*issue["histories"], *(comment for comment in issue["comments"] if comment["is_public"])]
    times = [
        moment(act["at"])
        for act in acts
        if not (act["by"] and is_bot(act["by"]))
        and (reporter is None or act["by"] is None or act["by"]["accountId"] != reporter["accountId"])
    ]
    return min(times, default=None)


def resolved_at(issue: Item) -> datetime | None:
    """When the resolution was set; without one, when the ticket reached a status of the category done.

    Reopening empties the resolution. Where a workflow sets none, Cloud says when the category changed, and
    Data Center's history says when the present status began.
    """
    fields = issue["fields"]
    if fields["resolutiondate"]:
        return moment(fields["resolutiondate"])
    if fields["category"] != "done":
        return None
    if fields["statuscategorychangedate"]:
        return moment(fields["statuscategorychangedate"])
    reached = [moment(move["at"]) for move in issue["histories"] if move["to"] == fields["status"]]
    return max(reached, default=None)


def _transitions(issue: Item) -> list[Record]:
    moves = {(moment(move["at"]), move["to"]): move["from"] for move in issue["histories"]}
    return [
        TicketTransition(str(issue["id"]), at, from_status=source, to_status=target)
        for (at, target), source in sorted(moves.items())
    ]


def _worklogs(issue: Item) -> list[Record]:
    """Hours by the instant at which the work began; two people who began at once are added up."""
    hours: dict[datetime, float] = defaultdict(float)
    for worklog in issue["worklogs"]:
        hours[moment(worklog["at"])] += worklog["seconds"] / 3600
    return [Worklog(str(issue["id"]), at, hours=spent) for at, spent in sorted(hours.items())]


def _first(fields: Item, name: str | None) -> str | None:
    """The first word of a configured field."""
    found = fields[name] if name else []
    if isinstance(found, str):
        return found
    return found[0] if found else None
