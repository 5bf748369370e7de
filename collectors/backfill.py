"""Older items of a list, read beside its regular passes: the way back to a day, page by page.

How far it has come is kept in the list's own cursor under ``backfill``, which regular passes carry along, so
it goes on behind the last page that was stored, whatever is collected meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from collectors.base import Cursor, Page
from collectors.rest import RestResource
from collectors.rest_state import State

FINISHED = 1.0


@dataclass(frozen=True, slots=True)
class Backfill:
    """A list back to ``begin``; implements `collectors.base.Resource`."""

    resource: RestResource
    begin: datetime

    @property
    def name(self) -> str:
        return self.resource.name

    @property
    def scope_id(self) -> str:
        return self.resource.scope_id

    def requests_left(self) -> int | None:
        """The requests left under the limit of the source."""
        return self.resource.requests_left()

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages from the newest item to ``begin``; none where that is done. Errors: see `Resource`."""
        regular = State.from_cursor(cursor)
        kept = regular.backfill if regular.backfill and regular.backfill["to"] == self._to else None
        if kept and kept["is_done"]:
            return
        older = replace(self.resource, begin=self.begin)
        for page in older.pages(kept["cursor"] if kept else None):
            state = State.from_cursor(page.cursor)
            is_done = state.running is None
            following = replace(
                regular,
                # Where nothing was collected before, the regular passes go on from here.
                since=state.since if regular.since is None and regular.running is None else regular.since,
                unfinished=regular.unfinished | state.unfinished,
                backfill={"to": self._to, "is_done": is_done, "cursor": page.cursor},
            )
            yield replace(page, cursor=following.as_cursor())

    def done_share(self, page: Page) -> float:
        """How much of the way back is done behind a page, from 0 to 1."""
        backfill = State.from_cursor(page.cursor).backfill
        if backfill and backfill["is_done"]:
            return FINISHED
        way = self.resource.now - self.begin
        return max(0.0, (self.resource.now - page.reached) / way) if page.reached and way else 0.0

    @property
    def _to(self) -> str:
        return self.begin.isoformat()
