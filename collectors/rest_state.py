"""How far a list is read: the cursor of a `collectors.rest.RestResource` and the steps it takes.

{"since": "2026-03-01T…",                                   what was edited before is stored
 "pass": {"since": …, "started_at": …, "position": …},      a pass that has not ended
 "unfinished": ["17", "23"]}                                items to fetch again until they end
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collectors.base import Cursor
from collectors.pagination import START, Position


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of the list from its first page to its last.

    Items that are edited while several pages are read move to pages that were read already, so such a
    pass is followed by a second, short one (``is_catching_up``) for what was edited since ``started_at``.
    """

    since: datetime | None
    started_at: datetime
    position: Position = START
    is_catching_up: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "since": self.since and self.since.isoformat(),
            "started_at": self.started_at.isoformat(),
            "position": self.position.as_json(),
            "is_catching_up": self.is_catching_up,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Pass":
        return cls(
            since=_time(value["since"]),
            started_at=datetime.fromisoformat(value["started_at"]),
            position=Position.from_json(value["position"]),
            is_catching_up=value["is_catching_up"],
        )


@dataclass(frozen=True, slots=True)
class State:
    """What is stored (``since``), what is under way (``running``), and which items have not ended.

    ``backfill`` is carried along for `collectors.backfill`.
    """

    since: datetime | None = None
    running: Pass | None = None
    unfinished: frozenset[str] = frozenset()
    backfill: Mapping[str, Any] | None = None

    def as_cursor(self) -> Cursor:
        return {
            "since": self.since and self.since.isoformat(),
            "pass": self.running and self.running.as_json(),
            "unfinished": sorted(self.unfinished),
            **({"backfill": self.backfill} if self.backfill else {}),
        }

    @classmethod
    def from_cursor(cls, cursor: Cursor | None) -> "State":
        if cursor is None:
            return cls()
        running = cursor["pass"]
        return cls(
            _time(cursor["since"]),
            running and Pass.from_json(running),
            frozenset(cursor["unfinished"]),
            cursor.get("backfill"),
        )

    def begun(self, now: datetime) -> "State":
        """With a pass under way: the one that was, or a new one from ``since``."""
        return self if self.running else replace(self, running=Pass(self.since, now))

    def after(self, current: Pass, following: Position | None, *, now: datetime, catch_up: bool) -> "State":
        """Behind a page of ``current``; ``catch_up`` says whether the list may have moved meanwhile."""
        if following is not None:
            return replace(self, running=replace(current, position=following))
        if catch_up and current.position != START and not current.is_catching_up:
            return replace(self, running=Pass(current.started_at, now, is_catching_up=True))
        return replace(self, since=current.started_at, running=None)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
