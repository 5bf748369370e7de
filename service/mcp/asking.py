"""What each tool takes. One that is not known is refused: a figure without its filter is another figure."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from metrics.scope import By, Period
from service.api.asking import END, Day, Name, Names, Question
from service.errors import UsageError

_METRIC = "Name of a metric, as list_metrics gives it."
_CURSOR = "`next_cursor` of the page before, with the other arguments as they were."
Page = Annotated[str, Field(max_length=500, description=_CURSOR)]


class Listing(BaseModel):
    """Which metrics of the catalogue."""

    model_config = ConfigDict(extra="forbid")
    search: Name = Field(
        default="", description="Only metrics in whose name, title or definition this stands."
    )
    by: By | None = Field(default=None, description="Only metrics that can be given by this.")


class Figures(Question):
    """A metric, and what narrows it."""

    metric: Name = Field(description=_METRIC)
    period: Period = Field(
        default="window", description="`window` is the whole window as one figure; the others are a trend."
    )
    limit: int = Field(default=50, ge=1, le=200, description="Figures of a page.")
    cursor: Page = ""


class OneScope(BaseModel):
    """One figure of one scope: a service, a team, a self-service action, or the whole organisation."""

    model_config = ConfigDict(extra="forbid")
    metric: Name = Field(description=_METRIC)
    start: Day | None = Field(default=None, description="First local day. Default: a year before `end`.")
    end: Day | None = Field(default=None, description=END)
    service: Name | None = Field(default=None, description="Id of the one service. Default: all.")
    team: Name | None = Field(default=None, description="Id of the one team. Default: all.")
    action: Name | None = Field(default=None, description="Id of the one self-service action. Default: all.")
    parameter: Names = Field(default=[], description="The metric's own, as `clock=merged`.")

    @property
    def by(self) -> By:
        """The level that the one scope is of."""
        if self.service is not None:
            return "service"
        if self.team is not None:
            return "team"
        return "organisation" if self.action is None else "action"

    @property
    def question(self) -> Question:
        """The same as a question with one figure for an answer."""
        return Question(
            by=self.by,
            period="window",
            start=self.start,
            end=self.end,
            service=_one(self.service),
            team=_one(self.team),
            action=_one(self.action),
            parameter=self.parameter,
        )


class Comparison(OneScope):
    """One scope now and before."""

    before_start: Day | None = Field(
        default=None, description="First local day of the window before. Default: as many days right before."
    )
    before_end: Day | None = Field(default=None, description="Day after its last. Default: `start`.")

    def before(self, start: date, end: date) -> tuple[date, date]:
        """The window before ``[start, end)``.

        Raises
        ------
        UsageError : it does not lie before.
        """
        last = self.before_end or start
        first = self.before_start or last - (end - start)
        if last > start or first >= last:
            raise UsageError(
                f"The window before ({first} to {last}) must end by the start of the later one ({start}); "
                "a scope is compared with its own past."
            )
        return first, last


class Explanation(OneScope):
    """One figure, and which of the rows behind it."""

    limit: int = Field(default=20, ge=1, le=100, description="Rows of a page.")
    cursor: Page = ""


class ReportAsked(BaseModel):
    """Which frozen report."""

    model_config = ConfigDict(extra="forbid")
    quarter: Annotated[str, Field(max_length=20)] = Field(
        default="", description="Such as 2026-Q3. Default: the newest that is frozen."
    )
    version: int | None = Field(
        default=None, ge=1, le=10**6, description="Default: the newest version of the quarter."
    )


def _one(name: str | None) -> list[str]:
    return [] if name is None else [name]
