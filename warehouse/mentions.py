"""What is not mapped and what it costs, and where rules say two things. Pure.

An identifier matters as much as the share of a table that it would take along: forty of a hundred
incidents are worse to lose than four hundred of ten thousand builds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from warehouse.owners import holds
from warehouse.rules import Kind, Rule, Rules


@dataclass(frozen=True, slots=True)
class Mention:
    """How many rows of a table a source gave for one identifier of a service, a team or a queue.

    ``n_spoken_for`` of them need no answer: they also bear another name, which says whose they are before
    this one is asked, or they count in no figure.
    """

    table: str
    source: str
    outside_id: str
    n_rows: int
    kind: Kind = "service"
    n_spoken_for: int = 0


class Mapped(Protocol):
    """A row of a map."""

    @property
    def source(self) -> str: ...
    @property
    def outside_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Unmapped:
    """An identifier of a source that means no known service or team, and what it costs.

    ``by_table`` has its rows, ``shares`` what part of the table they are, 0 to 1. ``points_to`` names the
    unknown services that rules give for it (empty: no rule matches).
    """

    source: str
    kind: Kind
    outside_id: str
    by_table: Mapping[str, int]
    shares: Mapping[str, float]
    points_to: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        return sum(self.by_table.values())

    @property
    def share(self) -> float:
        """The largest part of a table that it would take along."""
        return max(self.shares.values(), default=0.0)

    @property
    def order(self) -> tuple[float, int, str, str]:
        """Sorts what matters most first."""
        return -self.share, -self.n_rows, self.source, self.outside_id


@dataclass(frozen=True, slots=True)
class Disputed:
    """An identifier about which exact rules, or sources, do not agree: what each of them says."""

    kind: Kind
    outside_id: str
    says: tuple[str, ...]


def unmapped(
    mentions: Iterable[Mention], rows: Iterable[Mapped], rules: Sequence[Rule], kind: Kind = "service"
) -> tuple[Unmapped, ...]:
    """Identifiers without any row in the map, those that matter most first.

    Mentions without rows (scopes of coverage), or whose rows are all spoken for, are never listed.
    """
    known = {(row.source, row.outside_id) for row in rows}
    totals: Counter[str] = Counter()
    missing: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        if mention.kind != kind or not mention.n_rows:
            continue
        totals[mention.table] += mention.n_rows
        place, n_lost = (mention.source, mention.outside_id), mention.n_rows - mention.n_spoken_for
        if place not in known and n_lost:
            missing[place][mention.table] += n_lost
    by_id = Rules(rules, kind)
    found = (
        Unmapped(
            source,
            kind,
            outside_id,
            dict(by_table),
            {table: n / totals[table] for table, n in by_table.items()},
            tuple(dict.fromkeys(r.service_id for r in by_id.of(outside_id, source) if r.service_id)),
        )
        for (source, outside_id), by_table in missing.items()
    )
    return tuple(sorted(found, key=lambda item: item.order))


def disputed(
    mentions: Iterable[Mention], rules: Sequence[Rule], kind: Kind = "service"
) -> tuple[Disputed, ...]:
    """Identifiers that mean one thing to one source and another to the next, or one thing by two rules.

    Each source gets its own answer, and of two rules the first wins; both are worth a look.
    """
    by_id = Rules(rules, kind)
    sources: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.kind == kind:
            sources[mention.outside_id].add(mention.source)
    found = (
        (outside_id, tuple(_says(by_id, outside_id, sources[outside_id]))) for outside_id in sorted(sources)
    )
    return tuple(Disputed(kind, outside_id, says) for outside_id, says in found if len(says) > 1)


def _says(by_id: Rules, outside_id: str, sources: Iterable[str]) -> Iterator[str]:
    """The answers, where there is more than one; a rule that never holds with another is no dispute."""
    answers = {source: by_id.of(outside_id, source) for source in sorted(sources)}
    if len({_target(rules[0]) for rules in answers.values() if rules}) > 1:
        yield from (f"{source}: {_target(rules[0])}" for source, rules in answers.items() if rules)
        return
    rules = [rule for found in answers.values() for rule in found if not rule.name.is_pattern]
    clashing = [a for a in rules if any(_clash(a, b) for b in rules)]
    yield from dict.fromkeys(_target(rule) for rule in clashing)


def _clash(one: Rule, other: Rule) -> bool:
    """Whether both hold on some day and mean different things."""
    begins = [rule.from_on for rule in (one, other) if rule.from_on]
    day = max(begins, default=None)
    overlap = all(day is None or holds(rule, day) for rule in (one, other))
    return overlap and _target(one) != _target(other)


def _target(rule: Rule) -> str:
    return rule.service_id or f"team {rule.team_id}"
