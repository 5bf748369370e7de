"""`payoff backfill`: the older part of a source's lists, with how long it will still take."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collectors.backfill import FINISHED, Backfill
from collectors.base import Cursor, Page, Parallel, Preview, Resource, Source
from collectors.rest import RestResource
from service.errors import UsageError
from service.running.narration import ProgressListener

_HOUR = 3600.0
_STEPS = ("link", "publish")


def remaining_seconds(
    *, elapsed: float, share: float, requests: int, left: int | None, per_hour: int | None
) -> float | None:
    """Seconds until all is read, at the speed so far and within the limit; ``None`` before there is a speed.

    Requests beyond those that are ``left`` wait for the next hours of the limit.
    """
    if share <= 0:
        return None
    by_speed = elapsed * (1 - share) / share
    needed = requests * (1 - share) / share
    if left is None or not per_hour or needed <= left:
        return by_speed
    return max(by_speed, -(-(needed - left) // per_hour) * _HOUR)


@dataclass
class Estimate:
    """What all lists of a backfill have done so far; threads share it."""

    n_lists: int = 0
    shares: dict[tuple[str, str], float] = field(default_factory=dict)
    requests: int = 0
    left: int | None = None
    per_hour: int | None = None
    clock: Callable[[], float] = time.monotonic
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    def note(self, lists: Backfill, page: Page) -> None:
        """A page has come."""
        with self.lock:
            self.shares[lists.name, lists.scope_id] = lists.done_share(page)
            self.requests += page.requests
            self.left, self.per_hour = lists.requests_left(), lists.resource.client.rate_limit

    def end(self, lists: Backfill) -> None:
        """A list is read, or was before."""
        with self.lock:
            self.shares[lists.name, lists.scope_id] = FINISHED

    @property
    def text(self) -> str:
        """``43 %, about 12 minutes left, 4,120 requests left under the limit``."""
        with self.lock:
            share = sum(self.shares.values()) / self.n_lists if self.n_lists else FINISHED
            seconds = remaining_seconds(
                elapsed=self.clock() - self.begun,
                share=share,
                requests=self.requests,
                left=self.left,
                per_hour=self.per_hour,
            )
        parts = [f"{share:.0%}"]
        if seconds:
            parts.append(
                "a minute or less left" if seconds <= 60 else f"about {seconds / 60:,.0f} minutes left"
            )
        parts += [f"{self.left:,} requests left under the limit"] if self.left is not None else []
        return ", ".join(parts)


@dataclass(frozen=True)
class BackfilledSource:
    """A source whose lists are read back to ``begin``."""

    source: Source
    begin: datetime
    estimate: Estimate

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def kind(self) -> str:
        return self.source.kind

    @property
    def concurrency(self) -> int:
        return self.source.concurrency if isinstance(self.source, Parallel) else 1

    def resources(self) -> Sequence[Resource]:
        """The lists that come newest first; the others are read in full by every collection.

        Raises
        ------
        UsageError : the source has no such list.
        """
        lists = [
            Backfill(one, self.begin)
            for one in self.source.resources()
            if isinstance(one, RestResource) and one.edited is not None
        ]
        if not lists:
            raise UsageError(
                f"{self.name}: kind {self.kind} has no history to fetch; `payoff collect` reads it all."
            )
        self.estimate.n_lists += len(lists)
        return [_Noted(one, self.estimate) for one in lists]

    def preview(self) -> Preview:
        return self.source.preview()


@dataclass(frozen=True)
class _Noted:
    """A list that tells the estimate of each page."""

    lists: Backfill
    estimate: Estimate

    @property
    def name(self) -> str:
        return self.lists.name

    @property
    def scope_id(self) -> str:
        return self.lists.scope_id

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        for page in self.lists.pages(cursor):
            self.estimate.note(self.lists, page)
            yield page
        self.estimate.end(self.lists)


class EstimatingListener(ProgressListener):
    """Says after each list, and in the bar of each, how far the whole is."""

    estimate: Estimate

    def advance(self, label: str, done: int, total: int | None) -> None:
        super().advance(label, done, total)
        self.progress.update(self.tasks[label], description=f"{label}: {self.estimate.text}")

    def end(self, label: str, summary: str) -> None:
        super().end(label, f"{summary} ({self.estimate.text})" if label not in _STEPS else summary)
