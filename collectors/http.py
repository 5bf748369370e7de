"""The one door to HTTP: a client that waits when it is told to, and says clearly why it gives up.

    401                                      once more if there is a newer token, else CredentialsError
    403 with a sign of a limit, 429          wait as the server says, then again
    403 without                              RightError
    404, 410                                 None where the thing is optional, else RefusedError
    408, 425, 5xx                            wait a little longer each time, then again
    broken connection, broken JSON           the same
    other 4xx                                RefusedError
    errors of GraphQL in an answer of 200    one of the above (`collectors.graphql`)

A POST is sent again only where that cannot do a thing twice: it was turned away for a limit, it never
left, or it only reads.

Neither the query of a URL nor a header gets into a message or a log: both may hold secrets. That is also
why errors of httpx are not chained: one of them quotes the header it could not send.

The retries are a loop of our own: waits come from the server's answer, and tests must be able to pass
the function that sleeps, for which stamina has no argument.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from collectors.auth import Auth
from collectors.errors import CollectorError, FatalError, RetryableError
from collectors.exchange import Request, Response
from collectors.graphql import Trouble, trouble_in
from collectors.limits import Gate, is_limited, seconds_until_reset, wait_seconds
from collectors.refusals import refusal, token_in

for _chatty in ("httpx", "httpcore"):  # they log whole URLs, with their queries
    logging.getLogger(_chatty).setLevel(logging.WARNING)

_log = logging.getLogger(__name__)
_REDIRECTS = (301, 302, 303, 307, 308)
_KEEP_THE_BODY = (307, 308)
_MOST_REDIRECTS = 5
_PASSING = (408, 425)  # the server waited too long for the request, or does not dare to answer it yet


class Client:
    """Requests to one source at one address, with retries. Threads share it, and the waits for its limits.

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
        self.rate_limit_remaining: int | None = None
        self.rate_limit: int | None = None
        self._base = httpx.URL(base_url.rstrip("/"))
        self._auth = auth
        self._sleep, self._clock = sleep, clock
        self._attempts, self._longest = attempts, longest_wait_seconds
        self._gate = Gate(source, clock, sleep, longest_wait_seconds)
        self._sent = threading.local()
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(60, connect=10),
            headers={"Accept": "application/json", "User-Agent": "payoff", **(headers or {})},
        )

    @property
    def requests(self) -> int:
        """How many requests this thread has sent; the thread that reads a list counts its requests so."""
        return getattr(self._sent, "count", 0)

    def get_json(self, path: str, params: Mapping[str, str] | None = None, *, optional: bool = False) -> Any:
        """The decoded body of ``path``; ``None`` where ``optional`` and absent. Errors: see `ask`."""
        response = self._asked(Request(path, params or {}), optional)
        return None if response is None else response.data

    def ask(self, request: Request) -> Response:
        """The answer to a request.

        Raises
        ------
        FatalError : a bad token, a missing right, an address on another host, a refused request.
        RetryableError : still failing after the last attempt, or the wait asked for is too long.
        """
        response = self._asked(request, False)
        if response is None:
            raise AssertionError("only `find` may come back without an answer")
        return response

    def find(self, request: Request) -> Response | None:
        """The answer to a request for what may not be there (404, 410: ``None``). Errors: see `ask`."""
        return self._asked(request, True)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _asked(self, request: Request, is_optional: bool) -> Response | None:
        url = self._address(request)
        for attempt in range(1, self._attempts + 1):
            try:
                response = self._admitted(request, url, attempt)
                return self._answer(response, request, is_optional, attempt)
            except RetryableError as error:
                self._wait(error, request, url, attempt)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: RetryableError, request: Request, url: httpx.URL, attempt: int) -> None:
        """Wait as the error says, or raise it; for a limit all threads wait, before they send anything."""
        seconds = error.retry_after_seconds or 0.0
        if error.is_limit:
            self._gate.close(seconds)
        is_over = attempt == self._attempts or seconds > self._longest
        if is_over or not (request.is_repeatable or error.is_unsent):
            raise error
        _log.info("source=%s path=%s attempt=%d wait_seconds=%.0f", self.source, url.path, attempt, seconds)
        if not error.is_limit:
            self._sleep(seconds)

    def _admitted(self, request: Request, url: httpx.URL, attempt: int) -> httpx.Response:
        """The answer, asked for again where it is 401 and the token has been replaced meanwhile."""
        response = self._followed(request, url, attempt)
        if response.status_code == 401 and self._auth is not None:
            self._auth.renew()
            sent = response.request.headers
            if any(sent.get(name) != value for name, value in self._credentials().items()):
                return self._followed(request, url, attempt)
        return response

    def _followed(self, request: Request, url: httpx.URL, attempt: int) -> httpx.Response:
        """The answer behind redirects (GitHub sends them for repositories with a new name)."""
        for _ in range(_MOST_REDIRECTS):
            response = self._send(request, url, attempt)
            if response.status_code not in _REDIRECTS:
                return response
            if request.body is not None and response.status_code not in _KEEP_THE_BODY:
                break
            url = self._checked(_url(response.headers.get("location", ""), self.source, url))
        raise FatalError(f"{self.source}: {url.path} redirects to nowhere. Check the base URL.")

    def _send(self, request: Request, url: httpx.URL, attempt: int) -> httpx.Response:
        self._gate.wait()
        self._sent.count = self.requests + 1
        method = request.method or ("GET" if request.body is None else "POST")
        try:
            response = self._http.request(method, url, headers=self._credentials(), json=request.body)
        except httpx.UnsupportedProtocol:
            raise FatalError(
                f"{self.source}: the base URL does not begin with https://. Correct it."
            ) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise RetryableError(
                f"{self.source}: no whole answer for {url.path} ({type(error).__name__}). "
                f"Check that {url.host} can be reached from here; what was stored stays.",
                retry_after_seconds=wait_seconds(0, {}, attempt, self._clock()),
                is_unsent=isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)),
            ) from None
        self._note_limit(response.headers)
        return response

    def _note_limit(self, headers: Mapping[str, str]) -> None:
        """Remember what is left of the limit; where that is nothing, the next request waits."""
        left = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining", ""))
        if left.isdecimal():
            self.rate_limit_remaining = int(left)
        limit = headers.get("x-ratelimit-limit", headers.get("ratelimit-limit", ""))
        if limit.isdecimal():
            self.rate_limit = int(limit)
        if (seconds := seconds_until_reset(headers, self._clock())) is not None:
            self._gate.close(seconds)

    def _credentials(self) -> dict[str, str]:
        if self._auth is None:
            return {}
        name, secret = self._auth.header()
        value = secret.reveal()
        if not (value.isascii() and value.isprintable()):
            raise FatalError(
                f"{self.source}: {token_in(self._variable)} holds a line break or a sign that a header "
                "cannot carry. Copy it again, as one line."
            )
        return {name: value}

    def _answer(
        self, response: httpx.Response, request: Request, is_optional: bool, attempt: int
    ) -> Response | None:
        status, path = response.status_code, response.url.path
        if status in (404, 410) and is_optional:
            return None
        is_limit = is_limited(status, response.headers, response.text if status == 403 else "")
        if status >= 500 or status in _PASSING or is_limit:
            raise self._passing(response, f"{status} for {path}, {_reason(is_limit)}", attempt, is_limit)
        if status >= 400:
            right = response.headers.get("x-accepted-github-permissions") or request.right
            raise refusal(self.source, self._variable, status, request.what or path, right)
        data = self._decoded(response, attempt)
        trouble = trouble_in(data) if request.is_graphql else None
        if trouble is None:
            return Response(str(response.url), dict(response.headers), data)
        if trouble.status == 404 and is_optional:
            return None
        raise self._in_trouble(trouble, response, request, attempt)

    def _in_trouble(
        self, trouble: Trouble, response: httpx.Response, request: Request, attempt: int
    ) -> CollectorError:
        """The error that stands for errors of GraphQL."""
        what = f"{request.what or response.url.path} ({trouble.text})"
        if trouble.is_passing:
            text = f"an error for {what}, {_reason(trouble.is_limit)}"
            return self._passing(response, text, attempt, trouble.is_limit)
        return refusal(self.source, self._variable, trouble.status, what, request.right)

    def _passing(self, response: httpx.Response, text: str, attempt: int, is_limit: bool) -> RetryableError:
        status = 429 if is_limit else response.status_code
        return RetryableError(
            f"{self.source}: {text}. Collect again later; "
            "what was stored stays, and the next run goes on from there.",
            retry_after_seconds=wait_seconds(status, response.headers, attempt, self._clock()),
            is_limit=is_limit,
        )

    def _decoded(self, response: httpx.Response, attempt: int) -> Any:
        try:
            return json.loads(response.content) if response.content else None
        except ValueError:
            raise RetryableError(
                f"{self.source}: the answer for {response.url.path} is not complete JSON. Collect again; "
                "where it happens every time, check that the base URL is that of the API.",
                retry_after_seconds=wait_seconds(0, {}, attempt, self._clock()),
            ) from None

    @property
    def _variable(self) -> str:
        return self._auth.variable if self._auth else ""

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


def _reason(is_limit: bool) -> str:
    return "its limit of requests is used up" if is_limit else "a failure on its side"


def _url(text: str, source: str, below: httpx.URL | None = None) -> httpx.URL:
    try:
        return below.join(text) if below else httpx.URL(text)
    except httpx.InvalidURL:
        raise FatalError(f"{source}: an address that is not a URL. Check the base URL.") from None
