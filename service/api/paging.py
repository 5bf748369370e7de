"""Pages of an answer: all of them from the snapshot of the first, so that every row comes once."""

from dataclasses import dataclass
from datetime import date

from fastapi import Request
from pydantic import BaseModel

from metrics.ground import day_of
from service.api.asking import Cursor, fingerprint
from service.api.problems import ProblemError
from service.api.published import Published, Shelf


@dataclass(frozen=True, slots=True)
class Page:
    """Which snapshot a page is read from, where it begins and how long it is."""

    published: Published
    at: Cursor
    limit: int

    @classmethod
    def of(
        cls, snapshots: Shelf, name: str, question: BaseModel, *, end: date | None, limit: int, cursor: str
    ) -> "Page":
        """The first page of an answer about a metric, or the one that ``cursor`` leads to.

        Without an ``end`` the window reaches to the local day that the snapshot speaks up to, and further
        pages end where the first one did.

        Raises
        ------
        ProblemError : 422, the cursor is none or of another question; 410, its snapshot is gone.
        """
        own = fingerprint(name, question)
        if not cursor:
            published = snapshots.newest()
            reached = end or day_of(published.snapshot)
            return cls(published, Cursor(snapshot=published.key, offset=0, question=own, end=reached), limit)
        at = Cursor.read(cursor)
        if at.question != own:
            raise ProblemError(
                422, "`cursor` belongs to another question; only `limit` may differ between pages."
            )
        return cls(snapshots.at(at.snapshot), at, limit)

    @property
    def following(self) -> str:
        """The cursor of the page after."""
        return self.at.model_copy(update={"offset": self.at.offset + self.limit}).written()

    def next_of(self, n_left: int, request: Request) -> tuple[str | None, dict[str, str]]:
        """The cursor of the page after and the header that links it, where more is left than this one."""
        if n_left <= self.limit:
            return None, {}
        url = request.url.include_query_params(cursor=self.following)
        return self.following, {"Link": f'<?{url.query}>; rel="next"'}
