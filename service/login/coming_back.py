"""The way back after a login: to the page that a link named, where Streamlit leads to the start page alone.

Streamlit's `st.login` takes no address to come back to. So the page that a login begins on, as the browser
names it, is kept in a cookie until the provider sends the browser back.
"""

from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.login.config import CALLBACK

COOKIE = "payoff_back_to"
_LOGIN, _START = "/auth/login", "/"
# What no page is at: there a login would begin again, or a file open.
_NO_PAGES = ("/auth/", CALLBACK, "/api/", "/media/", "/component/", "/app/", "/_stcore/")
# Time for a password and a second factor; browsers keep no cookie that is longer.
_HOLDS_SECONDS, _LONGEST = 15 * 60, 3500


class ComingBack:
    """Keeps where a login begins, and leads there where it ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application behind it."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in (_LOGIN, CALLBACK):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        place = _begun_at(headers) if path == _LOGIN else _kept_in(headers)

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(raw=message.setdefault("headers", []))
                if path == _LOGIN and answer.get("location") != _START:
                    answer.append("set-cookie", _cookie(place))
                elif path == CALLBACK and answer.get("location") == _START and place:
                    answer["location"] = place
                    answer.append("set-cookie", _cookie(""))
            await send(message)

        await self._app(scope, receive, led)


def own_place(url: str) -> str:
    """Path and query of an address here; empty where it could lead elsewhere, or is no page.

    Examples
    --------
    >>> own_place("/delivery?team=pay"), own_place("//elsewhere.example"), own_place("https://elsewhere.example")
    ('/delivery?team=pay', '', '')
    """
    is_path = url.startswith("/") and not url.startswith(("//", "/\\"))
    is_plain = url.isascii() and url.isprintable() and not set(url) & set('\\ "<>')
    is_page = not f"{urlsplit(url).path}/".startswith(_NO_PAGES) if is_path and is_plain else False
    return url if is_page and len(quote(url)) <= _LONGEST else ""


def _begun_at(headers: Headers) -> str:
    """The page that the browser comes from, where it is one of ours."""
    try:
        page = urlsplit(headers.get("referer", ""))
    except ValueError:
        return ""
    if not page.netloc or page.netloc != headers.get("host"):
        return ""
    return own_place(page.path + (f"?{page.query}" if page.query else ""))


def _kept_in(headers: Headers) -> str:
    return own_place(unquote(cookie_parser(headers.get("cookie", "")).get(COOKIE, "")))


def _cookie(place: str) -> str:
    """The cookie that keeps a place; without one it takes the cookie away."""
    age = _HOLDS_SECONDS if place else 0
    return f"{COOKIE}={quote(place, safe='/')}; HttpOnly; Max-Age={age}; Path=/; SameSite=Lax"
