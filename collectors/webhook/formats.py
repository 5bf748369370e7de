"""Who sends: how a request of each kind of sender is recognised, cut into events, named and read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from collectors.webhook import alertmanager, cdevents, github, gitlab, neutral, pagerduty, signature
from collectors.webhook.reading import Delivery, FieldError, Sighting

FormatName = Literal["alertmanager", "cdevents", "github", "gitlab", "json", "pagerduty"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came, names of headers in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type alone."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader is told by the configuration."""

    secret: str = field(repr=False)
    signature_header: str | None
    labels: Mapping[str, str]
    is_production: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of sender.

    Parameters
    ----------
    is_authentic : whether the request comes from who knows the secret.
    event : type of an event, in the sender's words.
    read : what an event tells; pure.
    parts : the events of a request, one body each.
    delivery_id : what the sender calls the delivery; ``None``: the content names it.
    signs_itself : it has a scheme of its own, so that none can be configured.
    keep : keys that hold what is needed although they are free text by name.
    """

    is_authentic: Callable[[Request, Options, datetime], bool]
    event: Callable[[Request, Any], str]
    read: Callable[[Delivery, Options], Sighting]
    parts: Callable[[Request, Any], Sequence[Any]] = lambda request, body: [body]
    delivery_id: Callable[[Request], str | None] = lambda request: None
    signs_itself: bool = False
    keep: tuple[str, ...] = ()


def _is_configured(request: Request, options: Options, now: datetime) -> bool:
    """By the configured header, else by the secret itself."""
    if options.signature_header:
        header = options.signature_header
        return signature.is_signed_in(header, options.secret, request.headers, request.body)
    return signature.has_secret(options.secret, request.headers)


def _github_event(request: Request, body: Any) -> str:
    if not (event := request.headers.get("x-github-event")):
        raise FieldError("X-GitHub-Event", "is missing")
    return event


def _word(body: Any, *path: str) -> str:
    """The text at a path; empty where there is none, which the reader then says."""
    for key in path:
        body = body.get(key) if isinstance(body, Mapping) else None
    return body if isinstance(body, str) else ""


def _neutral_event(request: Request, body: Any) -> str:
    return next(iter(body), "") if isinstance(body, Mapping) else ""


FORMATS: Mapping[FormatName, Format] = {
    "alertmanager": Format(
        is_authentic=_is_configured,
        event=lambda request, body: "alert",
        read=lambda delivery, options: alertmanager.read(
            delivery, labels=options.labels, is_production=options.is_production
        ),
        parts=lambda request, body: alertmanager.alerts(body),
    ),
    "cdevents": Format(
        is_authentic=_is_configured,
        event=lambda request, body: cdevents.short_type(_word(body, "context", "type")),
        read=lambda delivery, options: cdevents.read(delivery, is_production=options.is_production),
        parts=lambda request, body: cdevents.events(request.content_type, request.headers, body),
        keep=("content",),
    ),
    "github": Format(
        is_authentic=lambda request, options, now: signature.is_github(
            options.secret, request.headers, request.body
        ),
        event=_github_event,
        read=lambda delivery, options: github.read(delivery),
        parts=lambda request, body: [github.slimmed(body)],
        delivery_id=lambda request: request.headers.get("x-github-delivery"),
        signs_itself=True,
    ),
    "gitlab": Format(
        is_authentic=lambda request, options, now: signature.is_gitlab(
            options.secret, request.headers, request.body, now
        ),
        event=lambda request, body: _word(body, "object_kind"),
        read=lambda delivery, options: gitlab.read(delivery),
        parts=lambda request, body: [gitlab.slimmed(body)],
        delivery_id=lambda request: request.headers.get("idempotency-key"),
        signs_itself=True,
    ),
    "json": Format(
        is_authentic=_is_configured,
        event=_neutral_event,
        read=lambda delivery, options: neutral.read(delivery),
    ),
    "pagerduty": Format(
        is_authentic=lambda request, options, now: signature.is_pagerduty(
            options.secret, request.headers, request.body
        ),
        event=lambda request, body: _word(body, "event", "event_type"),
        read=lambda delivery, options: pagerduty.read(delivery),
        parts=lambda request, body: [pagerduty.slimmed(body)],
        signs_itself=True,
    ),
}
