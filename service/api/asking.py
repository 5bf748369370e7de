"""What `GET /v1/metrics/NAME` takes, as `payoff metrics` does; an argument that is not known is refused."""

import base64
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metrics.scope import By, Period
from service.api.problems import ProblemError
from service.api.published import tag_of
from service.figures import Asked, narrowed, own_parameters, window

_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)
_LONGEST_DAYS = 20 * 366
END = "Day after the last. Default: the local day that the snapshot speaks up to."
"""What a question says of the end of its window."""
Day = Annotated[date, Field(ge=_FIRST, le=_LAST)]
Name = Annotated[str, StringConstraints(max_length=300)]
Names = Annotated[list[Name], Field(max_length=200)]


class Question(BaseModel):
    """What narrows a metric, as `payoff metrics` takes it; lists are given by repeating the argument."""

    model_config = ConfigDict(extra="forbid")
    by: By = Field(default="organisation", description="Which of them a metric takes is in the catalogue.")
    period: Period = Field(default="month", description="`window` is the whole window as one.")
    start: Day | None = Field(default=None, description="First local day. Default: a year before `end`.")
    end: Day | None = Field(default=None, description=END)
    team: Names = Field(default=[], description="Only this team.")
    service: Names = Field(default=[], description="Only this service.")
    tier: Names = Field(default=[], description="Only services of this tier.")
    action: Names = Field(default=[], description="Only this self-service action.")
    parameter: Names = Field(default=[], description="The metric's own, as `clock=merged`.")

    def about(self, name: str, end: date) -> Asked:
        """What is asked of this metric, with the end of the window as it was chosen or is by default.

        Raises
        ------
        ProblemError : 422, the window is too long.
        UsageError : a parameter has no value.
        """
        days = window(self.start, end)
        if (days[1] - days[0]).days > _LONGEST_DAYS:
            raise ProblemError(422, "The window has more than 20 years; ask for a shorter one.")
        where = narrowed(services=self.service, teams=self.team, tiers=self.tier, actions=self.action)
        own = own_parameters(self.parameter)
        return Asked(name, *days, self.by, self.period, where=where, parameters=own)


class FiguresQuestion(Question):
    """The same, from how many observations on, and as what."""

    minimum_n: int | None = Field(
        default=None, ge=0, le=10**9, description="Overrides how many observations a value needs."
    )
    format: Literal["json", "csv"] = "json"
    limit: int | None = Field(
        default=None,
        ge=1,
        le=5000,
        description="Figures of a page. Without it JSON has 5000, CSV all of them.",
    )
    cursor: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="`next` of the page before, with the other arguments as they were."
    )

    def about(self, name: str, end: date) -> Asked:
        """What is asked of this metric, with its own minimum."""
        return replace(super().about(name, end), minimum_n=self.minimum_n)


class EvidenceQuestion(FiguresQuestion):
    """The same, and which of the rows."""

    scope: Name | None = Field(default=None, description="Only the rows of this service, team or action.")
    period_start: Day | None = Field(
        default=None, description="Only the rows of the period that starts then."
    )
    limit: int = Field(default=100, ge=1, le=5000, description="Rows of a page.")


class Cursor(BaseModel):
    """Where a page begins, in which snapshot, and of which question."""

    model_config = ConfigDict(extra="forbid", strict=True)
    snapshot: str
    offset: int = Field(ge=0, le=2**53)
    question: str
    end: Day

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor that a page gave out.

        Raises
        ------
        ProblemError : 422, it is none.
        """
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(text.encode("ascii")))
        except ValueError as error:
            raise ProblemError(422, "`cursor` is none that a page of rows gave out.") from error

    def written(self) -> str:
        """The cursor as one word of a URL."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode("ascii")


def cell_of(question: EvidenceQuestion) -> dict[str, Any]:
    """The cell whose rows are asked for."""
    return {"scope_id": question.scope, "period_start": question.period_start}


def fingerprint(name: str, question: BaseModel) -> str:
    """Tells whether a cursor belongs to this question; how long a page is may change between pages."""
    return tag_of(name, question.model_dump_json(exclude={"cursor", "limit", "format"}))
