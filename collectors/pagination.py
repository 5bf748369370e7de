"""How sources say what comes next: five small classes, each of which finds the place after an answer.

None of them takes a short page for the last one: sources leave out what a token may not see, so a page
may be short in the middle of a list.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urljoin

from collectors.errors import FatalError
from collectors.exchange import Response


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list: a whole URL (``link``), or parameters beside those of the list itself."""

    link: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What a cursor keeps of it."""
        return {"link": self.link, "params": dict(self.params)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Position":
        """The place that a cursor kept."""
        return cls(value["link"], dict(value["params"]))


START = Position()


class Paginator(Protocol):
    """How one kind of list goes on."""

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The place after ``response``, which held ``n_items``; ``None`` when it was the last page."""
        ...


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """The header ``Link: <url>; rel="next"`` (RFC 8288)."""

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The URL that the header names as the next one."""
        for target, attributes in re.findall(r"<([^>]*)>([^<]*)", response.headers.get("link", "")):
            if re.search(r';\s*rel="?[^";,]*\bnext\b', attributes):
                return Position(urljoin(response.url, target))
        return None


@dataclass(frozen=True, slots=True)
class NextCursor:
    """A field of the body (a dotted ``path``) holds a value for ``param``; without ``param``, a URL."""

    path: str
    param: str = ""

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The place that the body gives; a body that gives none was the last."""
        cursor = at(response.data, self.path)
        if cursor is None or cursor is False or cursor == "":
            return None
        if self.param:
            return Position(params={self.param: str(cursor)})
        return Position(urljoin(response.url, str(cursor)))


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Numbered pages, until one is empty."""

    param: str = "page"
    first: int = 1

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The page with the next number, unless this one was empty."""
        if n_items == 0:
            return None
        return Position(params={self.param: str(int(current.params.get(self.param, self.first)) + 1)})


@dataclass(frozen=True, slots=True)
class Offset:
    """A page begins at the item with a number; ``total``, ``last`` or ``more`` in the body say when to end.

    Each is a dotted path; one that the body does not have is ignored. An empty page is the last one.
    """

    param: str = "startAt"
    total: str = "total"
    last: str = "isLast"
    more: str = "more"

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The place behind the items that came."""
        following = int(current.params.get(self.param, 0)) + n_items
        total = at(response.data, self.total)
        is_last = at(response.data, self.last) is True or at(response.data, self.more) is False
        if n_items == 0 or is_last or (isinstance(total, int) and following >= total):
            return None
        return Position(params={self.param: str(following)})


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of GraphQL at a dotted ``path``: its ``pageInfo`` has what the variable ``after`` takes.

    https://relay.dev/graphql/connections.htm
    """

    path: str

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The place behind the last edge, where there is a next page."""
        info = at(response.data, f"{self.path}.pageInfo")
        if at(info, "hasNextPage") is not True:
            return None
        return Position(params={"after": str(at(info, "endCursor"))})


@dataclass(frozen=True, slots=True)
class ListPage:
    """The items of a page and where the list goes on; ``None``: it ends here."""

    items: Sequence[Any]
    following: Position | None


def list_pages(
    paginator: Paginator,
    fetch: Callable[[Position], Response],
    items: str,
    position: Position,
    what: str,
) -> Iterator[ListPage]:
    """The pages of a list from ``position`` on; ``items`` is the path to the list in the body.

    Raises
    ------
    FatalError : the body holds no list there, or a page is followed by itself and would never end.
    """
    here: Position | None = position
    before: Any = None
    while here is not None:
        response = fetch(here)
        found = at(response.data, items)
        if not isinstance(found, list):
            raise FatalError(f"{what}: no list {items or 'as the body'} in the answer. Check the base URL.")
        following = paginator.next(here, response, len(found))
        is_itself = following is not None and (following == here or following.link == response.url)
        if is_itself or (found and found == before):
            raise FatalError(
                f"{what}: a page is followed by itself, so the list would never end. This is a fault of the "
                "source; report it there, and collect again later."
            )
        yield ListPage(found, following)
        here, before = following, found


def at(value: Any, path: str) -> Any:
    """The value at a dotted path of nested objects; ``None`` where there is none, itself for ""."""
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
