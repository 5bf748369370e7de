"""Which service and team an outside identifier means, and when: the rows of ``service_map``.

Sources name things their own way: a pager's service, a repository, an Argo CD application. The core
tables keep those names; this module evaluates the configured rules over the distinct names, so that a
rule can be corrected without collecting again. All of it is pure.

An interval is half-open, and at any instant an identifier has at most one row: a join on the instant
cannot multiply rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow as pa

from warehouse.names import Name
from warehouse.records import Ownership, Service

Kind = Literal["service", "team", "queue"]


@dataclass(frozen=True, slots=True)
class Rule:
    """An outside name means this service (or this team) from one local day until before another."""

    name: Name
    service_id: str | None = None
    team_id: str | None = None
    source: str | None = None
    kind: Kind = "service"
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class ServiceMapRow:
    """An outside identifier means a service of a team between two instants (``None``: without end).

    ``service_id`` is ``None`` where the identifier belongs to a team and to no service;
    ``team_id`` is ``None`` where nobody owns the service at that time.
    """

    outside_id: str
    service_id: str | None
    team_id: str | None
    tier: str | None
    from_at: datetime | None
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mention:
    """How many rows of a table a source gave for one identifier."""

    table: str
    source: str
    outside_id: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class Unmapped:
    """An identifier that means no known service, and what it costs: its rows by table.

    ``points_to`` names the unknown services that rules give for it (empty: no rule matches).
    """

    outside_id: str
    sources: tuple[str, ...]
    n_rows: int
    by_table: Mapping[str, int]
    points_to: tuple[str, ...]


_Target = tuple[str | None, str | None, str | None]


class _Owners:
    """Who owns a service on a day: dated rows where there are any, else the service's own team."""

    def __init__(self, services: Iterable[Service], ownership: Iterable[Ownership]) -> None:
        self.services = {service.service_id: service for service in services}
        self.dated: dict[str, list[Ownership]] = defaultdict(list)
        for row in ownership:
            self.dated[row.service_id].append(row)

    def edges(self, service_id: str | None) -> Iterator[date]:
        for row in self.dated.get(service_id or "", ()):
            yield from _edges(row)

    def team_on(self, service_id: str, day: date) -> str | None:
        if service_id not in self.dated:
            return self.services[service_id].team_id
        rows = [row for row in self.dated[service_id] if _holds(row, day)]
        # Where two claim a day, the later claim is the hand-over.
        return max(rows, key=lambda row: (row.from_on or date.min, row.team_id)).team_id if rows else None


class _Rules:
    """The rules of one kind, found by identifier: exact before pattern, earlier before later."""

    def __init__(self, rules: Iterable[Rule], kind: Kind, service_ids: Iterable[str]) -> None:
        self.exact: dict[str, list[Rule]] = defaultdict(list)
        self.patterns: list[Rule] = []
        for rule in rules:
            if rule.kind == kind:
                (self.patterns if rule.name.is_pattern else self.exact[rule.name.text]).append(rule)
        # That a known service means itself is an exact rule too, after those that are configured.
        for service_id in service_ids if kind == "service" else ():
            self.exact[service_id].append(Rule(Name(service_id), service_id=service_id))

    def of(self, outside_id: str, sources: frozenset[str]) -> list[Rule]:
        found = [*self.exact.get(outside_id, ()), *(r for r in self.patterns if r.name.matches(outside_id))]
        return [rule for rule in found if rule.source is None or rule.source in sources]


def resolve(
    outside_ids: Iterable[tuple[str, str]],
    rules: Sequence[Rule],
    services: Iterable[Service],
    ownership: Iterable[Ownership] = (),
    *,
    zone: ZoneInfo,
    kind: Kind = "service",
) -> tuple[ServiceMapRow, ...]:
    """Rows of ``service_map``, ordered by identifier and time, never two for one instant.

    Parameters
    ----------
    outside_ids : pairs of source and identifier, as the core tables hold them. The known services are
        added: each means itself, unless an exact rule says otherwise.
    rules : in the order of the configuration; exact before pattern, earlier before later.
    ownership : dated owners. A service without a row belongs to its own team for all time; in a gap
        between rows it belongs to nobody.
    zone : reporting zone in which a day of a rule begins.
    kind : which rules apply; identifiers of teams and queues are names of their own.

    A rule that points to a service that nobody knows gives no row; ``unmapped`` lists it.
    """
    owners = _Owners(services, ownership)
    known = owners.services if kind == "service" else {}
    sources = {**dict.fromkeys(known, frozenset[str]()), **_sources_by_id(outside_ids)}
    by_id = _Rules(rules, kind, known)
    return tuple(
        row
        for outside_id in sorted(sources)
        for row in _rows(outside_id, by_id.of(outside_id, sources[outside_id]), owners, zone)
    )


