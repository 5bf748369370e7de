"""The assumption ledger as it is read: what was published with a snapshot, and what is still pending.

A decision is appended to the spool and applied by the writer at its next run. Until then it is read from
there, so that nobody waits for the writer to see what was decided.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from metrics.roi.ledger import ledger_in
from service.configuration.config import Settings
from service.errors import NoDataError
from service.running.snapshots import open_snapshot
from warehouse.engine import Warehouse
from warehouse.ledger import Edit, Ledger, append_edits, edit_of
from warehouse.spool import Event, Spool

LEDGER_EDITS = "ledger_edits"
"""Kind of the spooled events; the payload's ``edits`` are stored together or not at all."""
_PAGE = 1000


def apply_ledger_edits(warehouse: Warehouse, events: Sequence[Event]) -> None:
    """Store the edits of spooled events, in the transaction that the writer has open."""
    with warehouse.transaction() as con:
        append_edits(con, [edit for event in events for edit in _edits(event)])


def _edits(event: Event) -> list[Edit]:
    return [edit_of(payload) for payload in event.payload["edits"]]


def read_ledger(settings: Settings) -> Ledger:
    """The ledger of the newest snapshot, and after it what waits in the spool, marked as pending."""
    return _published(settings).with_edits(
        edit for event in _spooled(settings.storage.directory) for edit in _edits(event)
    )


def _published(settings: Settings) -> Ledger:
    try:
        with open_snapshot(settings) as snapshot:
            return ledger_in(snapshot)
    except NoDataError:
        return Ledger()


def _spooled(directory: Path) -> Iterator[Event]:
    spool, after = Spool(directory), 0
    if not spool.path.exists():
        return
    while events := spool.events(after=after, limit=_PAGE):
        yield from (event for event in events if event.kind == LEDGER_EDITS)
        after = events[-1].id
