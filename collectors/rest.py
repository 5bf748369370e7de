"""A list that an API gives over HTTP, as a resource: what to ask, how it is cut, how an item is read.

A run fetches the items that had not ended, then reads what was edited since the last complete pass,
newest first, with an overlap for clocks that differ. Every page saves its place; only the last page of a
complete pass moves ``since`` and says what is covered. A page that fails ends the resource visibly.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.base import Cursor, Page, RawBody
from collectors.exchange import Request, graphql
from collectors.http import Client
from collectors.pagination import Paginator, Position
from collectors.rest_details import Detail
from collectors.rest_items import Item, Parse, Reading, parsed
from collectors.rest_run import Run
from collectors.rest_state import State
from collectors.scrub import Scrub
from warehouse.records import Record


def utc_text(moment: datetime) -> str:
    """The moment as most APIs take it: ``2026-03-01T09:10:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Edited:
    """How a list tells what was edited, so that a run reads no more than that.

    The list must come newest first: what is edited while pages are read then moves to the front and
    pushes the others back, so that some are read twice and none is missed.

    Parameters
    ----------
    at : path to the time of the last edit in an item, the one the list is ordered by.
    parameter : request parameter for "edited since"; without one, reading stops at the first older item.
    write : the value of that parameter for a moment.
    also : further parameters that depend on that moment, such as the end of a first window.
    only_from_now : the first pass finds nothing, for another list knows what was before.
    changed : path to the time of the last edit where the list is ordered by another time (its creation).
    look_back : of such a list, read so much more behind the last pass, for what was edited long after.
    overlap : read again this much before the last pass: the API's clock and its index lag behind.
    """

    at: str = "updated_at"
    parameter: str = ""
    write: Callable[[datetime], str] = utc_text
    also: Callable[[datetime], Mapping[str, str]] = lambda moment: {}
    only_from_now: bool = False
    changed: str = ""
    look_back: timedelta = timedelta()
    overlap: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Items that change without being listed again (a running build): fetched one by one until they end.

    ``path`` gives the address of an item by its key, ``item`` where it stands in that answer. With a
    ``query`` of GraphQL the key is its variable ``id``.
    """

    is_unfinished: Callable[[Item], bool]
    path: Callable[[str], str]
    item: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class RestResource:
    """One list of one scope; implements `collectors.base.Resource` and `Replayable`.

    Parameters
    ----------
    path, params : what to ask, relative to the client's base URL.
    items : path to the list in the body ("" where the body is the list).
    query : of GraphQL, posted with the parameters as its variables.
    key, parse : pure functions of a scrubbed item, to its key and to its records.
    begin : events before this are not asked for; coverage begins here.
    right : what the token must be allowed, in the provider's words, for messages.
    covers : the tables that this list knows in full once it is read.
    also_covers : further tables and scopes that it knows in full, as pairs.
    narrow : what of a page is wanted, before details are asked for (pure).
    details : what to ask for besides, item by item.
    is_optional : the API may not have this list (404): nothing is stored and nothing is covered.
    left_out : why an item gives no record, for `payoff doctor`, such as "no label makes it a ticket"; equal
        reasons are counted together.
    """

    client: Client
    name: str
    scope_id: str
    path: str
    paginator: Paginator
    key: Callable[[Item], str]
    parse: Parse
    scrub: Scrub
    now: datetime
    begin: datetime
    items: str = ""
    query: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    right: str = ""
    covers: tuple[str, ...] = ()
    also_covers: tuple[tuple[str, str], ...] = ()
    edited: Edited | None = None
    unfinished: Unfinished | None = None
    narrow: Callable[[Sequence[Any]], Sequence[Any]] = lambda items: items
    details: tuple[Detail, ...] = ()
    is_optional: bool = False
    left_out: Callable[[Item], str] = lambda item: "the rules of this source take nothing from it"

    @property
    def what(self) -> str:
        """The list in the words of a message."""
        return f"{self.name.replace('_', ' ')} of {self.scope_id}"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages from ``cursor`` on.

        Raises
        ------
        FatalError, RetryableError : a page could not be had; what was yielded before stays.
        """
        return Run(self, State.from_cursor(cursor)).pages()

    def parse_raw(self, body: RawBody) -> Sequence[Record]:
        """The records of a kept body, as they were when it was fetched.

        Raises
        ------
        SkippableError : the item cannot be read.
        """
        return parsed(json.loads(body.body), self.parse)

    def why_left_out(self, body: RawBody) -> str:
        """Why a kept body gives no record."""
        return self.left_out(json.loads(body.body))

    def requests_left(self) -> int | None:
        """The requests left under the limit of the source, as its last answer had it."""
        return self.client.rate_limit_remaining

    @property
    def reading(self) -> Reading:
        return Reading(self.scrub, self.key, self.parse, self._may_change)

    def cutoff(self, since: datetime | None) -> datetime:
        """Items edited before this are stored already, or older than what is asked for."""
        edited = self.edited or Edited()
        if since is None:
            return self.now if edited.only_from_now else self.begin
        return max(self.begin, since - edited.overlap)

    def request_at(self, position: Position, since: datetime | None) -> Request:
        """The request for a page; a link holds its parameters already."""
        if position.link:
            return Request(position.link, {}, self.what, self.right)
        params = dict(self.params)
        if self.edited and self.edited.parameter:
            cutoff = self.cutoff(since)
            params |= {self.edited.parameter: self.edited.write(cutoff), **self.edited.also(cutoff)}
        if self.query:
            return graphql(self.path, self.query, {**params, **position.params}, self.what, self.right)
        return Request(self.path, {**params, **position.params}, self.what, self.right)

    def request_for(self, key: str, unfinished: Unfinished) -> Request:
        """The request for one item that had not ended."""
        path, what = unfinished.path(key), f"item {key} of {self.what}"
        if unfinished.query:
            return graphql(path, unfinished.query, {"id": key}, what, self.right)
        return Request(path, {}, what, self.right)

    def _may_change(self, item: Item) -> bool:
        return self.unfinished is not None and self.unfinished.is_unfinished(item)
