"""Quarters of the financial year by name: ``2026-Q3``, or ``FY2027-Q1`` where the year begins in April.

A financial year that begins later than January bears the year in which it ends.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from metrics.errors import ParameterError

_NAME = re.compile(r"(?P<financial>FY)?(?P<year>\d{4})-Q(?P<number>[1-4])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quarter:
    """Local days ``[start, end)`` of the reporting zone; ``start_month`` is that of the financial year."""

    name: str
    start: date
    end: date
    start_month: int

    @property
    def previous(self) -> "Quarter":
        """The quarter before."""
        return quarter_of(self.start - timedelta(days=1), self.start_month)

    @property
    def last_day(self) -> date:
        """The last day that is inside."""
        return self.end - timedelta(days=1)


def quarter_of(day: date, start_month: int = 1) -> Quarter:
    """The quarter that a day lies in."""
    first = day.year * 12 + day.month - 1 - (day.month - start_month) % 3
    start, end = (date(month // 12, month % 12 + 1, 1) for month in (first, first + 3))
    number = (start.month - start_month) % 12 // 3 + 1
    year = start.year + (start_month > 1 and start.month >= start_month)
    return Quarter(f"{'FY' if start_month > 1 else ''}{year}-Q{number}", start, end, start_month)


def quarter_named(name: str, start_month: int = 1) -> Quarter:
    """The quarter of this name.

    Raises
    ------
    ParameterError : it is no name of a quarter, or one of another kind of year than the configured one.
    """
    match = _NAME.fullmatch(name.strip())
    form = "FY2027-Q1" if start_month > 1 else "2026-Q3"
    if match is None:
        raise ParameterError(f"{name!r} is no quarter; write it like {form}.")
    year, number = int(match["year"]), int(match["number"])
    if not 1900 <= year <= 9000:
        raise ParameterError(f"{name!r} lies outside of the years 1900 to 9000.")
    if bool(match["financial"]) != (start_month > 1):
        meant = f"The financial year begins in month {start_month} (organisation.quarter_start_month)"
        raise ParameterError(f"{name!r} is ambiguous. {meant}, so write it like {form}.")
    first = (year - (start_month > 1)) * 12 + start_month - 1 + 3 * (number - 1)
    return quarter_of(date(first // 12, first % 12 + 1, 1), start_month)
