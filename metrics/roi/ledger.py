"""The assumption ledger of a snapshot, as the model takes it."""

from dataclasses import asdict

from metrics.remembered import memory_of
from metrics.roi.assumptions import Assumption
from metrics.scope import Snapshot
from warehouse.coverage import EVERYTHING
from warehouse.ledger import Ledger, Values


def ledger_in(snapshot: Snapshot) -> Ledger:
    """The ledger that a snapshot was published with; one from before there was a ledger has none."""
    return memory_of(snapshot).of(
        ("ledger",), lambda: Ledger.published(snapshot.sql), lambda found: len(found.entries)
    )


def assumptions_in(ledger: Ledger) -> tuple[Assumption, ...]:
    """What holds and what held before, as the model takes it: one for each figure, team and first day."""
    return tuple(assumption_of(entry.key, entry.scope_id, entry.values) for entry in ledger.approved())


def assumption_of(key: str, scope_id: str, values: Values) -> Assumption:
    """The values of a version as an assumption.

    Raises
    ------
    metrics.roi.errors.AssumptionError : they cannot be; the message says why.
    """
    scope = None if scope_id == EVERYTHING else scope_id
    return Assumption(key, scope_id=scope, **asdict(values))
