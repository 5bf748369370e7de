"""Alertmanager's webhook (version 4): every firing alert is an incident until it is resolved.

Written against prometheus.io, Alertmanager configuration, ``webhook_config`` (0.28). An alert that fires
again later has the same fingerprint and another start, and is another incident.
"""

from collections.abc import Callable, Mapping
from typing import Any

from collectors.webhook.reading import Delivery, FieldError, Fields, IgnoredError, Sighting, without
from warehouse.records import Incident

# Words of people: what the alert means and what to do.
_DROPPED = frozenset({"annotations"})


def alerts(body: Any) -> list[Any]:
    """One body per alert of a notification, so that each incident keeps its own."""
    items = [without(item.value, _DROPPED) for item in Fields(body).objects("alerts")]
    return [{"version": body.get("version"), "alerts": [item]} for item in items]


def read(delivery: Delivery, *, labels: Mapping[str, str], is_production: Callable[[str], bool]) -> Sighting:
    """What the event tells; ``labels`` names those that hold ``service``, ``severity`` and ``environment``.

    Raises
    ------
    FieldError : a field is missing or wrong. IgnoredError : the alert is not of production.
    """
    found = Fields(delivery.body).objects("alerts")
    if len(found) != 1:
        raise FieldError("alerts", "should be one alert here")
    alert = found[0]
    own = alert.within("labels")
    environment = own.maybe_text(labels["environment"]) if labels.get("environment") else None
    if environment is not None and not is_production(environment):
        raise IgnoredError(f"environment {environment} is not production")
    started_at = alert.time("startsAt")
    is_open = alert.choice("status", {"firing": True, "resolved": False})
    ended_at = None if is_open else alert.time("endsAt")
    values = {
        "service_id": own.maybe_text(labels["service"]),
        "started_at": started_at,
        "detected_at": started_at,
        "resolved_at": ended_at,
        "severity": own.maybe_text(labels["severity"]),
        "url": alert.maybe_text("generatorURL"),
    }
    identifier = f"{alert.text('fingerprint')}@{started_at:%Y-%m-%dT%H:%M:%SZ}"
    return Sighting(Incident, {"incident_id": identifier}, ended_at or started_at, is_open, values)
