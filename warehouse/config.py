"""The parts of the configuration that the warehouse owns: where it lies, what is production, who owns what.

`docs/configuration.md` is generated from the descriptions here.
"""

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from warehouse.names import Name, any_matches, joined_regex
from warehouse.names import NameField as NameField
from warehouse.owners import first_instant
from warehouse.records import Ownership, Record, Service, Team
from warehouse.rules import Rule


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


class Dated(Section):
    """Something that holds from a day on until another."""

    from_on: date | None = Field(default=None, alias="from", description="First day; empty: since ever.")
    to_on: date | None = Field(default=None, alias="to", description="First day after it; empty: still.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Dated":
        if self.from_on and self.to_on and self.from_on >= self.to_on:
            raise ValueError("`to` must be later than `from`; the day in `to` is no longer inside")
        return self


class TeamEntry(Section):
    """A team."""

    id: Identifier = Field(description="Identifier, as services name it.")
    name: str | None = Field(default=None, description="Name on pages; empty: the identifier.")
    engineers: float | None = Field(
        default=None,
        ge=0,
        description="Head count, where people are not collected.",
    )
    parent_team: str | None = Field(
        default=None,
        description="Identifier of the team that this one is part of.",
    )
    onboarded_on: date | None = Field(
        default=None,
        description="Day on which it began to use the platform.",
    )
    is_platform_team: bool | None = Field(
        default=None,
        description="True for the team that builds the platform: left out where adopting teams are counted.",
    )


class OwnerEntry(Dated):
    """A team that owned a service for a time."""

    team: Identifier = Field(description="Identifier of the team.")


class ServiceEntry(Section):
    """A service: what is deployed by itself, and the level at which delivery is measured."""

    id: Identifier = Field(description="Identifier, as mapping entries and sources name it.")
    name: str | None = Field(default=None, description="Name on pages; empty: the identifier.")
    team: str | None = Field(default=None, description="Identifier of the team that owns it.")
    owners: tuple[OwnerEntry, ...] = Field(
        default=(), description="Owners by date, instead of `team`; a day that nobody owns is unassigned."
    )
    repository: str | None = Field(
        default=None,
        description="Identifier of its repository, as its source names it.",
    )
    tier: str | None = Field(
        default=None,
        description="How critical it is, in your own words; a filter on pages.",
    )
    created_on: date | None = Field(default=None, description="Day on which work on it began.")
    from_template: str | None = Field(
        default=None,
        description="Golden-path template that it was created from.",
    )

    @model_validator(mode="after")
    def _one_way_to_say_the_owner(self) -> "ServiceEntry":
        if self.team and self.owners:
            raise ValueError("has both `team` and `owners`; keep `owners` alone")
        return self

    @field_validator("owners")
    @classmethod
    def _one_at_a_time(cls, owners: tuple[OwnerEntry, ...]) -> tuple[OwnerEntry, ...]:
        in_order = sorted(owners, key=lambda owner: owner.from_on or date.min)
        for earlier, later in pairwise(in_order):
            if earlier.to_on is None or earlier.to_on > (later.from_on or date.min):
                raise ValueError(
                    f"`{earlier.team}` and `{later.team}` own it on the same day; end one with `to`"
                )
        return owners


class MappingEntry(Dated):
    """An outside identifier belongs to a service or a team."""

    source: str | None = Field(
        default=None,
        description="Name of the source that uses it; empty: any source.",
    )
    kind: Literal["service", "team", "queue"] = Field(
        default="service",
        description="What the identifier stands for there: the service, the team, or the ticket queue.",
    )
    id: NameField = Field(
        description="The identifier: exact, case matters, or an anchored pattern between slashes. "
        "Exact entries win over patterns, then earlier over later."
    )
    service: str | None = Field(default=None, description="Identifier of the service that it is.")
    team: str | None = Field(
        default=None, description="Identifier of the team that it is, where it is no service of ours."
    )

    @model_validator(mode="after")
    def _one_target(self) -> "MappingEntry":
        if (self.service is None) == (self.team is None):
            raise ValueError("needs exactly one target: `service` or `team`")
        if self.kind == "team" and self.team is None:
            raise ValueError("is of kind team, so its target is a `team`")
        return self

    def rule(self) -> Rule:
        """This entry as a rule of the mapping."""
        return Rule(
            name=self.id,
            service_id=self.service,
            team_id=self.team,
            source=self.source,
            kind=self.kind,
            from_on=self.from_on,
            to_on=self.to_on,
        )


def entries_as_records(
    teams: Iterable[TeamEntry], services: Iterable[ServiceEntry], zone: ZoneInfo
) -> tuple[Record, ...]:
    """Rows of ``teams``, ``services`` and ``ownership`` for what is written in the configuration.

    A day is its first instant in ``zone``, the reporting zone.
    """
    records: list[Record] = [_team(entry, zone) for entry in teams]
    for entry in services:
        records.append(_service(entry, zone))
        records += [Ownership(entry.id, owner.team, owner.from_on, owner.to_on) for owner in entry.owners]
    return tuple(records)


def _team(entry: TeamEntry, zone: ZoneInfo) -> Team:
    return Team(
        team_id=entry.id,
        name=entry.name,
        engineers=entry.engineers,
        parent_team_id=entry.parent_team,
        onboarded_at=first_instant(entry.onboarded_on, zone),
        is_platform_team=entry.is_platform_team,
    )


def _service(entry: ServiceEntry, zone: ZoneInfo) -> Service:
    return Service(
        service_id=entry.id,
        name=entry.name,
        team_id=entry.team,
        repo_id=entry.repository,
        tier=entry.tier,
        created_at=first_instant(entry.created_on, zone),
        from_template=entry.from_template,
    )
