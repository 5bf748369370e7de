"""What the tools share: the published snapshots, the configuration, the clock, and pages of an answer."""

from dataclasses import dataclass, field

from pydantic import BaseModel

from metrics.catalog import metric_named
from service.api.asking import Cursor, Question, fingerprint
from service.api.problems import ProblemError
from service.api.published import Published, Shelf
from service.configuration.config import Settings
from service.figures import Asked
from service.running.run_report import Clock
from warehouse.engine import utc_now


@dataclass(frozen=True)
class Desk:
    """Where the tools read."""

    settings: Settings
    clock: Clock = utc_now
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shelf", Shelf(self.settings))

    def about(self, metric: str, question: Question) -> Asked:
        """What is asked of a metric.

        Raises
        ------
        UnknownMetricError, ProblemError, UsageError : there is none, or its arguments do not fit.
        """
        return question.about(metric_named(metric).name, self.clock().date())


@dataclass(frozen=True)
class Page:
    """A page of an answer: the snapshot it is read from, and where it begins."""

    published: Published
    at: Cursor
    limit: int

    @classmethod
    def of(cls, desk: Desk, asked: Asked, given: BaseModel, limit: int, cursor: str) -> "Page":
        """The first page, or the one that a cursor leads to, from the snapshot of the first.

        Raises
        ------
        ProblemError : the cursor is none, of another question, or its snapshot is gone.
        """
        own = fingerprint(asked.name, given)
        if not cursor:
            published = desk.shelf.newest()
            return cls(
                published, Cursor(snapshot=published.key, offset=0, question=own, end=asked.end), limit
            )
        at = Cursor.read(cursor)
        if at.question != own:
            raise ProblemError(422, "`cursor` belongs to another question; only `limit` may differ.")
        return cls(desk.shelf.at(at.snapshot), at, limit)

    @property
    def following(self) -> str:
        """The cursor of the page after."""
        return self.at.model_copy(update={"offset": self.at.offset + self.limit}).written()
