"""Which service and team an outside identifier means, and when: the rows of the two maps.

Sources name things their own way: a pager's service, a repository, an Argo CD application, a ticket queue.
The core tables keep those names; this module evaluates the configured rules over the distinct names, so
that a rule can be corrected without collecting again. All of it is pure.

An interval is half-open, and at any instant an identifier of a source has at most one row: a join on
source and instant cannot multiply rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow as pa

from warehouse.owners import Claim, Owners, edges, first_instant, holds
from warehouse.records import Service
from warehouse.rules import OWN, Rule, Rules

Named = tuple[str, str]
"""A source, and an identifier as it uses it."""


@dataclass(frozen=True, slots=True)
class ServiceMapRow:
    """An outside identifier means a service of a team between two instants (``None``: without end).

    ``source`` is the source whose word it is; `OWN` for our own identifiers, wherever they are used.
    ``service_id`` is ``None`` where the identifier belongs to a team and to no service;
    ``team_id`` is ``None`` where nobody owns the service at that time.
    """

    source: str
    outside_id: str
    service_id: str | None
    team_id: str | None
    tier: str | None
    from_at: datetime | None
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class TeamMapRow:
    """A team's name or a ticket queue, as a source uses it, means a team between two instants.

    ``service_id`` is known where a queue belongs to one service; its team is then the owner's.
    """

    source: str
    kind: Literal["team", "queue"]
    outside_id: str
    team_id: str | None
    service_id: str | None
    from_at: datetime | None
    to_at: datetime | None


_Target = tuple[str | None, str | None, str | None]
_Span = tuple[_Target, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known besides the rules.

    Parameters
    ----------
    services, team_ids : our own.
    claims : dated owners, in the words of whoever says it. A service without any belongs to its own team
        for all time; in a gap between claims it belongs to nobody.
    """

    services: Sequence[Service] = ()
    claims: Sequence[Claim] = ()
    team_ids: Sequence[str] = ()

    @property
    def service_ids(self) -> tuple[str, ...]:
        return tuple(service.service_id for service in self.services)


class Mapping:
    """The rules over what is known.

    Parameters
    ----------
    rules : in the order of the configuration; exact before pattern, earlier before later.
    zone : reporting zone in which a day of a rule begins.

    A rule that points to a service that nobody knows gives no row; ``warehouse.mentions`` lists it.
    """

    def __init__(self, rules: Sequence[Rule], catalogue: Catalogue, zone: ZoneInfo) -> None:
        self._catalogue = catalogue
        self._zone = zone
        self._services = Rules(rules, "service", catalogue.service_ids)
        self._teams = Rules(rules, "team", catalogue.team_ids)
        self._queues = Rules(rules, "queue")
        self._owners = Owners(catalogue.services, catalogue.claims, self._team_on)
        self._team_edges = self._teams.edges()

    def services(self, names: Iterable[Named]) -> tuple[ServiceMapRow, ...]:
        """Rows of ``service_map``, ordered by source, identifier and time, never two for one instant.

        ``names`` are those that the core tables hold; the known services are added as our own.
        """
        every = {*names, *((OWN, service_id) for service_id in self._catalogue.service_ids)}
        return tuple(
            ServiceMapRow(source, outside_id, *target, from_at, to_at)
            for source, outside_id in sorted(every)
            for target, from_at, to_at in self._spans(self._services.of(outside_id, source))
        )

    def teams(self, teams: Iterable[Named], queues: Iterable[Named]) -> tuple[TeamMapRow, ...]:
        """Rows of ``team_map``: the known teams as our own, teams and queues as sources name them."""
        every = {*teams, *((OWN, team_id) for team_id in self._catalogue.team_ids)}
        return (*self._team_rows("team", every, self._teams), *self._team_rows("queue", queues, self._queues))

    def _team_rows(
        self, kind: Literal["team", "queue"], names: Iterable[Named], rules: Rules
    ) -> Iterator[TeamMapRow]:
        for source, outside_id in sorted(set(names)):
            for (service_id, team_id, _), from_at, to_at in self._spans(rules.of(outside_id, source)):
                yield TeamMapRow(source, kind, outside_id, team_id, service_id, from_at, to_at)

    def _team_on(self, name: str, source: str, day: date) -> str:
        rule = self._teams.on(name, source, day)
        return rule.team_id if rule is not None and rule.team_id is not None else name

    def _spans(self, rules: Sequence[Rule]) -> Iterator[_Span]:
        """Cut time at every day on which anything may change, then join neighbours that say the same."""
        cuts = {day for rule in rules for day in edges(rule)}
        cuts |= {day for rule in rules for day in self._owners.edges(rule.service_id)}
        if any(rule.service_id for rule in rules):
            cuts |= self._team_edges
        answers = [(day, self._target(rules, day)) for day in (date.min, *sorted(cuts))]
        spans = [next(neighbours) for _, neighbours in groupby(answers, key=lambda answer: answer[1])]
        ends = [day for day, _ in spans[1:]] + [None]
        for (day, found), end in zip(spans, ends, strict=True):
            if found is not None:
                from_at = first_instant(day if day > date.min else None, self._zone)
                yield found, from_at, first_instant(end, self._zone)

    def _target(self, rules: Sequence[Rule], day: date) -> _Target | None:
        """Service, team and tier on a day by the first rule that holds; ``None`` where nothing is known."""
        rule = next((rule for rule in rules if holds(rule, day)), None)
        if rule is None:
            return None
        if rule.service_id is None:
            return None, rule.team_id, None
        service = self._owners.services.get(rule.service_id)
        if service is None:
            return None
        return service.service_id, self._owners.team_on(service.service_id, day), service.tier


def as_table(rows: Iterable[ServiceMapRow] | Iterable[TeamMapRow], kind: type) -> pa.Table:
    """``rows`` as an Arrow table with the columns of their map; times are UTC without a zone."""
    listed = list(rows)
    columns = {}
    for field in fields(kind):
        values = [getattr(row, field.name) for row in listed]
        if field.name.endswith("_at"):
            columns[field.name] = pa.array([_naive(value) for value in values], pa.timestamp("us"))
        else:
            columns[field.name] = pa.array(values, pa.string())
    return pa.table(columns)


def _naive(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)
