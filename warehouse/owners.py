"""Who owns a service on a day, and what holds on a day at all. Pure; days are those of the reporting zone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from warehouse.records import Service


class Dated(Protocol):
    """Something that holds from a day on until before another; ``None``: without end."""

    @property
    def from_on(self) -> date | None: ...
    @property
    def to_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A source says that a team, in its words, owns a service between two days."""

    service_id: str
    team: str
    source: str = ""
    from_on: date | None = None
    to_on: date | None = None


class Owners:
    """Who owns a service on a day: claims where there are any, else the service's own team.

    ``team_on`` says which of our teams a name of a source means on a day.
    """

    def __init__(
        self,
        services: Iterable[Service],
        claims: Iterable[Claim] = (),
        team_on: Callable[[str, str, date], str] = lambda name, source, day: name,
    ) -> None:
        self.services = {service.service_id: service for service in services}
        self._claims: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            self._claims[claim.service_id].append(claim)
        self._team_on = team_on

    def edges(self, service_id: str | None) -> Iterator[date]:
        """The days on which a claim to a service begins or ends."""
        for claim in self._claims.get(service_id or "", ()):
            yield from edges(claim)

    def team_on(self, service_id: str, day: date) -> str | None:
        """The team that owns a known service on a day; ``None`` where nobody does."""
        claims = self._claims.get(service_id)
        if claims is None:
            team = self.services[service_id].team_id
            claims = [] if team is None else [Claim(service_id, team)]
        held = [claim for claim in claims if holds(claim, day)]
        if not held:
            return None
        # Where two claim a day, the later claim is the hand-over.
        last = max(held, key=lambda claim: (claim.from_on or date.min, claim.team))
        return self._team_on(last.team, last.source, day)


def edges(dated: Dated) -> Iterator[date]:
    """The days on which it begins and ends."""
    return (day for day in (dated.from_on, dated.to_on) if day is not None)


def holds(dated: Dated, day: date) -> bool:
    """Whether the day is inside."""
    return (dated.from_on or date.min) <= day and (dated.to_on is None or day < dated.to_on)


def first_instant(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The UTC instant at which a local day begins; unknown stays unknown."""
    return None if day is None else datetime.combine(day, time(), zone).astimezone(UTC)
