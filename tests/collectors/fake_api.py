"""An API that is not there: lists over `httpx.MockTransport`, paged in four ways, with faults to order.

A fixture folder describes it: ``api.json`` names the lists, each a JSON file of items. ``faults`` maps the
number of a request (from 1) to what happens instead of its answer. ``details`` are fixed answers by path:
what a source asks for beside its lists. A list with a ``connection`` (``repository.issues``) is GraphQL's.
Tests of the machinery below the sources ask for one list, the `tracker`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from collectors.auth import BearerToken
from collectors.http import Client
from collectors.pagination import at

Fault = Callable[[httpx.Request, httpx.Response], httpx.Response]


def too_many(seconds: str = "7") -> Fault:
    return lambda request, answer: httpx.Response(429, headers={"Retry-After": seconds})


def failing(status: int = 500) -> Fault:
    return lambda request, answer: httpx.Response(status, text="<html>busy</html>")


def cut_off(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return httpx.Response(200, content=answer.content[: len(answer.content) // 2])


def reset(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """The connection breaks; the message quotes a secret, as real ones have done."""
    said = f"broken at {request.url} with {request.headers.get('authorization')}"
    raise httpx.ReadError(said, request=request)


def says(status: int, body: Any = None, **headers: str) -> Fault:
    """This status with these headers (``retry_after`` is sent as ``retry-after``)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, answer: httpx.Response(status, json=body or {}, headers=named)


@dataclass
class FakeApi:
    """Some lists. ``before`` runs before each answer, to change items meanwhile; without ``authorization``
    everybody is let in.
    """

    lists: list[dict[str, Any]]
    authorization: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)
    before: Callable[[int], None] = lambda number: None
    seen: list[httpx.Request] = field(default_factory=list)
    has_limit: bool = True

    @classmethod
    def of(cls, folder: Path) -> "FakeApi":
        api = json.loads((folder / "api.json").read_text())
        lists = [{**entry, "all": json.loads((folder / entry["file"]).read_text())} for entry in api["lists"]]
        beside = folder / "details.json"
        details = json.loads(beside.read_text()) if beside.exists() else {}
        return cls(lists, api["authorization"], details)

    @property
    def transport(self) -> httpx.MockTransport:
        """How a client is led here."""
        return httpx.MockTransport(self)

    def will(self, *faults: Fault) -> None:
        """What happens instead of the next answers."""
        self.faults = dict(enumerate(faults, start=len(self.seen) + 1))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        number = len(self.seen)
        self.before(number)
        answer = self._answer(request)
        if self.has_limit:
            answer.headers["X-RateLimit-Remaining"] = "4000"
        return self.faults[number](request, answer) if number in self.faults else answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.authorization not in (None, request.headers.get("Authorization", "")):
            return httpx.Response(401)
        path = request.url.path
        if request.method == "POST":
            body = json.loads(request.content)
            return self._queried(body) if "query" in body else httpx.Response(404)
        if path in self.details:
            return httpx.Response(200, json=self.details[path])
        for entry in self.lists:
            if path == entry["path"]:
                return _page(entry, request.url, _chosen(entry, request.url.params))
            single = [
                item
                for item in entry["all"]
                if isinstance(item, dict) and path == f"{entry['path']}/{item[entry['key']]}"
            ]
            if single:
                return httpx.Response(200, json=single[0])
        return httpx.Response(404, json={"message": "not found"})

    def _queried(self, body: Mapping[str, Any]) -> httpx.Response:
        """The answer to a query: the list of the ``connection`` that it names, or one node of any list."""
        wanted = body["variables"].get("id")
        entries = [entry for entry in self.lists if "connection" in entry]
        if wanted is not None:
            nodes = [item for entry in entries for item in entry["all"] if isinstance(item, dict)]
            return _data({"node": next((node for node in nodes if node.get("id") == wanted), None)})
        asked = [entry for entry in entries if f"{entry['connection'].split('.')[1]}(" in body["query"]]
        if not asked:
            return httpx.Response(404)
        entry = asked[0]
        items, start = _chosen(entry, {}), int(body["variables"].get("after") or 0)
        end = start + entry["per_page"]
        info = {"hasNextPage": end < len(items), "endCursor": str(end)}
        owner, name = entry["connection"].split(".")
        return _data({owner: {name: {"pageInfo": info, "nodes": items[start:end]}}})


def _data(data: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": data})


def _chosen(entry: Mapping[str, Any], params: Mapping[str, str]) -> list[Any]:
    """The items that were edited since the time that is asked for, newest first."""
    order = entry.get("order")
    if not order:
        return list(entry["all"])
    since = _since(entry, params)
    ordered = sorted(entry["all"], key=lambda item: edited(item, order), reverse=True)
    return [item for item in ordered if edited(item, order) >= since]


def _since(entry: Mapping[str, Any], params: Mapping[str, str]) -> datetime:
    """The time that is asked for: a parameter, or milliseconds inside of one (``since_pattern``)."""
    text = params.get(entry.get("since", ""), "")
    if "since_pattern" in entry:
        found = re.search(entry["since_pattern"], text)
        assert found, f"{text} asks for no time"
        return datetime.fromtimestamp(int(found[1]) / 1000, UTC)
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)


def edited(item: Any, order: str) -> datetime:
    """When an item was edited; what is no item at all comes as the newest."""
    if not isinstance(item, dict):
        return datetime.max.replace(tzinfo=UTC)
    return datetime.fromisoformat(at(item, order))


def touch(item: dict[str, Any], path: str, text: str) -> None:
    """Write that an item was edited at a time, at a dotted path."""
    *above, last = path.split(".")
    for part in above:
        item = item.setdefault(part, {})
    item[last] = text


def _page(entry: Mapping[str, Any], url: httpx.URL, items: list[Any]) -> httpx.Response:
    size, how, name = entry["per_page"], entry["paging"], entry["parameter"]
    word = int(url.params.get(name, 1 if how in ("link", "page") else 0))
    start = (word - 1) * size if how in ("link", "page") else word
    part, is_last = items[start : start + size], start + size >= len(items)
    headers: dict[str, str] = {}
    envelope: dict[str, Any] = {}
    if how == "link" and not is_last:
        headers["Link"] = f'<{url.copy_set_param(name, word + 1)}>; rel="next", <{url}>; rel="self"'
    if how == "cursor":
        touch(envelope, entry.get("next", "meta.next"), "" if is_last else str(start + size))
    if how == "offset":
        envelope = {"isLast": is_last, "total": len(items)}
    return httpx.Response(200, headers=headers, json=_wrapped(entry["items"], part, envelope))


def _wrapped(name: str, part: Iterable[Any], envelope: dict[str, Any]) -> Any:
    return {**envelope, name: list(part)} if name else list(part)


BASE = "https://api.example"
TOKEN = "s3cr3t-t0ken"  # noqa: S105 - the tests look for it where it must not be


def tracker(issues: list[dict[str, Any]], per_page: int = 2) -> FakeApi:
    """An API with one list, of issues by the time of their last edit, newest first."""
    return FakeApi(
        [
            {
                "path": "/issues",
                "all": issues,
                "key": "number",
                "order": "updated_at",
                "since": "since",
                "paging": "link",
                "parameter": "page",
                "per_page": per_page,
                "items": "",
            }
        ],
        has_limit=False,
    )


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
