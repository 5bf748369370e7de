"""The web application: dashboard, HTTP API and the scheduled writer, under uvicorn, in one process."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

import uvicorn
from rich.console import Console
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from streamlit import App

from dashboards.access.audit import provide_audit
from dashboards.access.gate import provide_gate
from dashboards.page.port import provide
from dashboards.places import DIRECTORY_VARIABLE, LOGIN_VARIABLE, REPORTS_VARIABLE
from service.api.application import build_api
from service.api.problems import ProblemError, answered
from service.api.served import Served
from service.audit.writing import SpoolAudit
from service.configuration.config import Settings
from service.deploying.commands_port import DashboardCommands
from service.errors import UsageError
from service.login.coming_back import ComingBack
from service.login.gate import LoginGate
from service.login.guard import Guard
from service.login.provider import bind_sessions, provider_secrets
from service.reports.frozen import reports_directory
from service.serving.probes import probe_routes
from service.serving.scheduler import Scheduler
from service.serving.telemetry import metrics_route
from service.serving.warm import warm
from service.storage.snapshots import marts_directory
from warehouse.engine import Clock, utc_now

# Streamlit's static files are not compressed by itself: 8.2 MB instead of 1.4 MB on the first visit. They are
# compressed for every new browser; level 5 takes half the time of level 9 for 1 % more bytes.
_GZIP_FROM_BYTES = 1024
_GZIP_LEVEL = 5
# An open page keeps its connection for ever; it is not waited for longer than this.
_FAREWELL_SECONDS = 5


def build_app(settings: Settings, *, clock: Clock = utc_now, host: str = "127.0.0.1") -> App:
    """The ASGI application; the dashboard reads the published snapshots, one scheduled thread writes.

    ``host`` is the address that it will listen on: without a login it decides who may do more than read.
    """
    os.environ[LOGIN_VARIABLE] = settings.login.kind
    os.environ[DIRECTORY_VARIABLE] = str(marts_directory(settings))
    os.environ[REPORTS_VARIABLE] = str(reports_directory(settings))
    scheduler = Scheduler(settings, clock)
    served = Served(settings, wake=scheduler.wake, clock=clock)
    provide_audit(SpoolAudit(settings, clock))
    commands = DashboardCommands(settings, clock, scheduler.wake)
    provide(commands)
    gate = LoginGate(settings.login, host=host, clock=clock)
    provide_gate(gate)
    told = provider_secrets(settings)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        bind_sessions(settings.login)
        scheduler.start()
        yield
        await run_in_threadpool(commands.close)
        await run_in_threadpool(scheduler.stop)

    return App(
        str(files("dashboards").joinpath("app.py")),
        lifespan=lifespan,
        routes=[
            *probe_routes(settings, lambda: scheduler.is_running),
            metrics_route(served),
            Mount("/api", build_api(served)),
        ],
        exception_handlers={ProblemError: answered},
        middleware=[
            Middleware(
                Guard,
                gate=gate,
                cookie_secret=told["auth"]["cookie_secret"] if told else "",
                is_secure=settings.login.is_secure,
            ),
            *([Middleware(ComingBack)] if told else []),
            Middleware(GZipMiddleware, minimum_size=_GZIP_FROM_BYTES, compresslevel=_GZIP_LEVEL),
        ],
        secrets=told or None,
    )


def serve_dashboard(settings: Settings, *, host: str, port: int, narration: Console) -> None:
    """Serve until interrupted.

    Raises
    ------
    UsageError : the port is taken.
    """
    _require_free(host, port)
    app = build_app(settings, host=host)
    warm()
    narration.print(
        f"Payoff is at http://{'localhost' if host == '127.0.0.1' else host}:{port} (stop: Ctrl-C)"
    )
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        # Whom a connection comes from decides whether its headers are trusted, so no header may say that.
        proxy_headers=settings.login.kind != "proxy",
        timeout_graceful_shutdown=_FAREWELL_SECONDS,
    )


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be used: {error.strerror}. Choose another port with --port."
            ) from error
