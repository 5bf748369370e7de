"""The inbox: deliveries of webhooks, from the request to the spool and from there to the tables."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence

from collectors.base import RawBody
from collectors.errors import SkippableError
from collectors.webhook.reading import Delivery, IgnoredError
from collectors.webhook.source import WebhookSource
from service.configuration.config import Settings
from service.running.sources import build_sources
from warehouse.engine import Warehouse, utc_now
from warehouse.journal import bodies_of
from warehouse.load import load_page
from warehouse.spool import Event

KIND = "webhook"
Taken = dict[str, dict[str, list[Delivery]]]


def webhook_sources(settings: Settings) -> dict[str, WebhookSource]:
    """The configured senders by name."""
    chosen = [source for source in settings.sources if source.kind == KIND]
    built = build_sources(settings, chosen, utc_now()) if chosen else []
    return {source.name: source for source in built if isinstance(source, WebhookSource)}


def as_event(source: str, delivery: Delivery) -> str:
    """The delivery as the spool keeps it."""
    return json.dumps({"source": source, "delivery": delivery.as_json()}, separators=(",", ":"))


def stores_deliveries(settings: Settings) -> Callable[[Warehouse, Sequence[Event]], None]:
    """A function that stores events of kind ``webhook``; senders are built when the first one comes."""
    sources: dict[str, WebhookSource] = {}

    def store(warehouse: Warehouse, events: Sequence[Event]) -> None:
        if not sources:
            sources.update(webhook_sources(settings))
        by_source: dict[str, list[Delivery]] = defaultdict(list)
        for event in events:
            delivery = Delivery.from_json(event.payload["delivery"])
            by_source[event.payload["source"]].append(delivery)
        for name, deliveries in by_source.items():
            if name not in sources:
                raise SkippableError(f"no source of kind webhook is named {name}; add it again and replay")
            _store(warehouse, sources[name], deliveries)

    return store


def _store(warehouse: Warehouse, source: WebhookSource, deliveries: Sequence[Delivery]) -> None:
    taken: Taken = defaultdict(lambda: defaultdict(list))
    for delivery in deliveries:
        try:
            sighting = source.read(delivery)
        except IgnoredError:
            continue
        taken[sighting.record.table][sighting.item].append(delivery)
    coverage = source.coverage(max(delivery.received_at for delivery in deliveries))
    for inbox in source.inboxes():
        new = taken.get(inbox.name, {})
        stored = bodies_of(warehouse, source.name, inbox.name, inbox.scope_id, list(new)) if new else {}
        known = {key: RawBody(key, body.body, body.fetched_at) for key, body in stored.items()}
        page = inbox.page(known, new)
        own = [interval for interval in coverage if interval.resource == inbox.name]
        load_page(
            warehouse,
            source.name,
            inbox.name,
            inbox.scope_id,
            tables=page.tables,
            coverage=own,
            raw=page.raw,
            skipped=page.skipped,
        )
