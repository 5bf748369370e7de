"""What was sent to whom, in the warehouse: a digest goes out once for a period and a channel.

A sending is written down before it begins. A process that ends in between leaves `sending`, which becomes
`unclear` and is not sent again by itself: rather none than two, for a second one would be read as news.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dashboards.digest.period import Period
from service.digests.timing import Due
from warehouse.engine import Warehouse
from warehouse.journal import finish_run, start_run

Status = Literal["sending", "sent", "waiting", "failed", "unclear"]
JOB = "digest"
MOST_ATTEMPTS = 6
_FIRST_WAIT = timedelta(minutes=10)
_ROW = "cadence = ? AND period = ? AND channel = ?"


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a digest: how often it was tried, and when last (UTC without a zone)."""

    status: Status
    attempts: int
    last_at: datetime
    message: str | None

    @property
    def words(self) -> str:
        """How it went."""
        return f"{self.status}: {self.message}" if self.message else self.status

    def may_go(self, now: datetime) -> bool:
        """Whether it is time to try again; each wait is twice as long as the one before."""
        wait = _FIRST_WAIT * 2 ** (self.attempts - 1)
        return self.status == "waiting" and now >= self.last_at + wait


def settle_interrupted(warehouse: Warehouse) -> None:
    """Nobody else sends while this process does, so what is `sending` before it begins was interrupted."""
    with warehouse.transaction() as con:
        con.execute(
            "UPDATE digests SET status = 'unclear', "
            "message = 'the process ended while it was sent, so it may have arrived' WHERE status = 'sending'"
        )


def found(warehouse: Warehouse, channel: str, period: Period) -> Sent | None:
    """What is known of the digest of a period for a channel; ``None``: nothing was tried."""
    with warehouse.transaction() as con:
        rows = con.execute(
            f"SELECT status, attempts, last_at, message FROM digests WHERE {_ROW}", _key(channel, period)
        ).fetchall()
    return Sent(*rows[0]) if rows else None


def is_open(warehouse: Warehouse, due: Due) -> bool:
    """Whether it should be sent now."""
    known = found(warehouse, due.channel.name, due.period)
    return known is None or known.may_go(warehouse.now())


def begin(warehouse: Warehouse, channel: str, period: Period) -> int:
    """Write down that it is being sent; the run of the job that `end` wants."""
    key, known = _key(channel, period), found(warehouse, channel, period)
    with warehouse.transaction() as con:
        con.execute(f"DELETE FROM digests WHERE {_ROW}", key)
        con.execute(
            "INSERT INTO digests VALUES (?, ?, ?, 'sending', ?, ?, NULL)",
            [*key, known.attempts + 1 if known else 1, warehouse.now()],
        )
        return start_run(warehouse, JOB)


def end(
    warehouse: Warehouse, run_id: int, channel: str, period: Period, status: Status, message: str
) -> None:
    """Write down how it went."""
    words = f"{period.cadence} {period.name} to {channel}: {message or status}"
    with warehouse.transaction() as con:
        con.execute(
            f"UPDATE digests SET status = ?, message = ?, last_at = ? WHERE {_ROW}",
            [status, message or None, warehouse.now(), *_key(channel, period)],
        )
        finish_run(warehouse, run_id, "success" if status == "sent" else "failure", message=words)


def status_after(warehouse: Warehouse, channel: str, period: Period) -> Status:
    """What a failure that may pass leaves: another try, or none after too many."""
    known = found(warehouse, channel, period)
    return "waiting" if known is not None and known.attempts < MOST_ATTEMPTS else "failed"


def _key(channel: str, period: Period) -> list[str]:
    return [period.cadence, period.name, channel]
