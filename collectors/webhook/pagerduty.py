"""PagerDuty's webhook events, version 3: incidents from triggered to resolved.

Written against developer.pagerduty.com, Webhooks overview (v3). The resolution is the moment of the
resolved event, never ``updated_at``.
"""

from typing import Any

from collectors.webhook.reading import Delivery, Fields, IgnoredError, Sighting
from warehouse.records import Incident

_OPEN = frozenset(
    {"triggered", "acknowledged", "unacknowledged", "reopened", "escalated", "delegated", "reassigned"}
)
_TELLING = _OPEN | {"resolved", "priority_updated", "service_updated"}


def slimmed(body: Any) -> Any:
    """The body without what people wrote: an incident's summary is its title."""
    event = body.get("event") if isinstance(body, dict) else None
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        return body
    data = {key: value for key, value in event["data"].items() if key != "summary"}
    return {"event": {**event, "data": data}}


def read(delivery: Delivery) -> Sighting:
    """What the event tells.

    Raises
    ------
    FieldError : a field is missing or wrong. IgnoredError : Payoff measures nothing of this.
    """
    event = Fields(delivery.body).within("event")
    subject, _, what = event.text("event_type").partition(".")
    if subject != "incident" or what not in _TELLING:
        raise IgnoredError(f"events of type {event.text('event_type')} tell nothing that is measured")
    return _incident(event.within("data"), what, event)


def _incident(data: Fields, what: str, event: Fields) -> Sighting:
    at, created_at = event.time("occurred_at"), data.time("created_at")
    values: dict[str, Any] = {
        "service_id": data.within("service").text("id"),
        "started_at": created_at,
        "detected_at": at if what == "acknowledged" else None,
        "severity": _severity(data),
        "url": data.maybe_text("html_url"),
        "resolved_at": at if what == "resolved" else None,
    }
    is_open = what in _OPEN or (what != "resolved" and data.text("status") != "resolved")
    return Sighting(Incident, {"incident_id": data.text("id")}, at, is_open, values)


def _severity(data: Fields) -> str | None:
    """The priority; an incident without one has none."""
    priority = data.maybe_within("priority")
    return priority.maybe_text("summary") or priority.maybe_text("name")
