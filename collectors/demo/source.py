"""The source `demo`: a seeded, invented organisation with planted effects, to look around in and to test.

It behaves like any source: resources, pages by quarter, coverage, a cursor. A run on a later day appends
what has happened since. `truth` says what was planted.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import pairwise

from pydantic import BaseModel, Field

from collectors.base import Context, Cursor, Finding, Page, Preview, Resource, Source
from collectors.demo.coverage import coverage
from collectors.demo.draws import Window, instant
from collectors.demo.truth import Truth, Variant
from collectors.demo.world import Pseudonym, Settings, World
from collectors.demo.world import world as world_of
from collectors.errors import FatalError
from collectors.tally import Tally
from collectors.verdicts import JUDGES, PRODUCTION

RESOURCES: Mapping[str, tuple[str, ...]] = {
    "catalogue": ("teams", "services", "ownership", "team_members", "mandates"),
    "commits": ("commits", "commit_paths"),
    "changes": ("changes",),
    "deployments": ("deployments",),
    "incidents": ("incidents",),
    "tickets": ("tickets", "ticket_transitions", "worklogs"),
    "action_runs": ("action_runs",),
    "builds": ("builds",),
    "surveys": ("survey_responses", "survey_invitations"),
    "costs": ("costs",),
    "inputs": ("inputs",),
    "quality": ("slos", "quality_gates"),
    "ai_usage": ("ai_usage",),
}
"""Resources in the order in which they are collected, and the tables of each."""


class Config(BaseModel, extra="forbid"):
    """Keys of a source of kind `demo`."""

    seed: int = Field(default=7, ge=0, description="Another seed is another organisation.")
    months: int = Field(default=24, ge=3, le=60, description="Calendar months of history before the end.")
    teams: int = Field(
        default=40, ge=8, le=400, description="How many teams there are, the platform team included."
    )
    services: int = Field(default=150, ge=12, le=2000, description="How many services there are.")
    variant: Variant = Field(default="effect", description='"null" is the same world without any effect.')
    end_on: date | None = Field(
        default=None, description="First day that is not in the world (UTC); empty: the day of the run."
    )


def build(name: str, config: Config, context: Context) -> Source:
    """The demo source; the world is made when its first page is asked for."""
    return _Demo(name, config, context)


def truth(config: Config, *, end_on: date | None = None) -> Truth:
    """What is planted in the world of ``config``; see `world`."""
    return world(config, end_on=end_on).truth


def world(config: Config, *, end_on: date | None = None, pseudonym: Pseudonym = str) -> World:
    """The world of ``config`` as tables and truth, ending on ``end_on`` where ``config`` names no end.

    Raises
    ------
    ValueError : neither says when the world ends.
    """
    end = config.end_on or end_on
    if end is None:
        raise ValueError("demo: the world has no end; set end_on in the configuration or pass end_on=")
    return world_of(_settings(config, _first_day(end, config.months), end), pseudonym)


def _settings(config: Config, started_on: date, end_on: date) -> Settings:
    return Settings(config.seed, config.teams, config.services, config.variant, started_on, end_on)


def _first_day(end_on: date, months: int) -> date:
    """The first of the month, so that a world of the same month begins on the same day."""
    count = end_on.year * 12 + end_on.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True)
class _Demo:
    name: str
    config: Config
    context: Context
    kind: str = "demo"
    _worlds: dict[date, World] = field(default_factory=dict)

    def resources(self) -> Sequence[Resource]:
        return [_DemoResource(name, self) for name in RESOURCES]

    @property
    def end_on(self) -> date:
        return self.config.end_on or self.context.now.astimezone(UTC).date()

    def identity(self) -> dict[str, object]:
        """What must stay the same for rows of two runs to be of one world."""
        chosen = self.config.model_dump(include={"seed", "months", "teams", "services", "variant"})
        return dict(chosen)

    def first_day(self) -> date:
        """The day on which this world began when it was first collected.

        It is remembered beside the cursors, for a resource that is collected later than the others.
        """
        file = self.context.cache_dir / f"{self.name}-first-day.json"
        if file.exists():
            known = json.loads(file.read_text())
            if known["world"] == self.identity():
                return date.fromisoformat(known["started_on"])
        started_on = _first_day(self.end_on, self.config.months)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"world": self.identity(), "started_on": started_on.isoformat()}))
        return started_on

    def world(self, started_on: date) -> World:
        """The world from a first day; made once for all resources of this source."""
        if started_on not in self._worlds:
            settings = _settings(self.config, started_on, self.end_on)
            self._worlds[started_on] = world_of(settings, self.context.pseudonym)
        return self._worlds[started_on]

    def preview(self) -> Preview:
        """What the demo world would bring, from the world itself."""
        made = self.world(_first_day(self.end_on, self.config.months))
        tally = Tally(self.context.is_production)
        for name in JUDGES.keys() & made.tables.keys():
            tally.add(name, made.tables[name].table)
        sizes = ", ".join(f"{tally.rows[name]:,} {name}" for name in ("deployments", "changes", "incidents"))
        text = f"{self.name}: an invented organisation with {sizes}"
        is_counted = PRODUCTION in tally.counted
        found = Finding(is_counted, text, "" if is_counted else _REMEDY)
        return Preview((found,), tally.counted, tally.not_counted)


_REMEDY = (
    'The demo world deploys to "production" and "staging": list "production" under environments.production.'
)


@dataclass(frozen=True)
class _DemoResource:
    name: str
    source: _Demo
    scope_id: str = field(default="*")

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages by quarter in which a row last changed, from where the cursor stands to the end."""
        started_on, until = self._position(cursor)
        window = Window(instant(started_on), instant(self.source.end_on))
        if until >= window.end:
            return
        made = self.source.world(started_on)
        inner = [int(at) for at in window.quarters() if max(until, window.start) < at < window.end]
        for low, high in pairwise([until, *inner, window.end]):
            yield self._page(made, window, low, high, started_on)

    def _position(self, cursor: Cursor | None) -> tuple[date, int]:
        """The first day of the world and the instant up to which it is stored, 0 where nothing is."""
        if cursor is None:
            return self.source.first_day(), 0
        if cursor["world"] != self.source.identity():
            raise FatalError(
                f"{self.source.name}: {self.name} holds another demo world ({_words(cursor['world'])}) than "
                f"the configured one ({_words(self.source.identity())}). Two worlds cannot be mixed: set "
                "the configuration back, or start with an empty storage directory."
            )
        return date.fromisoformat(cursor["started_on"]), int(cursor["until"])

    def _page(self, made: World, window: Window, low: int, high: int, started_on: date) -> Page:
        tables = RESOURCES[self.name]
        found = {table: made.tables[table].between(low, high) for table in tables}
        first = max(low, window.start)
        return Page(
            tables={table: rows for table, rows in found.items() if rows.num_rows},
            cursor={"world": self.source.identity(), "started_on": started_on.isoformat(), "until": high},
            coverage=coverage(made.organisation, window, self.name, tables, first, high),
            done=(high - window.start) // 86400,
            total=(window.end - window.start) // 86400,
        )


def _words(identity: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {value}" for key, value in identity.items())
