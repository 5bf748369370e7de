"""PagerDuty's incidents as records: what is kept of them, which ones count, and when what happened.

Written against the REST API v2 (``application/vnd.pagerduty+json;version=2``): "List incidents", "List log
entries for an incident" and "Get custom field values" on https://developer.pagerduty.com/api-reference/.
Pure: the item and the rules of the source decide.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from collectors.rest_items import Item
from collectors.times import moment, optional_moment
from warehouse.records import Cause, Incident, Record

_INCIDENT = ("id", "status", "urgency", "created_at", "updated_at", "resolved_at", "html_url")
_ENTRIES = ("trigger", "acknowledge", "resolve", "priority_change", "urgency_change")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which incidents count, and where their severity, cause and deployment stand."""

    services: Collection[str] = ()
    urgencies: Collection[str] = ("high",)
    priorities: Collection[str] = ()
    severity_by: Literal["priority", "urgency"] = "priority"
    cause_field: str = ""
    causes: Mapping[str, Cause] = field(default_factory=dict)
    service_causes: Mapping[str, Cause] = field(default_factory=dict)
    deployment_field: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The custom fields that are read."""
        return frozenset(name for name in (self.cause_field, self.deployment_field) if name)

    def why_left_out(self, item: Item) -> str:
        """Why an incident does not count; empty if it does.

        One that ever had an urgency and a priority that count does, although it was lowered later: it would
        else stay open for ever in what is stored.
        """
        if self.services and item["service"] not in self.services:
            return "its service is none of `services`"
        if not set(self.urgencies) & set(_urgencies(item)):
            return f"urgency {item['urgency']} is none of `urgencies`"
        if self.priorities and not set(self.priorities) & set(_priorities(item)):
            return f"priority {item['priority'] or 'none'} is none of `priorities`"
        return ""


def shape(rules: Rules) -> Callable[[Any], Any]:
    """A function that keeps named fields of an incident only: no title, no note, nobody who was called."""

    def kept(item: Any) -> Any:
        incident = item["incident"] if isinstance(item.get("incident"), Mapping) else item
        service, priority = incident.get("service"), incident.get("priority")
        return {
            **{name: incident[name] for name in _INCIDENT if name in incident},
            "service": service.get("id") if isinstance(service, Mapping) else None,
            "priority": _priority(priority),
            "log_entries": list(_entries(item.get("log_entries"))),
            "fields": dict(_fields(item.get("custom_fields"), rules.fields)),
        }

    return kept


def incident(item: Item, rules: Rules) -> Sequence[Record]:
    """The incident as its log tells it: triggered, first acknowledged, last resolved.

    Raises
    ------
    ValueError : it is resolved, and neither its log nor the incident says when.
    """
    if rules.why_left_out(item):
        return []
    service = item["service"]
    return [
        Incident(
            incident_id=item["id"],
            started_at=min(_times(item, "trigger"), default=moment(item["created_at"])),
            service_id=service,
            detected_at=min(_times(item, "acknowledge"), default=None),
            resolved_at=_resolved_at(item) if item["status"] == "resolved" else None,
            severity=item["priority"] if rules.severity_by == "priority" else item["urgency"],
            cause=_cause(item, rules),
            deployment_id=item["fields"].get(rules.deployment_field),
            url=item["html_url"],
        )
    ]


def _resolved_at(item: Item) -> datetime:
    resolved_at = max(_times(item, "resolve"), default=optional_moment(item.get("resolved_at")))
    if resolved_at is None:
        raise ValueError("it is resolved, and neither its log nor the incident says when")
    return resolved_at


def _cause(item: Item, rules: Rules) -> Cause | None:
    stated = rules.causes.get(item["fields"].get(rules.cause_field, ""))
    return stated or rules.service_causes.get(item["service"] or "")


def _times(item: Item, kind: str) -> list[datetime]:
    return [moment(entry["at"]) for entry in item["log_entries"] if entry["did"] == kind]


def _urgencies(item: Item) -> Iterator[str]:
    """Every urgency that it had: there are two, so one that was changed had both."""
    yield item["urgency"]
    if any(entry["did"] == "urgency_change" for entry in item["log_entries"]):
        yield from ("high", "low")


def _priorities(item: Item) -> Iterator[str]:
    yield item["priority"] or ""
    for entry in item["log_entries"]:
        yield from (name for name in entry.get("priorities", ()) if name)


def _entries(entries: Any) -> Iterator[dict[str, Any]]:
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, Mapping):
            continue
        did = str(entry.get("type", "")).removesuffix("_reference").removesuffix("_log_entry")
        if did not in _ENTRIES:
            continue
        channel = entry.get("channel")
        changed = channel if did == "priority_change" and isinstance(channel, Mapping) else {}
        names = [_priority(changed.get(key)) for key in ("old_priority", "new_priority") if key in changed]
        yield {"at": entry.get("created_at"), "did": did} | ({"priorities": names} if names else {})


def _priority(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return None
    return value.get("summary") or value.get("name")


def _fields(values: Any, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, Mapping) and value.get("name") in wanted and value.get("value") is not None:
            yield str(value["name"]), str(value["value"])
