"""Senders of webhooks as tests play them: a source, a body, and the request that the sender makes of it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.base import Context, Page, RawBody, pseudonymiser
from collectors.registry import config_class
from collectors.webhook.formats import Request
from collectors.webhook.reading import Delivery
from collectors.webhook.source import WebhookSource, build
from warehouse.records import BY_TABLE

SECRET = "seeded-webhook-secret"  # noqa: S105
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Row = dict[str, Any]


def source_of(format_name: str, **keys: Any) -> WebhookSource:
    """A source named after its format."""
    config = config_class("webhook").model_validate({"format": format_name, "secret": SECRET, **keys})
    context = Context(
        now=NOW,
        cache_dir=Path("unused"),
        pseudonym=pseudonymiser(b"a key of sixteen bytes"),
        is_production=lambda name: name in ("production", "prod"),
    )
    return build(format_name, config, context)  # type: ignore[arg-type]


def hex_of(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request_of(format_name: str, body: Any, *, event: str = "", delivery: str = "d-1") -> Request:
    """The request as the sender makes it, signed in its way."""
    data = json.dumps(body).encode()
    headers: dict[str, str] = {"content-type": "application/json; charset=utf-8"}
    if format_name == "github":
        headers |= {
            "x-github-event": event,
            "x-github-delivery": delivery,
            "x-hub-signature-256": f"sha256={hex_of(data)}",
        }
    elif format_name == "gitlab":
        headers |= {"x-gitlab-token": SECRET, "idempotency-key": delivery}
    elif format_name == "pagerduty":
        headers |= {"x-pagerduty-signature": f"v1={hex_of(data, 'an older one')},v1={hex_of(data)}"}
    elif format_name == "alertmanager":
        headers |= {"authorization": "Basic " + base64.b64encode(f"am:{SECRET}".encode()).decode()}
    else:
        headers |= {"authorization": f"Bearer {SECRET}"}
    if format_name == "cdevents":
        headers |= {"ce-specversion": "1.0", "ce-type": body.get("context", {}).get("type", "")}
    return Request(headers, data)


def deliveries_of(source: WebhookSource, request: Request, at: datetime = NOW) -> list[Delivery]:
    """The deliveries of an authentic request."""
    assert source.is_authentic(request, at)
    return source.deliveries(request, at)


class Store:
    """What the warehouse keeps of a webhook source: rows and bodies."""

    def __init__(self, source: WebhookSource) -> None:
        self.source = source
        self.rows: dict[str, dict[tuple[Any, ...], Row]] = {}
        self.raw: dict[str, dict[str, RawBody]] = {}
        self.skipped: dict[str, str] = {}

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Store deliveries, one after the other."""
        for delivery in deliveries:
            sighting = self.source.read(delivery)
            table = sighting.record.table
            inbox = next(inbox for inbox in self.source.inboxes() if inbox.name == table)
            page = inbox.page(self.raw.get(table, {}), {sighting.item: [delivery]})
            self.put(table, page)

    def put(self, table: str, page: Page) -> None:
        for name, rows in page.tables.items():
            for row in rows.to_pylist():
                key = tuple(row[column] for column in BY_TABLE[name].key)
                self.rows.setdefault(name, {})[key] = row
        for body in page.raw:
            self.raw.setdefault(table, {})[body.key] = body
            self.skipped.pop(body.key, None)
        self.skipped |= {item.item: item.reason for item in page.skipped}

    def only(self, table: str) -> Row:
        """The one row of a table, without what is unknown; times as text."""
        (row,) = self.rows[table].values()
        return shown(row)


def shown(row: Mapping[str, Any]) -> Row:
    """A row without unknown columns, its times in ISO 8601."""
    known = {name: value for name, value in row.items() if value is not None}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in known.items()}
