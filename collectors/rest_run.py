"""One run over one list: first the items that had not ended, then a pass, then what moved meanwhile."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from collectors.base import Page, Skipped
from collectors.errors import FatalError
from collectors.exchange import Response
from collectors.pagination import START, ListPage, Position, at, list_pages
from collectors.rest_details import Completion
from collectors.rest_items import ItemsRead, read_items
from collectors.rest_state import Pass, State
from warehouse.records import Coverage

if TYPE_CHECKING:
    from collectors.rest import RestResource, Unfinished

REFETCHED_PER_PAGE = 50
_log = logging.getLogger(__name__)


class _AbsentError(Exception):
    """The API does not have this optional list."""


@dataclass
class Run:
    """The state of a run; ``pages`` moves it on, page by page."""

    resource: "RestResource"
    state: State
    done: int = 0

    def __post_init__(self) -> None:
        self._counted = self.resource.client.requests
        self._is_resumed = self.state.running is not None
        self._completion = Completion(self.resource.client, self.resource.details, self.resource.what)

    def pages(self) -> Iterator[Page]:
        if self.resource.unfinished:
            yield from self._refetched(self.resource.unfinished)
        self.state = self.state.begun(self.resource.now)
        try:
            while self.state.running is not None:
                yield from self._pass(self.state.running)
        except _AbsentError:
            yield Page(requests=self._new_requests())

    def _refetched(self, unfinished: "Unfinished") -> Iterator[Page]:
        keys = sorted(self.state.unfinished)
        for first in range(0, len(keys), REFETCHED_PER_PAGE):
            batch = keys[first : first + REFETCHED_PER_PAGE]
            found = {key: self._item(key, unfinished) for key in batch}
            gone = [key for key, item in found.items() if item is None]
            self.state = replace(self.state, unfinished=self.state.unfinished - set(gone))
            read = self._read([item for item in found.values() if item is not None])
            yield self._page(read, gone=gone)

    def _item(self, key: str, unfinished: "Unfinished") -> Any:
        response = self.resource.client.find(self.resource.request_for(key, unfinished))
        return None if response is None else at(response.data, unfinished.item)

    def _pass(self, current: Pass) -> Iterator[Page]:
        try:
            for found in self._list(current):
                is_last = found.following is None or self._is_behind(found.items, current)
                yield self._listed(found, current, is_last)
                self._is_resumed = False
                if is_last or self.state.running is None:
                    return
                current = self.state.running
        except FatalError as error:
            # A place that was saved may be one that the API has forgotten (cursors expire): begin again.
            if not self._is_resumed or current.position == START:
                raise
            _log.warning("source=%s resource=%s restarts=%r", *self._names[:2], str(error))
            self._is_resumed = False
            self.state = replace(self.state, running=replace(current, position=START))

    def _list(self, current: Pass) -> Iterator[ListPage]:
        def fetch(position: Position) -> Response:
            request = self.resource.request_at(position, current.since)
            if not self.resource.is_optional or position != START:
                return self.resource.client.ask(request)
            response = self.resource.client.find(request)
            if response is None:
                raise _AbsentError
            return response

        what = f"{self.resource.client.source}: {self.resource.what}"
        return list_pages(self.resource.paginator, fetch, self.resource.items, current.position, what)

    def _is_behind(self, items: Sequence[Any], current: Pass) -> bool:
        """Whether a list without "since" reached what is stored; one out of order is read to its end."""
        edited = self.resource.edited
        if edited is None or edited.parameter:
            return False
        times = [_time(at(item, edited.at)) for item in items]
        cutoff = self.resource.cutoff(current.since)
        if current.since is not None:
            cutoff -= edited.look_back
        known = [time for time in times if time is not None]
        is_ordered = len(known) == len(times) and all(new >= old for new, old in pairwise(known))
        return is_ordered and bool(known) and known[-1] < cutoff

    def _moved(self, items: Sequence[Any], current: Pass) -> Sequence[Any]:
        """Without those that are stored as they are: their details would be asked for again."""
        edited = self.resource.edited
        if edited is None:
            return items
        cutoff = self.resource.cutoff(current.since)
        times = [_time(at(item, edited.changed or edited.at)) for item in items]
        return [item for item, time in zip(items, times, strict=True) if time is None or time >= cutoff]

    def _listed(self, found: ListPage, current: Pass, is_last: bool) -> Page:
        read, since = self._read(self._moved(found.items, current)), self.state.since
        following = None if is_last else found.following
        moves = self.resource.edited is not None
        self.state = self.state.after(current, following, now=self.resource.now, catch_up=moves)
        is_complete = self.state.running is None
        page = self._page(read, self._coverage(since, current.started_at) if is_complete else ())
        return replace(page, reached=self._reached(found.items))

    def _reached(self, items: Sequence[Any]) -> datetime | None:
        """The time of the oldest item, as the list is ordered."""
        edited = self.resource.edited
        times = [_time(at(item, edited.at)) for item in items] if edited else []
        return min((time for time in times if time is not None), default=None)

    def _read(self, items: Sequence[Any]) -> ItemsRead:
        completed = [self._completion.of(item) for item in self.resource.narrow(items)]
        read = read_items(completed, self.resource.reading, self.resource.now)
        still = (self.state.unfinished | read.unfinished) - read.finished
        self.state = replace(self.state, unfinished=still)
        self.done += len(items)
        return read

    def _coverage(self, since: datetime | None, until: datetime) -> tuple[Coverage, ...]:
        start = since or self.resource.begin
        if start >= until:
            return ()
        own = [(table, self.resource.scope_id) for table in self.resource.covers]
        return tuple(
            Coverage(table, start, until, scope_id) for table, scope_id in (*own, *self.resource.also_covers)
        )

    def _page(self, read: ItemsRead, coverage: tuple[Coverage, ...] = (), gone: Sequence[str] = ()) -> Page:
        lost = tuple(Skipped(key, "had not ended and is no longer there") for key in gone)
        skipped, requests = read.skipped + lost, self._new_requests()
        counts = (len(read.raw), len(skipped), requests)
        _log.info("source=%s resource=%s scope=%s fetched=%d skipped=%d requests=%d", *self._names, *counts)
        return Page.of(
            read.records,
            cursor=self.state.as_cursor(),
            coverage=coverage,
            raw=read.raw,
            skipped=skipped,
            requests=requests,
            done=self.done,
        )

    @property
    def _names(self) -> tuple[str, str, str]:
        return self.resource.client.source, self.resource.name, self.resource.scope_id

    def _new_requests(self) -> int:
        before, self._counted = self._counted, self.resource.client.requests
        return self._counted - before


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
