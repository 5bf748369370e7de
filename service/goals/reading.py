"""The goals as they are read: what was published with a snapshot, and what is still pending."""

from service.configuration.config import Settings
from service.decisions import read_decisions
from warehouse.goals import Goals

GOAL_EDITS = "goal_edits"
"""Kind of the spooled events; the payload's ``edits`` are stored together or not at all."""


def read_goals(settings: Settings) -> Goals:
    """The goals of the newest snapshot, and after them what waits in the spool, marked as pending."""
    return read_decisions(settings, GOAL_EDITS, Goals())
