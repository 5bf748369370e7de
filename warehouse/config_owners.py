"""Teams, services and who owns what, as the configuration states them.

`docs/configuration.md` is generated from the descriptions here.
"""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from warehouse.config import Identifier, Section
from warehouse.names import NameField
from warehouse.owners import first_instant
from warehouse.records import Ownership, Record, Service, Team
from warehouse.rules import Rule


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
