"""The keys that every source has, whatever its kind, and the names of sources that are Payoff's own."""

from dataclasses import dataclass, field

from pydantic import BaseModel, Field, field_validator, model_validator

from service.configuration.schedule import cron, interval
from warehouse.sources import SPOOL

CONFIGURATION = "config"
"""Source of the rows that the configuration itself gives: teams, services and owners."""
ACTIONS = "actions"
"""Source of the runs of our own self-service actions, and of the services that they made."""


class SourceHead(BaseModel):
    """The keys that every source has; the others depend on its kind."""

    name: str = Field(
        pattern="^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        description="Name of the source, in messages and mapping entries: letters, digits, `_`, `.` and `-`.",
    )
    kind: str = Field(description="What kind of source it is.")
    every: str | None = Field(
        default=None,
        description="How often `payoff serve` asks it: 15m, 6h, 1d; empty: as its kind says.",
    )
    schedule: str | None = Field(
        default=None,
        description="When `payoff serve` asks it, instead of `every`: minute, hour, day, month and weekday "
        "of a crontab in UTC, weekdays by name.",
    )

    keep_raw_days: int | None = Field(
        default=None,
        ge=1,
        description="How many days its raw bodies and unread items are kept; empty: as `storage` says.",
    )

    @field_validator("every")
    @classmethod
    def _is_interval(cls, every: str | None) -> str | None:
        if every is not None:
            interval(every)
        return every

    @field_validator("schedule")
    @classmethod
    def _is_cron(cls, schedule: str | None) -> str | None:
        if schedule is not None:
            cron(schedule)
        return schedule

    @model_validator(mode="after")
    def _one_of_two(self) -> "SourceHead":
        if self.every and self.schedule:
            raise ValueError("has both `every` and `schedule`; keep one of them")
        return self

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in (CONFIGURATION, SPOOL, ACTIONS):
            raise ValueError("is how Payoff marks rows of its own; choose another name")
        return name


@dataclass(frozen=True, slots=True)
class ConfiguredSource:
    """A source as it is configured; ``config`` is the model of its kind."""

    name: str
    kind: str
    config: BaseModel = field(repr=False)
    every: str | None = None
    schedule: str | None = None
    keep_raw_days: int | None = None
