"""The HTTP API as one ASGI application, mounted at /api of `payoff serve`.

Routers stand beside this file and are listed in ``ROUTERS``; all they share is `service.api.served`.
"""

from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from service.api import actions, goals, metrics, problems, reports, sources, webhooks
from service.api.served import Served

ROUTERS: tuple[APIRouter, ...] = (
    webhooks.router,
    actions.router,
    metrics.router,
    goals.router,
    reports.router,
    sources.router,
)


def build_api(served: Served) -> FastAPI:
    """The application. Its description is at ``/api/openapi.json``; it has no page that loads scripts."""
    app = FastAPI(
        title="Payoff",
        version=version("payoff"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        # An address with a slash too many is none; a redirection would come without a body that says so.
        redirect_slashes=False,
    )
    app.state.served = served
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
