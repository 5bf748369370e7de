"""Decisions about goals by whoever may decide: checked against what there is, then safe on disk."""

from collections.abc import Callable, Sequence
from datetime import datetime

from service.configuration.config import Settings
from service.decisions import append
from service.goals.reading import GOAL_EDITS, read_goals
from service.goals.writing import known_scopes, set_goal, withdraw_goal
from warehouse.goals import Edit, Entry, Goals, Wish

Clock = Callable[[], datetime]


class Deciding:
    """The goals as they are, and what one decider may do to them."""

    def __init__(self, settings: Settings, clock: Clock, by: str) -> None:
        self.goals: Goals = read_goals(settings)
        self._settings, self._clock, self._by = settings, clock, by
        # Read once: all that is decided together is checked on the same day, and is of one moment.
        self._now = clock()
        self._known = known_scopes(settings)

    def edit_for(self, wish: Wish) -> Edit | None:
        """The decision that fulfils a wish; ``None`` where it is so already. See `set_goal` for errors."""
        today = self._now.astimezone(self._settings.organisation.zone).date()
        return set_goal(self.goals, wish, self._known, today=today, by=self._by, now=self._now)

    def set(self, wishes: Sequence[Wish]) -> tuple[Entry, ...]:
        """The new versions, all of them or none where one cannot be."""
        return self._store([edit for wish in wishes if (edit := self.edit_for(wish)) is not None])

    def withdraw(self, metric: str, scope: str, note: str) -> tuple[Entry, ...]:
        """The end of a goal."""
        edit = withdraw_goal(self.goals, metric, scope, note, by=self._by, now=self._now)
        return self._store([edit])

    def _store(self, edits: Sequence[Edit]) -> tuple[Entry, ...]:
        n_before = len(self.goals.entries)
        self.goals = append(self._settings, GOAL_EDITS, self.goals, edits, self._clock)
        return self.goals.entries[n_before:]
