"""An API of issues that lives in memory: pages, and whatever can go wrong, in the order it is told to."""

from collections.abc import Callable
from typing import Any

import httpx

from collectors.auth import BearerToken
from collectors.http import Client

Fault = Callable[[httpx.Request], httpx.Response]
BASE = "https://api.example"
TOKEN = "s3cr3t-t0ken"  # noqa: S105 - the tests look for it where it must not be


class FakeApi:
    """Issues newest first, two to a page; ``faults`` answer the next requests before the API does."""

    def __init__(self, issues: list[dict[str, Any]], page_size: int = 2) -> None:
        self.issues = issues
        self.page_size = page_size
        self.faults: list[Fault] = []
        self.seen: list[httpx.Request] = []
        self.next_host = BASE

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.faults:
            return self.faults.pop(0)(request)
        last = request.url.path.rpartition("/")[2]
        return self._list(request) if last == "issues" else self._one(last)

    def _one(self, number: str) -> httpx.Response:
        found = [issue for issue in self.issues if str(issue["number"]) == number]
        return httpx.Response(200, json=found[0]) if found else httpx.Response(404)

    def _list(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        since, page = query.get("since", ""), int(query.get("page", "1"))
        found = [issue for issue in self.issues if issue["updated_at"] >= since]
        found.sort(key=lambda issue: (issue["updated_at"], issue["number"]), reverse=True)
        end = page * self.page_size
        headers = {}
        if end < len(found):
            headers["link"] = f'<{self.next_host}/issues?since={since}&page={page + 1}>; rel="next"'
        return httpx.Response(200, json=found[end - self.page_size : end], headers=headers)


def says(status: int, body: Any = None, **headers: str) -> Fault:
    """A fault: this status with these headers (``retry_after`` is sent as ``retry-after``)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, json=body or {}, headers=named)


def resets(request: httpx.Request) -> httpx.Response:
    """A fault: the connection breaks; the message quotes a secret, as real ones have done."""
    raise httpx.ReadError(f"broken at {request.url} with {request.headers.get('authorization')}")


def truncated(request: httpx.Request) -> httpx.Response:
    """A fault: a body that ends in the middle."""
    return httpx.Response(200, content=b'[{"number": 1, "upd')


def client(transport: httpx.BaseTransport, sleep: Callable[[float], None]) -> Client:
    """A client of the API with the token ``TOKEN``, three attempts, and a clock that stands."""
    return Client(
        "toy",
        BASE,
        BearerToken(lambda: TOKEN),
        transport=transport,
        sleep=sleep,
        clock=lambda: 1_790_000_000.0,
        attempts=3,
    )


def never(seconds: float) -> None:
    """A sleep that must not happen."""
    raise AssertionError(f"waited {seconds} seconds")
