"""The parts of the configuration that the warehouse owns: where it lies, production, tracing of failures.

`docs/configuration.md` is generated from the descriptions here.
"""

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
)

from warehouse.names import Name, NameField, any_matches, joined_regex


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(
            "is no time zone; write one of the IANA list, such as Europe/Berlin or UTC"
        ) from error
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
Identifier = Annotated[str, Field(min_length=1)]
# RE2, which DuckDB uses, has neither look-around nor references back.
_NOT_IN_RE2 = re.compile(r"\(\?(?:<?[=!]|P=|\()|\\[1-9]")


class Section(BaseModel):
    """A part of `config.yaml`: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Storage(Section):
    """Where Payoff keeps what it knows."""

    directory: Path = Field(
        default=Path("data"),
        description="Folder of the warehouse, its snapshots and caches.",
    )
    keep_snapshots: int = Field(
        default=3, ge=1, description="How many published snapshots are kept; older ones are deleted."
    )
    keep_raw_days: int = Field(
        default=400,
        ge=1,
        description="How many days raw bodies, which `payoff replay` reads, and items that could not be read "
        "are kept; a source may say another number. Deliveries of senders are kept unless theirs says one.",
    )
    keep_runs_days: int = Field(
        default=400,
        ge=42,
        description="How many days runs of jobs, results of checks and alerts that are over are kept; at "
        "least six weeks, which alerts look back.",
    )
    keep_upgrade_copies: int = Field(
        default=2, ge=0, description="How many files as they were before upgrades are kept."
    )
    lock_wait_seconds: float = Field(
        default=30,
        ge=0,
        description="How long a second writer waits before it gives up and says who is writing.",
    )


class Environments(Section):
    """Which environments are production."""

    production: tuple[NameField, ...] = Field(
        default=(Name("production"), Name("prod")),
        description="Names of environments that count as production: exact, case matters, or an anchored "
        "pattern between slashes. `prod` does not take preprod, non-prod or product-api.",
    )

    @field_validator("production")
    @classmethod
    def _has_one(cls, names: tuple[Name, ...]) -> tuple[Name, ...]:
        if not names:
            raise ValueError("is empty, so that nothing would ever count; name at least one environment")
        return names

    def is_production(self, name: str) -> bool:
        """Whether the environment of this name is production."""
        return any_matches(self.production, name)


class Attribution(Section):
    """How failures are traced to deployments."""

    window_hours: float = Field(
        default=24,
        gt=0,
        description="An incident that names no deployment is linked to the one that was running in its "
        "service, if that finished at most this many hours before.",
    )
    hotfix_window_days: int = Field(
        default=7,
        ge=1,
        description="A hotfix without a stated target repairs a deployment at most this many days old.",
    )
    hotfix_patterns: tuple[NameField, ...] = Field(
        default=(),
        description="A deployment whose trigger or identifier has one of these names is a hotfix, besides "
        "those that are flagged by their source.",
    )

    @field_validator("hotfix_patterns")
    @classmethod
    def _evaluated_in_sql(cls, names: tuple[Name, ...]) -> tuple[Name, ...]:
        if any(name.is_pattern and _NOT_IN_RE2.search(name.regex) for name in names):
            raise ValueError("uses look-around or a reference back, which the warehouse cannot evaluate")
        return names

    @property
    def hotfix_pattern(self) -> str:
        """One regular expression for all of ``hotfix_patterns``; empty where there are none."""
        return joined_regex(self.hotfix_patterns)
