"""The one door to HTTP: a client that waits when it is told to, and says clearly why it gives up.

    401                                      once more if there is a newer token, else CredentialsError
    403 with a sign of a limit, 429          wait as the server says, then again
    403 without                              RightError
    404, 410                                 None where the thing is optional, else RefusedError
    408, 425, 5xx                            wait a little longer each time, then again
    broken connection, broken JSON           the same
    other 4xx                                RefusedError

Neither the query of a URL nor a header gets into a message or a log: both may hold secrets. That is also
why errors of httpx are not chained: one of them quotes the header it could not send.

The retries are a loop of our own: waits come from the server's answer, and tests must be able to pass
the function that sleeps, for which stamina has no argument.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from collectors.auth import Auth
from collectors.errors import CredentialsError, FatalError, RetryableError, RightError
from collectors.limits import is_limited, wait_seconds

for _chatty in ("httpx", "httpcore"):  # they log whole URLs, with their queries
    logging.getLogger(_chatty).setLevel(logging.WARNING)

_log = logging.getLogger(__name__)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_PASSING = (408, 425)  # the server waited too long for the request, or does not dare to answer it yet


class RefusedError(FatalError):
    """The source understood who asks, and does not answer this very request: 400, 404, 410, 422, …"""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: a path below the base URL, or a whole URL on the same host, and parameters.

    ``what`` names it in messages ("builds of acme/shop"), and ``right`` what the token must be allowed.
    """

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    what: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer: the URL it came from, its headers (names in lower case) and the decoded body."""

    url: str
    headers: Mapping[str, str]
    data: Any


class Client:
    """Requests to one source at one address, with retries. Not for use by several threads at once.

    ``sleep`` and ``clock`` (seconds since 1970) are the tests' seam, as ``transport`` is. A wait longer
    than ``longest_wait_seconds`` is not waited: the error says when to come back.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        auth: Auth | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        attempts: int = 6,
        longest_wait_seconds: float = 3700,
    ) -> None:
        self.source = source
        self.requests = 0
        self.rate_limit_remaining: int | None = None
        self._base = httpx.URL(base_url.rstrip("/"))
        self._auth = auth
        self._sleep, self._clock = sleep, clock
        self._attempts, self._longest = attempts, longest_wait_seconds
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(60, connect=10),
            headers={"Accept": "application/json", "User-Agent": "payoff", **(headers or {})},
        )

    def get_json(self, path: str, params: Mapping[str, str] | None = None, *, optional: bool = False) -> Any:
        """The decoded body of ``path``; ``None`` where ``optional`` and absent. Errors: see `get`."""
        response = self._ask(Request(path, params or {}), optional)
        return None if response is None else response.data

    def get(self, request: Request) -> Response:
        """The answer to a GET.

        Raises
        ------
        FatalError : a bad token, a missing right, an address on another host, a refused request.
        RetryableError : still failing after the last attempt, or the wait asked for is too long.
        """
        response = self._ask(request, False)
        if response is None:
            raise AssertionError("only `find` may come back without an answer")
        return response

    def find(self, request: Request) -> Response | None:
        """The answer to a GET of what may not be there (404, 410: ``None``). Errors: see `get`."""
        return self._ask(request, True)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, request: Request, is_optional: bool) -> Response | None:
        url = self._address(request)
        for attempt in range(1, self._attempts + 1):
            try:
                response = self._admitted(url, attempt)
                return self._answer(response, request, is_optional, attempt)
            except RetryableError as error:
                self._wait(error, url, attempt)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: RetryableError, url: httpx.URL, attempt: int) -> None:
        seconds = error.retry_after_seconds or 0.0
        if attempt == self._attempts or seconds > self._longest:
            raise error
        _log.info("source=%s path=%s attempt=%d wait_seconds=%.0f", self.source, url.path, attempt, seconds)
        self._sleep(seconds)

    def _admitted(self, url: httpx.URL, attempt: int) -> httpx.Response:
        """The answer, asked for again where it is 401 and the token has been replaced meanwhile."""
        response = self._followed(url, attempt)
        if response.status_code == 401:
            sent = response.request.headers
            if any(sent.get(name) != value for name, value in self._credentials().items()):
                return self._followed(url, attempt)
        return response

    def _followed(self, url: httpx.URL, attempt: int) -> httpx.Response:
        """The answer behind redirects (GitHub sends them for repositories with a new name)."""
        for _ in range(_MOST_REDIRECTS):
            response = self._send(url, attempt)
            if response.status_code not in _REDIRECTS:
                return response
            url = self._checked(_url(response.headers.get("location", ""), self.source, url))
        raise FatalError(f"{self.source}: {url.path} redirects in circles. Check the base URL.")

    def _send(self, url: httpx.URL, attempt: int) -> httpx.Response:
        self.requests += 1
        try:
            response = self._http.get(url, headers=self._credentials())
        except httpx.UnsupportedProtocol:
            raise FatalError(
                f"{self.source}: the base URL does not begin with https://. Correct it."
            ) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise RetryableError(
                f"{self.source}: no whole answer for {url.path} ({type(error).__name__}). "
                f"Check that {url.host} can be reached from here; what was stored stays.",
                retry_after_seconds=wait_seconds(0, {}, attempt, self._clock()),
            ) from None
        left = response.headers.get("x-ratelimit-remaining", response.headers.get("ratelimit-remaining", ""))
        self.rate_limit_remaining = int(left) if left.isdecimal() else self.rate_limit_remaining
        return response

    def _credentials(self) -> dict[str, str]:
        if self._auth is None:
            return {}
        name, secret = self._auth.header()
        value = secret.reveal()
        if not (value.isascii() and value.isprintable()):
            raise FatalError(
                f"{self.source}: {self._token} holds a line break or a sign that a header "
                "cannot carry. Copy it again, as one line."
            )
        return {name: value}

    def _answer(
        self, response: httpx.Response, request: Request, is_optional: bool, attempt: int
    ) -> Response | None:
        status, path = response.status_code, response.url.path
        if status in (404, 410) and is_optional:
            return None
        if (
            status >= 500
            or status in _PASSING
            or is_limited(status, response.headers, response.text if status == 403 else "")
        ):
            raise RetryableError(
                f"{self.source}: {status} for {path}, {_reason(status)}. Collect again later; "
                "what was stored stays, and the next run goes on from there.",
                retry_after_seconds=wait_seconds(status, response.headers, attempt, self._clock()),
            )
        if status >= 400:
            right = response.headers.get("x-accepted-github-permissions") or request.right
            raise self._refusal(status, request.what or path, right)
        return Response(str(response.url), dict(response.headers), self._decoded(response, attempt))

    def _decoded(self, response: httpx.Response, attempt: int) -> Any:
        try:
            return json.loads(response.content) if response.content else None
        except ValueError:
            raise RetryableError(
                f"{self.source}: the answer for {response.url.path} is not complete JSON. Collect again; "
                "where it happens every time, check that the base URL is that of the API.",
                retry_after_seconds=wait_seconds(0, {}, attempt, self._clock()),
            ) from None

    def _refusal(self, status: int, what: str, right: str) -> FatalError:
        if status == 401:
            return CredentialsError(
                f"{self.source}: 401 for {what}: {self._token} is missing, wrong or expired; it needs "
                f"{right or 'read access to this'}."
            )
        if status == 403:
            return RightError(
                f"{self.source}: 403 for {what}: {self._token} lacks a right: it needs "
                f"{right or 'read access to this'}. Give it that, or leave this out of the configuration."
            )
        return RefusedError(
            f"{self.source}: {status} for {what}. Check its name in the configuration, and that the token "
            "can see it (many sources say 404 for what a token may not see)."
        )

    @property
    def _token(self) -> str:
        variable = self._auth.variable if self._auth else ""
        return f"the token in ${{{variable}}}" if variable else "the token"

    def _address(self, request: Request) -> httpx.URL:
        is_whole = request.path.lower().startswith(("http://", "https://"))
        path = request.path if is_whole else f"{self._base}/{request.path.lstrip('/')}"
        url = self._checked(_url(path, self.source))
        return url.copy_merge_params(request.params) if request.params else url

    def _checked(self, url: httpx.URL) -> httpx.URL:
        """The URL, when the token may go there: to the configured scheme, host and port only."""
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise FatalError(
                f"{self.source}: refused to go on at {url.scheme}://{url.host}, which is not "
                f"{self._base.scheme}://{self._base.host} as configured. If the source has moved, change its "
                "base URL."
            )
        return url


def _reason(status: int) -> str:
    return "its limit of requests is used up" if status in (403, 429) else "a failure on its side"


def _url(text: str, source: str, below: httpx.URL | None = None) -> httpx.URL:
    try:
        return below.join(text) if below else httpx.URL(text)
    except httpx.InvalidURL:
        raise FatalError(f"{source}: an address that is not a URL. Check the base URL.") from None
