"""The assumption ledger as it is read: what was published with a snapshot, and what is still pending."""

from service.configuration.config import Settings
from service.decisions import read_decisions
from warehouse.ledger import Ledger

LEDGER_EDITS = "ledger_edits"
"""Kind of the spooled events; the payload's ``edits`` are stored together or not at all."""


def read_ledger(settings: Settings) -> Ledger:
    """The ledger of the newest snapshot, and after it what waits in the spool, marked as pending."""
    return read_decisions(settings, LEDGER_EDITS, Ledger())
