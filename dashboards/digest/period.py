"""The period of a digest: a whole ISO week, or a quarter that is over."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dashboards.words.values import day_text
from dashboards.words.windows import Window, quarter_label
from metrics.errors import ParameterError
from metrics.quarters import Quarter, quarter_named, quarter_of

Cadence = Literal["weekly", "quarterly"]
_WEEK = timedelta(weeks=1)
_NAME = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days ``[start, end)``. Money is told of ``quarter``: itself, or the last one that is over."""

    cadence: Cadence
    name: str
    start: date
    end: date
    quarter: Quarter

    @property
    def window(self) -> Window:
        """The window that pages look at, compared with the one of the same kind before."""
        if self.cadence == "quarterly":
            before = self.quarter.previous.start
            labels = (quarter_label(day, self.quarter.start_month) for day in (self.start, before))
            label, earlier = labels
            return Window(self.start, self.end, label, before, earlier)
        days = f"{day_text(self.start)} to {day_text(self.end - timedelta(days=1))}"
        return Window(self.start, self.end, days, self.start - _WEEK, "the week before")


def week_of(day: date, quarter_start_month: int) -> Period:
    """The ISO week that a day lies in."""
    start = day - timedelta(days=day.weekday())
    year, week, _ = start.isocalendar()
    quarter = quarter_of(start + _WEEK, quarter_start_month).previous
    return Period("weekly", f"{year}-W{week:02d}", start, start + _WEEK, quarter)


def quarter_period(quarter: Quarter) -> Period:
    """A quarter as the period of a digest."""
    return Period("quarterly", quarter.name, quarter.start, quarter.end, quarter)


def last_period(cadence: Cadence, today: date, quarter_start_month: int) -> Period:
    """The newest period that is over."""
    if cadence == "weekly":
        return week_of(today - _WEEK, quarter_start_month)
    return quarter_period(quarter_of(today, quarter_start_month).previous)


def period_named(cadence: Cadence, name: str, quarter_start_month: int) -> Period:
    """The period of this name, such as ``2026-W47`` or ``2026-Q3``.

    Raises
    ------
    ParameterError : there is no such week or quarter.
    """
    if cadence == "quarterly":
        return quarter_period(quarter_named(name, quarter_start_month))
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise ParameterError(f"{name!r} is no week; write it like 2026-W47.")
    try:
        return week_of(date.fromisocalendar(int(match["year"]), int(match["week"]), 1), quarter_start_month)
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"{name!r} is no week; the last one of a year is 52 or 53.") from error
