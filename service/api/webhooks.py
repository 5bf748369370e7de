"""``POST /api/v1/webhooks/NAME``: what other tools send goes into the inbox, and is answered once it is safe.

The signature is checked over the raw bytes before anything is read. A delivery that cannot be read is
refused with the name of the field, so that its sender sees it; one that tells nothing is dropped.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from collectors.webhook import formats
from collectors.webhook.reading import Delivery, FieldError, IgnoredError
from collectors.webhook.source import WebhookSource
from service.api.problems import ProblemError, refusals
from service.api.served import Served, ServedHere
from service.running.inbox import KIND, as_event

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


class Receipt(BaseModel):
    """What became of the events of a request."""

    accepted: int
    ignored: list[str] = []


@router.post("/{name}", status_code=202, responses=refusals(401, 404, 413, 422, 503))
async def receive(name: str, request: Request, served: ServedHere) -> Receipt:
    """Take a delivery from the sender that is configured as the source of this name."""
    source = served.webhooks.get(name)
    if source is None:
        raise ProblemError(404, "No source of kind webhook has this name in the configuration.")
    body = await _body(request, served.settings.api.max_body_bytes)
    given = formats.Request(dict(request.headers), body)
    return await run_in_threadpool(_taken, served, source, given)


async def _body(request: Request, most: int) -> bytes:
    """The raw bytes; no more of them are read than may come."""
    chunks, size = [], 0
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(most: int) -> ProblemError:
    return ProblemError(413, f"A request may have {most} bytes; see `api.max_body_bytes`.")


def _taken(served: Served, source: WebhookSource, given: formats.Request) -> Receipt:
    now = served.clock()
    if not source.is_authentic(given, now):
        raise ProblemError(401, "The signature or secret is missing or wrong; compare both sides' secrets.")
    accepted, ignored = _read(source, given, now)
    for delivery in accepted:
        served.append(KIND, as_event(source.name, delivery))
    return Receipt(accepted=len(accepted), ignored=ignored)


def _read(source: WebhookSource, given: formats.Request, now: datetime) -> tuple[list[Delivery], list[str]]:
    """All events of a request, or none: a sender that repeats it after an error repeats all of it."""
    accepted, ignored = [], []
    try:
        for delivery in source.deliveries(given, now):
            try:
                source.read(delivery)
                accepted.append(delivery)
            except IgnoredError as error:
                ignored.append(str(error))
    except FieldError as error:
        errors = [{"field": error.field, "message": error.message}]
        raise ProblemError(422, f"{source.name}: {error}.", errors=errors) from None
    return accepted, ignored
