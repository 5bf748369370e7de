"""The part of the configuration that the model owns."""

from datetime import date

from pydantic import Field, field_validator, model_validator

from warehouse.config import Section


class Config(Section):
    """How the return on investment is computed. Rates, salaries and prices stand in the ledger instead."""

    baseline_from: date | None = Field(
        default=None,
        description="First day of the time that quarters are compared with, before the platform had an "
        "effect. Empty: the first whole quarter of which anything is known.",
    )
    baseline_to: date | None = Field(default=None, description="First day after it.")
    horizon_quarters: int = Field(
        default=4,
        ge=0,
        le=40,
        description="Quarters after the reported one that payback and net present value look ahead, each "
        "like the reported one.",
    )
    count_waiting: bool = Field(
        default=False,
        description="True: count the time in which requesters were blocked by waiting for a ticket (B1w).",
    )
    recovery_cap_hours: float = Field(
        default=168.0,
        gt=0,
        description="A failed deployment counts with at most so many hours of downtime; how many were above "
        "is said in the note of the line.",
    )
    golden_path_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="A team has adopted the golden path once this share of its deployments went by it in two "
        "consecutive months.",
    )
    team_tag: str = Field(default="team", min_length=1, description="Tag of a charge that names the team.")
    service_tag: str = Field(
        default="service", min_length=1, description="Tag of a charge that names the service, for its owner."
    )
    exchange_rates: dict[str, float] = Field(
        default={},
        description="What a unit of another currency is worth in that of the organisation, such as "
        "`{USD: 0.92}`. Without a rate, charges in another currency are refused.",
    )

    @field_validator("exchange_rates")
    @classmethod
    def _are_positive(cls, rates: dict[str, float]) -> dict[str, float]:
        if any(rate <= 0 for rate in rates.values()):
            raise ValueError("holds a rate that is not above zero")
        return rates

    @model_validator(mode="after")
    def _is_a_window(self) -> "Config":
        if (self.baseline_from is None) != (self.baseline_to is None):
            raise ValueError("needs both `baseline_from` and `baseline_to`, or neither")
        if self.baseline_from and self.baseline_to and self.baseline_from >= self.baseline_to:
            raise ValueError("`baseline_to` must be later than `baseline_from`; its day is no longer inside")
        return self
