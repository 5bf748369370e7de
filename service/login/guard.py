"""The guard in front of the dashboard: what Streamlit serves beside its pages needs a login too.

Pages ask the gate themselves. Files that a page offers, uploads and the inner state of the server come by
plain addresses, and Streamlit gives them to whoever knows the address.
"""

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboards.access.gate import Gate
from dashboards.access.here import FORWARDED, host_name
from dashboards.access.roles import allows
from dashboards.access.visitor import Connection

_CLOSED = ("/media/", "/component/", "/app/", "/_stcore/")
# What a browser asks before it can show the login.
_OPEN = ("/_stcore/health", "/_stcore/host-config", "/_stcore/stream")


class Guard:
    """Lets through what needs no login and what has one; marks cookies as secure where the address is."""

    def __init__(self, app: ASGIApp, gate: Gate, cookie_secret: str = "", *, is_secure: bool = False) -> None:
        self._app, self._gate = app, gate
        self._cookie_secret, self._is_secure = cookie_secret, is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application behind it, or 403."""
        if scope["type"] == "http" and _is_closed(scope["path"]) and not self._may_read(scope):
            await PlainTextResponse("Log in to the dashboard first.", 403)(scope, receive, send)
            return
        await self._app(scope, receive, self._securing(send) if self._is_secure else send)

    def _may_read(self, scope: Scope) -> bool:
        return allows(self._gate.visitor(self._seen(scope)).role, "read")

    def _seen(self, scope: Scope) -> Connection:
        headers = Headers(scope=scope)
        client = scope.get("client")
        return Connection(
            address=client[0] if client else "",
            host=host_name(headers.get("host", "")),
            is_forwarded=any(header in headers for header in FORWARDED),
            headers={name: tuple(headers.getlist(name)) for name in self._gate.headers},
            claims=claims_of(headers.get("cookie", ""), self._cookie_secret) if self._cookie_secret else {},
        )

    def _securing(self, send: Send) -> Send:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [_secure(*header) for header in message.get("headers", ())]
            await send(message)

        return secured


def claims_of(cookies: str, secret: str) -> Mapping[str, Any]:
    """What the login cookie of a request says; nothing where it is not signed by us."""
    given: MutableMapping[str, str] = cookie_parser(cookies)

    def one(name: str) -> bytes | None:
        value = given.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1")) if value else None

    try:
        raw = get_cookie_with_chunks(one, USER_COOKIE_NAME)
        found = json.loads(raw) if raw else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_closed(path: str) -> bool:
    return path.startswith(_CLOSED) and path not in _OPEN


def _secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_bare = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_bare else value
