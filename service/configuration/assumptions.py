"""The sections of `config.yaml` that the money is computed with: assumptions and the quarterly report."""

from datetime import date

from pydantic import Field, model_validator

from metrics.roi.assumptions import Assumption, parameter_of
from metrics.roi.errors import AssumptionError
from metrics.trust import Trust
from warehouse.config import Identifier, Section
from warehouse.coverage import EVERYTHING
from warehouse.ledger import Grade, Values


class AssumptionEntry(Section):
    """A figure of the model. It enters the ledger as a version; changing it here makes a new one."""

    key: Identifier = Field(description="Figure, such as salary; `payoff ledger list` names all.")
    scope: Identifier = Field(default=EVERYTHING, description="Team that it holds for; `*` is every team.")
    low: float | None = Field(default=None, description="Lowest plausible value; empty: as `likely`.")
    likely: float = Field(description="Likeliest value.")
    high: float | None = Field(default=None, description="Highest plausible value; empty: as `likely`.")
    unit: str | None = Field(default=None, description="Unit; empty: the one of the model.")
    source: Identifier = Field(description="Where it comes from: a document, a system.")
    owner: Identifier = Field(description="Role that answers for it.")
    valid_from: date = Field(description="First day on which it holds.")
    grade: Grade = Field(default="assumed", description="How well it is known.")

    @model_validator(mode="after")
    def _can_be(self) -> "AssumptionEntry":
        if "@" in self.owner + self.source:
            raise ValueError("names a person's address; name a role or a document")
        try:
            values = self.values
            Assumption(self.key, values.low, values.likely, values.high, values.unit, self.source, self.owner)
        except AssumptionError as error:
            raise ValueError(str(error)) from error
        return self

    @property
    def values(self) -> Values:
        """The version that it makes.

        Raises
        ------
        AssumptionError : the model has no such figure.
        """
        low, high = (self.likely if end is None else end for end in (self.low, self.high))
        unit = self.unit or parameter_of(self.key).unit
        return Values(low, self.likely, high, unit, self.source, self.owner, self.valid_from, self.grade)


class QuarterlyReport(Section):
    """The quarterly report on return on investment."""

    seed: int = Field(
        default=1,
        ge=0,
        description="Seed of the draws: the same data, configuration and seed give the same file.",
    )
    trust: Trust = Field(default=Trust(), description="When figures are stamped or refused.")
