"""Working time: how many working hours lie between two instants, by one join per instant.

The time between two days is cut into quarter hours (UTC), each wholly working time or not, with the working
hours before it. Opening hours are whole quarters and so is every zone's offset, so nothing is rounded. The
working hours until an instant are then one look-up, and a duration is the difference of two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pyarrow as pa

SLOT_SECONDS = 900
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people work: weekdays (0 is Monday) from ``opens`` to ``closes``, minutes after local midnight.

    ``country`` and ``subdivision`` (ISO 3166) bring public holidays; ``days_off`` are added to them.
    """

    zone: str = "UTC"
    weekdays: frozenset[int] = frozenset(range(5))
    opens: int = 9 * 60
    closes: int = 17 * 60
    country: str | None = None
    subdivision: str | None = None
    days_off: frozenset[date] = frozenset()

    def free_days(self, years: range) -> frozenset[date]:
        """Public holidays of these years, and the days off."""
        if self.country is None:
            return self.days_off
        return self.days_off | frozenset(public_holidays(self.country, self.subdivision, years))

    def spans(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """The working spans of the local days from ``first`` to ``last``, in UTC and in order."""
        zone = ZoneInfo(self.zone)
        free = self.free_days(range(first.year, last.year + 1))
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() in self.weekdays and day not in free:
                yield _instant(day, self.opens, zone), _instant(day, self.closes, zone)


def public_holidays(country: str, subdivision: str | None, years: range) -> holidays.HolidayBase:
    """The public holidays of a country, or of a part of it.

    Raises
    ------
    NotImplementedError : the library knows no such country or part.
    """
    return holidays.country_holidays(country, subdiv=subdivision, years=years)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    whole_days, rest = divmod(minutes, _DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=whole_days), time(rest // 60, rest % 60), zone)
    return local.astimezone(UTC)


def working_time_table(working: WorkingTime, first: date, last: date) -> pa.Table:
    """One row per quarter hour from a day before ``first`` to a day after ``last``.

    Returns
    -------
    slot (quarter hours since 1970, UTC), hours_before (working hours before it), is_working.
    """
    first, last = first - timedelta(days=1), last + timedelta(days=1)
    start = _slot(datetime.combine(first, time(), UTC))
    end = _slot(datetime.combine(last + timedelta(days=1), time(), UTC))
    is_working = np.zeros(end - start, dtype=bool)
    for opens_at, closes_at in working.spans(first, last):
        is_working[max(_slot(opens_at) - start, 0) : max(_slot(closes_at) - start, 0)] = True
    before = (np.cumsum(is_working) - is_working) * (SLOT_SECONDS / 3600)
    slots = np.arange(start, end, dtype=np.int64)
    return pa.table({"slot": slots, "hours_before": before, "is_working": is_working})


def _slot(at: datetime) -> int:
    return int(at.timestamp()) // SLOT_SECONDS
