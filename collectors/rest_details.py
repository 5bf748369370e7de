"""What the items of a list lack (the commits of a merge request), asked for and put into each item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collectors.exchange import Request, Response
from collectors.http import Client
from collectors.pagination import START, Paginator, Position, at, list_pages
from collectors.rest_items import Item

Value = Any


@dataclass(frozen=True, slots=True)
class Detail:
    """One more thing to know about each item, kept in the item under ``name``.

    Parameters
    ----------
    path : the address for an item; "" where this item needs none.
    paginator : how a list goes on; without one the answer is a single object.
    items : where the list or the object stands in the answer.
    is_shared : many items have the same one (an environment), which is asked for once a run.

    What is not there (404) is an empty list, or ``None`` for an object.
    """

    name: str
    path: Callable[[Item], str]
    paginator: Paginator | None = None
    items: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    right: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """Asks for the details of items during one run; ``what`` names the list in messages."""

    client: Client
    details: Sequence[Detail]
    what: str
    known: dict[str, Value] = field(default_factory=dict)

    def of(self, item: Any) -> Any:
        """The item with its details; what is no object is left for parsing to refuse.

        Raises
        ------
        FatalError, RetryableError : a detail could not be had, so the item would be read in part.
        """
        if not isinstance(item, Mapping):
            return item
        found = dict(item)
        for detail in self.details:
            if path := _path(detail, found):
                found[detail.name] = self._value(detail, path)
        return found

    def _value(self, detail: Detail, path: str) -> Value:
        if not detail.is_shared:
            return self._asked(detail, path)
        if path not in self.known:
            self.known[path] = self._asked(detail, path)
        return self.known[path]

    def _asked(self, detail: Detail, path: str) -> Value:
        what = f"{detail.name.replace('_', ' ')} of {self.what}"
        if detail.paginator is None:
            response = self.client.find(Request(path, detail.params, what, detail.right))
            return None if response is None else at(response.data, detail.items)
        return self._list(detail, detail.paginator, path, what)

    def _list(self, detail: Detail, paginator: Paginator, path: str, what: str) -> list[Any]:
        def fetch(position: Position) -> Response:
            request = (
                Request(position.link, {}, what, detail.right)
                if position.link
                else Request(path, {**detail.params, **position.params}, what, detail.right)
            )
            response = self.client.find(request)
            if response is None:
                raise _AbsentError
            return response

        try:
            pages = list_pages(paginator, fetch, detail.items, START, f"{self.client.source}: {what}")
            return [entry for page in pages for entry in page.items]
        except _AbsentError:
            return []


class _AbsentError(Exception):
    """The API does not have this list for this item."""


def _path(detail: Detail, item: Item) -> str:
    """The address for an item; one that lacks what the address is made of has none."""
    try:
        return detail.path(item)
    except (LookupError, TypeError, AttributeError):
        return ""
