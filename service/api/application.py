"""The HTTP API as one ASGI application, mounted at /api of `payoff serve`.

Routers stand beside this file and are listed in ``ROUTERS``; all they share is what `served` gives.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request

from service.api import problems
from service.api.tokens import Tokens
from service.config import Settings
from service.report import Clock
from warehouse.engine import utc_now
from warehouse.spool import Spool

ROUTERS: tuple[APIRouter, ...] = ()


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

    def __post_init__(self) -> None:
        spool = Spool(self.settings.storage.directory, clock=self.clock, wait_seconds=5)
        object.__setattr__(self, "spool", spool)
        object.__setattr__(self, "tokens", Tokens(self.settings.api.tokens))

    def append(self, kind: str, payload_json: str) -> int:
        """The id of an event, once it is safe on disk; the writer is told."""
        event_id = self.spool.append(kind, payload_json)
        self.wake()
        return event_id


def served(request: Request) -> Served:
    """What the routes of this application share."""
    found: Served = request.app.state.served
    return found


ServedHere = Annotated[Served, Depends(served)]


def build_api(served: Served) -> FastAPI:
    """The application. Its description is at ``/api/openapi.json``; it has no page that loads scripts."""
    app = FastAPI(
        title="Payoff", version=version("payoff"), docs_url=None, redoc_url=None, openapi_url="/openapi.json"
    )
    app.state.served = served
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
