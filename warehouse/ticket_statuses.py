"""What the statuses of tickets mean: somebody waits, somebody works, or it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from warehouse.names import Name, any_matches

Meaning = Literal["waiting", "working", "done"]


def _any_case(*words: str) -> tuple[Name, ...]:
    return (Name(f"/^(?i:{'|'.join(words)})$/"),)


WAITING = _any_case(
    "open", "new", "to ?do", "backlog", "triage", "reopened", "pending", "blocked", "on hold",
    "selected for development", "waiting( for .*)?",
)  # fmt: skip
WORKING = _any_case("in progress", "work in progress", "doing", "active", "in review", "implementing")
DONE = _any_case(
    "done", "closed", "resolved", "completed", "fixed", "cancell?ed", "declined", "rejected", "won't do"
)


@dataclass(frozen=True, slots=True)
class TicketReading:
    """How waiting and touch time are read from a ticket.

    ``touch_cap_hours`` bounds the work in one stay in a working status; ``stated_touch_grade`` says how hours
    came about that a source states without a log of work.
    """

    waiting: tuple[Name, ...] = WAITING
    working: tuple[Name, ...] = WORKING
    done: tuple[Name, ...] = DONE
    touch_cap_hours: float = 8.0
    stated_touch_grade: Literal["measured", "estimated"] = "measured"

    def meaning(self, status: str) -> Meaning | None:
        """What a status means; ``None`` where no list has it."""
        if any_matches(self.working, status):
            return "working"
        if any_matches(self.done, status):
            return "done"
        return "waiting" if any_matches(self.waiting, status) else None

    def table(self, statuses: Iterable[str]) -> pa.Table:
        """Each status with its meaning, null where it is unknown."""
        names = sorted(set(statuses))
        meanings = [self.meaning(name) for name in names]
        return pa.table({"status": pa.array(names, pa.string()), "meaning": pa.array(meanings, pa.string())})
