"""The configured rules that say what an outside name means, found by name: exact before pattern."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from warehouse.names import Name
from warehouse.owners import edges, holds

Kind = Literal["service", "team", "queue"]
OWN = "*"
"""Source of our own identifiers in the maps: a known service or team means itself."""


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


class Rules:
    """The rules of one kind: exact before pattern, earlier before later.

    That a known identifier (``own``) means itself is an exact rule too, after those that are configured.
    """

    def __init__(self, rules: Iterable[Rule], kind: Kind, own: Iterable[str] = ()) -> None:
        self.exact: dict[str, list[Rule]] = defaultdict(list)
        self.patterns: list[Rule] = []
        for rule in rules:
            if rule.kind == kind:
                (self.patterns if rule.name.is_pattern else self.exact[rule.name.text]).append(rule)
        for identifier in own if kind != "queue" else ():
            target = {"service_id" if kind == "service" else "team_id": identifier}
            self.exact[identifier].append(Rule(Name(identifier), kind=kind, **target))  # type: ignore[arg-type]

    def of(self, outside_id: str, source: str) -> list[Rule]:
        """The rules for a name as a source uses it, in the order in which they win."""
        exact = [rule for rule in self.exact.get(outside_id, ()) if rule.source in (None, source)]
        if any(rule.from_on is None and rule.to_on is None for rule in exact):
            return exact  # one of them holds on every day, so no pattern ever does
        patterns = (rule for rule in self.patterns if rule.source in (None, source))
        return [*exact, *(rule for rule in patterns if rule.name.matches(outside_id))]

    def on(self, outside_id: str, source: str, day: date) -> Rule | None:
        """The rule that holds on a day."""
        return next((rule for rule in self.of(outside_id, source) if holds(rule, day)), None)

    def edges(self) -> set[date]:
        """The days on which any of the rules begins or ends."""
        every = [*self.patterns, *(rule for rules in self.exact.values() for rule in rules)]
        return {day for rule in every for day in edges(rule)}
