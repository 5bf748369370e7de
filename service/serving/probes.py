"""`/healthz` and `/readyz`, for whoever starts and watches the process."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from service.configuration.config import Settings
from service.storage.snapshots import marts_directory
from warehouse.errors import WarehouseError
from warehouse.snapshot import read_pointer
from warehouse.spool import Spool


def probe_routes(settings: Settings, is_running: Callable[[], bool]) -> list[Route]:
    """The two routes. Neither asks for a token, and neither tells more than numbers."""

    def alive(request: Request) -> JSONResponse:
        """Alive while it answers; `snapshot` is the published version, null before the first one."""
        return JSONResponse({"status": "ok", "snapshot": _version(settings)})

    def ready(request: Request) -> JSONResponse:
        """Ready when there is something to show, the inbox can be written and the scheduler runs."""
        checks = {
            "snapshot": _version(settings) is not None,
            "spool": _can_append(settings),
            "scheduler": is_running(),
        }
        return JSONResponse(checks, 200 if all(checks.values()) else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]


def _version(settings: Settings) -> int | None:
    try:
        info = read_pointer(marts_directory(settings))
    except WarehouseError:
        return None
    return info.version if info else None


def _can_append(settings: Settings) -> bool:
    try:
        return Spool(settings.storage.directory, wait_seconds=1).depth() >= 0
    except WarehouseError:
        return False