def _sources_by_id(outside_ids: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    sources: dict[str, set[str]] = defaultdict(set)
    for source, outside_id in outside_ids:
        sources[outside_id].add(source)
    return {outside_id: frozenset(names) for outside_id, names in sources.items()}


def _rows(outside_id: str, rules: Sequence[Rule], owners: _Owners, zone: ZoneInfo) -> Iterator[ServiceMapRow]:
    """Cut time at every day on which anything may change, then join neighbours that say the same."""
    cuts = {day for rule in rules for day in _edges(rule)}
    cuts |= {day for rule in rules for day in owners.edges(rule.service_id)}
    answers = [(day, _target(rules, day, owners)) for day in (date.min, *sorted(cuts))]
    spans = [next(neighbours) for _, neighbours in groupby(answers, key=lambda answer: answer[1])]
    ends = [day for day, _ in spans[1:]] + [None]
    for (day, target), end in zip(spans, ends, strict=True):
        if target is not None:
            from_at = first_instant(day if day > date.min else None, zone)
            yield ServiceMapRow(outside_id, *target, from_at, first_instant(end, zone))


def _target(rules: Sequence[Rule], day: date, owners: _Owners) -> _Target | None:
    """Service, team and tier on a day by the first rule that holds; ``None`` where nothing is known."""
    rule = next((rule for rule in rules if _holds(rule, day)), None)
    if rule is None:
        return None
    if rule.service_id is None:
        return None, rule.team_id, None
    service = owners.services.get(rule.service_id)
    if service is None:
        return None
    return service.service_id, owners.team_on(service.service_id, day), service.tier


def _edges(dated: Rule | Ownership) -> Iterator[date]:
    return (day for day in (dated.from_on, dated.to_on) if day is not None)


def _holds(dated: Rule | Ownership, day: date) -> bool:
    return (dated.from_on or date.min) <= day and (dated.to_on is None or day < dated.to_on)


def first_instant(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The UTC instant at which a local day begins; unknown stays unknown."""
    return None if day is None else datetime.combine(day, time(), zone).astimezone(UTC)


def unmapped(
    mentions: Iterable[Mention], rows: Iterable[ServiceMapRow], rules: Sequence[Rule], kind: Kind = "service"
) -> tuple[Unmapped, ...]:
    """Identifiers without any row in ``rows``, those with the most rows behind them first.

    ``mentions`` count deployments, changes, incidents and tickets by source and identifier.
    """
    mapped = {row.outside_id for row in rows}
    missing: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.outside_id not in mapped:
            missing[mention.outside_id].append(mention)
    by_id = _Rules(rules, kind, ())
    found = (_unmapped(outside_id, group, by_id) for outside_id, group in missing.items())
    return tuple(sorted(found, key=lambda item: (-item.n_rows, item.outside_id)))


def _unmapped(outside_id: str, mentions: Sequence[Mention], rules: _Rules) -> Unmapped:
    by_table: dict[str, int] = defaultdict(int)
    for mention in mentions:
        by_table[mention.table] += mention.n_rows
    sources = frozenset(mention.source for mention in mentions)
    targets = (rule.service_id for rule in rules.of(outside_id, sources))
    points_to = tuple(dict.fromkeys(target for target in targets if target))
    return Unmapped(outside_id, tuple(sorted(sources)), sum(by_table.values()), dict(by_table), points_to)


def disputed(
    outside_ids: Iterable[tuple[str, str]], rules: Sequence[Rule], kind: Kind = "service"
) -> tuple[str, ...]:
    """Identifiers that two sources share and for which rules with a ``source`` differ between them.

    ``service_map`` has one answer per identifier, so the first rule decides for both.
    """
    by_id = _Rules(rules, kind, ())
    return tuple(
        outside_id
        for outside_id, sources in sorted(_sources_by_id(outside_ids).items())
        if len({tuple(by_id.of(outside_id, frozenset({source}))) for source in sources}) > 1
    )


def service_map_table(rows: Iterable[ServiceMapRow]) -> pa.Table:
    """``rows`` as an Arrow table with the columns of ``service_map``; times are UTC without a zone."""
    text, time_type = pa.string(), pa.timestamp("us")
    listed = list(rows)
    columns = {
        name: pa.array([getattr(row, name) for row in listed], text)
        for name in ("outside_id", "service_id", "team_id", "tier")
    }
    for name in ("from_at", "to_at"):
        columns[name] = pa.array([_naive(getattr(row, name)) for row in listed], time_type)
    return pa.table(columns)


def _naive(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)
