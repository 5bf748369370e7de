"""What becomes of spooled events: every kind has one function that stores it, in the writer's transaction.

The writer drains the spool at the beginning of every run, so that what a source says later wins. An event
that cannot be applied stays in the spool, is listed among the skipped items, and holds up no other.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from collectors.errors import CollectorError
from service.audit.reading import AUDIT, stores_audit
from service.configuration.config import Settings
from service.decisions import applies
from service.deploying.action_runs import ACTION_RUN, apply_action_runs
from service.errors import PayoffError
from service.goals.reading import GOAL_EDITS
from service.ledger.reading import LEDGER_EDITS
from service.running import inbox
from warehouse.engine import Warehouse
from warehouse.errors import WarehouseError
from warehouse.goals import Goals
from warehouse.journal import finish_run, start_run
from warehouse.ledger import Ledger
from warehouse.load import load_page
from warehouse.merge import Counts
from warehouse.sources import SPOOL
from warehouse.spool import Event, Spool, is_of_storage

Kinds = Mapping[str, Callable[[Warehouse, Sequence[Event]], None]]
_ITEM = "event "
_log = logging.getLogger(__name__)


class UnknownKindError(Exception):
    """An event of a kind that this version does not know: it was appended by a newer one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that was not applied, and why."""

    event_id: int
    kind: str
    reason: str

    @property
    def text(self) -> str:
        """The refusal as a sentence."""
        return f"event {self.event_id} ({self.kind}) was not applied: {self.reason}. It stays in the spool."


@dataclass(frozen=True, slots=True)
class Drained:
    """What a draining did."""

    applied: int = 0
    refused: tuple[Refusal, ...] = ()

    def with_retried(self, n: int) -> "Drained":
        """With as many more events applied that had been refused before."""
        return Drained(self.applied + n, self.refused)

    def __bool__(self) -> bool:
        return bool(self.applied or self.refused)


NOTHING_DRAINED = Drained()


@dataclass(frozen=True, slots=True)
class _Skipped:
    item: str
    reason: str


def spool_kinds(settings: Settings) -> Kinds:
    """What this version knows to apply, by kind; a kind is added here and nowhere else."""
    return {
        ACTION_RUN: apply_action_runs,
        AUDIT: stores_audit(settings),
        LEDGER_EDITS: applies(settings, Ledger),
        GOAL_EDITS: applies(settings, Goals),
        inbox.KIND: inbox.stores_deliveries(settings),
    }


def drain_spool(warehouse: Warehouse, kinds: Kinds) -> Drained:
    """What was applied and refused of the events that the warehouse has not seen yet.

    ``kinds`` gives the function for a kind; it gets events of that kind only, in order of appending, and
    writes through the warehouse it is given. It may see an event again after it raised, never after it
    returned.
    """
    spool = Spool(warehouse.directory)
    if not spool.n_waiting(warehouse):
        return NOTHING_DRAINED
    run_id = start_run(warehouse, "drain", SPOOL)
    refusals: list[Refusal] = []

    def refused(warehouse: Warehouse, event: Event, error: Exception) -> None:
        refusal = Refusal(event.id, event.kind, _reason(error))
        _log.warning("spool event=%d kind=%s refused=%r", event.id, event.kind, refusal.reason)
        skipped = _Skipped(f"{_ITEM}{event.id}", refusal.reason)
        load_page(warehouse, SPOOL, event.kind, "*", tables={}, skipped=[skipped])
        refusals.append(refusal)

    applied = spool.drain(warehouse, lambda w, events: _apply(w, events, kinds), refused=refused)
    message = f"{applied} events applied, {len(refusals)} refused"
    finish_run(warehouse, run_id, "success", message=message, counts=Counts(), skipped=len(refusals))
    return Drained(applied, tuple(refusals))


def retry_refused(warehouse: Warehouse, kinds: Kinds) -> int:
    """How many of the events that were refused before could be applied now, after an upgrade or a repair."""
    return sum(_retried(warehouse, kinds, event_id) for event_id in refused_ids(warehouse))


def refused_ids(warehouse: Warehouse) -> list[int]:
    """The events that were refused and not applied since."""
    with warehouse.transaction() as con:
        rows = con.execute("SELECT item FROM skipped_items WHERE source = ?", [SPOOL]).fetchall()
    return sorted(int(item.removeprefix(_ITEM)) for (item,) in rows)


def _retried(warehouse: Warehouse, kinds: Kinds, event_id: int) -> bool:
    events = Spool(warehouse.directory).events(after=event_id - 1, limit=1)
    try:
        with warehouse.transaction() as con:
            _apply(warehouse, [event for event in events if event.id == event_id], kinds)
            item = f"{_ITEM}{event_id}"
            con.execute("DELETE FROM skipped_items WHERE source = ? AND item = ?", [SPOOL, item])
    except Exception as error:
        if is_of_storage(error):
            raise
        return False
    return True


def _apply(warehouse: Warehouse, events: Sequence[Event], kinds: Kinds) -> None:
    for kind, group in groupby(events, key=lambda event: event.kind):
        if kind not in kinds:
            raise UnknownKindError(f"this version knows no events of kind {kind}; update Payoff and replay")
        kinds[kind](warehouse, list(group))


def _reason(error: Exception) -> str:
    """The words of an error that was raised for people; of others the type alone, as they may quote data."""
    is_told = isinstance(error, UnknownKindError | PayoffError | CollectorError | WarehouseError)
    return str(error) if is_told else f"{type(error).__name__} in applying it"
