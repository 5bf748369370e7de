"""Goals: what a metric should reach in the organisation, a team or a service, by when, and who said so.

A goal is named by its metric (``key``) and its scope, so there is one at a time; a change is a new version
and a withdrawal ends it. What the goal was at any date can be told; see `warehouse.decisions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, get_args

from warehouse import decisions
from warehouse.coverage import EVERYTHING

ScopeType = Literal["organisation", "team", "service"]


@dataclass(frozen=True, slots=True)
class Aim:
    """What a version asks for: a value in the metric's unit, by the end of a day, and who answers for it.

    ``metric_version`` is that of the metric when it was asked, for a later one may mean something else.
    """

    target: float
    unit: str
    metric_version: int
    due_on: date
    owner: str


Edit = decisions.Edit[Aim]
Entry = decisions.Entry[Aim]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a goal; what is ``None`` stays as it is."""

    metric: str
    scope: str = EVERYTHING
    target: float | None = None
    due_on: date | None = None
    owner: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A goal that stands. ``since`` is when it was first set without having been withdrawn; UTC."""

    entry: Entry
    since: datetime


@dataclass(frozen=True)
class Goals(decisions.Decisions[Aim]):
    """All decisions about goals: ``set`` brings an aim, ``withdraw`` names the version that ends."""

    table: ClassVar[str] = "goal_entries"
    values_type: ClassVar[type[Aim]] = Aim

    def held(self, at: datetime | None = None) -> Mapping[tuple[str, str], Held]:
        """The goals that stood at an instant (UTC without a zone), or that stand now; by metric and scope."""
        found = {name: _standing(entries, at) for name, entries in self.by_name.items()}
        return {name: held for name, held in found.items() if held is not None}


def _standing(entries: Sequence[Entry], at: datetime | None) -> Held | None:
    """Who withdraws a version that was replaced meanwhile does not end the new one."""
    held: Held | None = None
    for entry in entries:
        if at is not None and entry.decided_at > at:
            continue
        if entry.state == "set":
            held = Held(entry, held.since if held else entry.decided_at)
        elif held is not None and entry.version == held.entry.version:
            held = None
    return held


def scope_name(scope_type: ScopeType, scope_id: str = "") -> str:
    """How a scope is written: ``*``, ``team:payments``, ``service:checkout``."""
    return EVERYTHING if scope_type == "organisation" else f"{scope_type}:{scope_id}"


def scope_parts(name: str) -> tuple[ScopeType, str]:
    """Kind and identifier of a scope as `scope_name` writes it; the organisation has ``*``.

    Raises
    ------
    ValueError : it is written otherwise.
    """
    if name == EVERYTHING:
        return "organisation", EVERYTHING
    kind, _, identifier = name.partition(":")
    for known in get_args(ScopeType)[1:]:
        if kind == known and identifier:
            return known, identifier
    raise ValueError(f"{name!r} is no scope; write * for the organisation, team:ID or service:ID")
