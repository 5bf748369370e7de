"""What the routes of the API share: the configuration, the spool, the clock, who may ask, who may send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from collectors.webhook.source import WebhookSource
from dashboards.access.audit import Deed
from service.api.tokens import Caller, Tokens
from service.audit.writing import SpoolAudit
from service.configuration.config import Settings
from service.login.access_tokens import AccessTokens
from service.running.inbox import webhook_sources
from warehouse.engine import Clock, utc_now
from warehouse.spool import Spool


def _nobody() -> None:
    """No writer runs in this process; the next one drains."""


@dataclass(frozen=True)
class Served:
    """What every route may use. ``wake`` lets the writer drain the spool soon after an append."""

    settings: Settings
    wake: Callable[[], None] = _nobody
    clock: Clock = utc_now
    spool: Spool = field(init=False)
    tokens: Tokens = field(init=False)
    audit: SpoolAudit = field(init=False)
    webhooks: Mapping[str, WebhookSource] = field(init=False)

    def __post_init__(self) -> None:
        spool = Spool(self.settings.storage.directory, clock=self.clock, wait_seconds=5)
        object.__setattr__(self, "spool", spool)
        object.__setattr__(self, "audit", SpoolAudit(self.settings, self.clock))
        object.__setattr__(
            self, "tokens", Tokens(self.settings.api.tokens, AccessTokens(self.settings.login))
        )
        object.__setattr__(self, "webhooks", webhook_sources(self.settings))

    def append(self, kind: str, payload_json: str) -> int:
        """The id of an event, once it is safe on disk; the writer is told."""
        event_id = self.spool.append(kind, payload_json)
        self.wake()
        return event_id

    def note(self, caller: Caller, deed: Deed) -> None:
        """Note what a caller is about to get or do.

        Raises
        ------
        StorageError : it could not be noted; the answer is 503, and nothing is given or done.
        """
        self.audit.note_of(caller.person, caller.role, "api", deed)


def served(request: Request) -> Served:
    """What the routes of this application share."""
    found: Served = request.app.state.served
    return found


ServedHere = Annotated[Served, Depends(served)]
