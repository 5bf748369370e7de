"""Decisions about assumptions by who may edit the ledger: checked as `payoff ledger` does, safe on disk."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime

from service.configuration.config import Settings
from service.decisions import append, refuse_person
from service.errors import UsageError
from service.ledger.reading import LEDGER_EDITS, read_ledger
from service.ledger.writing import VersionError, check_scope, decision_about, draft, new_version
from warehouse.ledger import Edit, Ledger, Wish

Clock = Callable[[], datetime]


class Bookkeeping:
    """The ledger as it is, and what one decider may do to it."""

    def __init__(self, settings: Settings, clock: Clock, by: str) -> None:
        self.ledger: Ledger = read_ledger(settings)
        self._settings, self._clock, self._by = settings, clock, by

    def edit(self, wish: Wish) -> None:
        """A new version that holds from its day on; the one before it stays in the history.

        Raises
        ------
        VersionError : it cannot be, says nothing new, or does not say why.
        metrics.roi.errors.AssumptionError : there is no such figure, or its values cannot be.
        """
        check_scope(self._settings, wish.scope_id)
        if wish.likely is None:
            raise _wrong("likely", "is missing; low and high may be left out, and are the same then.")
        note = _reason(wish.note)
        given = {name: value for name, value in asdict(wish).items() if name not in _NOT_VALUES}
        values = draft(self.ledger, wish.key, wish.scope_id, given)
        held = self.ledger.in_force(date.max).get((wish.key, wish.scope_id))
        if held is not None and held.values == values:
            raise _wrong("", f"Version {held.version} says the same; change a value, its source or its day.")
        now = self._clock()
        self._store(
            new_version(wish.key, wish.scope_id, values, "edit", decided_by=self._by, now=now, note=note)
        )

    def take_back(self, key: str, scope_id: str, note: str | None) -> None:
        """The end of the version that holds: the one before it holds again, or the default.

        Raises
        ------
        VersionError : nothing is stated there, or it does not say why.
        """
        held = self.ledger.in_force(date.max).get((key, scope_id))
        if held is None:
            raise _wrong("key", f"{key} of {scope_id} has no version that holds; there is nothing to undo.")
        reason, now = _reason(note), self._clock()
        self._store(decision_about(self.ledger, held, "reject", decided_by=self._by, now=now, note=reason))

    def _store(self, edit: Edit) -> None:
        self.ledger = append(self._settings, LEDGER_EDITS, self.ledger, [edit], self._clock)


_NOT_VALUES = ("key", "scope_id", "note")


def _reason(note: str | None) -> str:
    if not note or not note.strip():
        raise _wrong("note", "is missing; a figure of the ledger is changed with the reason.")
    try:
        refuse_person(note)
    except UsageError as error:
        raise _wrong("note", str(error)) from error
    return note.strip()


def _wrong(field: str, reason: str) -> VersionError:
    return VersionError(f"{field}: {reason}" if field else reason, {field: reason})
