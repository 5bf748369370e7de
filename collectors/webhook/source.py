"""`kind: webhook`: what other tools send, instead of being asked.

A delivery is checked and put into the inbox by `payoff serve`; the writer stores it. All deliveries that
tell of one item are kept together, so that its record is the same in whatever order they came, and so that
`payoff replay` reads them again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from collectors.base import Context, Cursor, Finding, Page, Preview, RawBody, Resource, Skipped
from collectors.errors import SkippableError
from collectors.rest_items import guarded
from collectors.scrub import scrubber
from collectors.webhook.folding import folded
from collectors.webhook.formats import FORMATS, FormatName, Options, Request
from collectors.webhook.reading import Delivery, FieldError, IgnoredError, Sighting
from warehouse.records import Coverage, Record

TABLES = ("builds", "changes", "deployments", "incidents")


class Labels(BaseModel):
    """Which labels of an alert say what (`alertmanager` only)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    service: str = Field("service", description="Label that names the service.")
    severity: str = Field("severity", description="Label that names the severity.")
    environment: str | None = Field(
        None, description="Label that names the environment; alerts of others than production are ignored."
    )


class Config(BaseModel):
    """The keys of a `webhook` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: FormatName = Field(description="Who sends: their own format and their own way to sign.")
    secret: SecretStr = Field(
        min_length=8, description="What the sender signs with, as ${VARIABLE} or ${file:PATH}."
    )
    signature_header: str | None = Field(
        None,
        description="For alertmanager, cdevents and json: header with the HMAC-SHA256 of the body; empty: "
        "the secret comes as a bearer token, or as the password of basic authentication.",
    )
    ignore: tuple[str, ...] = Field(
        (), description="Types of events that are not taken, as the sender names them."
    )
    labels: Labels = Field(
        default_factory=lambda: Labels.model_validate({}), description="Which labels of an alert say what."
    )
    complete_since: Mapping[str, date] = Field(
        default_factory=dict,
        description="Day from which on every event of a table is sent; without it a day without an event "
        "is unknown, not zero.",
    )

    @field_validator("complete_since")
    @classmethod
    def _are_tables(cls, days: Mapping[str, date]) -> Mapping[str, date]:
        if unknown := sorted(set(days) - set(TABLES)):
            raise ValueError(f"has {unknown[0]!r}, which is none of {', '.join(TABLES)}")
        return days

    @model_validator(mode="after")
    def _one_scheme(self) -> Self:
        if self.signature_header and FORMATS[self.format].signs_itself:
            raise ValueError(f"has a `signature_header`, but {self.format} signs in its own way; remove it")
        return self


def build(name: str, config: Config, context: Context) -> "WebhookSource":
    """The source; it asks nobody for anything."""
    return WebhookSource(name, config, context)


class WebhookSource:
    """One sender."""

    kind = "webhook"

    def __init__(self, name: str, config: Config, context: Context) -> None:
        self.name, self.config = name, config
        self.format = FORMATS[config.format]
        self._scrub = scrubber(context.pseudonym, keep=self.format.keep)
        self._options = Options(
            config.secret.get_secret_value(),
            config.signature_header,
            config.labels.model_dump(),
            context.is_production,
        )

    def resources(self) -> Sequence[Resource]:
        return self.inboxes()

    def inboxes(self) -> tuple["Inbox", ...]:
        """One per table that a delivery may tell of."""
        return tuple(Inbox(self, table) for table in TABLES)

    def preview(self) -> Preview:
        """Nothing can be asked of a sender; what `complete_since` leaves unknown is said."""
        known = ", ".join(sorted(self.config.complete_since)) or "nothing"
        text = f"waits for {self.config.format} at /api/v1/webhooks/{self.name}; sends all of: {known}"
        return Preview((Finding(True, text),))

    def is_authentic(self, request: Request, now: datetime) -> bool:
        """Whether the sender knows the secret."""
        return self.format.is_authentic(request, self._options, now)

    def deliveries(self, request: Request, now: datetime) -> list[Delivery]:
        """The events of a request, one each, without people.

        Raises
        ------
        FieldError : it is not what the sender of this format sends.
        """
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise FieldError("", "should be JSON; let the sender use application/json") from None
        found = [self._scrub(part) for part in self.format.parts(request, body)]
        named = self.format.delivery_id(request)
        return [
            Delivery(named or _digest(part), self.format.event(request, part), now, part) for part in found
        ]

    def read(self, delivery: Delivery) -> Sighting:
        """What a delivery tells.

        Raises
        ------
        FieldError : a field is missing or wrong. IgnoredError : Payoff measures nothing of this.
        """
        if delivery.event in self.config.ignore:
            raise IgnoredError(f"events of type {delivery.event} are not taken: see `ignore`")
        return self.format.read(delivery, self._options)

    def coverage(self, until: datetime) -> tuple[Coverage, ...]:
        """What is known in full up to ``until``, when the sender was last heard of."""
        begin = {
            table: datetime.combine(day, time(), UTC) for table, day in self.config.complete_since.items()
        }
        return tuple(Coverage(table, at, until) for table, at in sorted(begin.items()) if at < until)


def _digest(body: Any) -> str:
    """Stands for a delivery without a name of its own: who repeats it uses the same words."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Inbox:
    """What was delivered of the items of one table; implements `collectors.base.Replayable`."""

    source: WebhookSource
    name: str
    scope_id: str = "*"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """None: what is sent comes by the spool."""
        return iter(())

    def page(self, known: Mapping[str, RawBody], new: Mapping[str, Sequence[Delivery]]) -> Page:
        """The items that ``new`` tells of, by all that is known of each, as a page to be stored."""
        bodies = [_joined(item, known.get(item), deliveries) for item, deliveries in new.items()]
        records: list[Record] = []
        skipped: list[Skipped] = []
        for body in bodies:
            try:
                records += self.parse_raw(body)
            except SkippableError as error:
                skipped.append(Skipped(body.key, str(error)))
        return Page.of(records, raw=tuple(bodies), skipped=tuple(skipped))

    def parse_raw(self, body: RawBody) -> Sequence[Record]:
        """The record of an item by all its deliveries.

        Raises
        ------
        SkippableError : a delivery cannot be read, or all together do not make a record yet.
        """
        sightings = list(self._sightings(_deliveries(body)))
        return [guarded(folded, sightings)] if sightings else []

    def _sightings(self, deliveries: Iterable[Delivery]) -> Iterator[Sighting]:
        for delivery in deliveries:
            try:
                yield self.source.read(delivery)
            except IgnoredError:
                continue


def _deliveries(body: RawBody) -> list[Delivery]:
    return [Delivery.from_json(value) for value in json.loads(body.body)["deliveries"]]


def _joined(item: str, known: RawBody | None, new: Sequence[Delivery]) -> RawBody:
    """The body of an item with new deliveries in it; one that is sent again is not kept twice."""
    deliveries = {delivery.id: delivery for delivery in new}
    if known is not None:
        deliveries |= {delivery.id: delivery for delivery in _deliveries(known)}
    ordered = sorted(deliveries.values(), key=lambda delivery: (delivery.received_at, delivery.id))
    text = json.dumps({"deliveries": [d.as_json() for d in ordered]}, separators=(",", ":"))
    return RawBody(item, text.encode(), ordered[-1].received_at)
