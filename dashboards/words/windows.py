"""The window that a page looks at, and the named one before it that it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.words.values import day_text
from metrics.quarters import quarter_of

TWELVE_MONTHS = "12-months"
CUSTOM = "custom"
TO_DATE = " to date"
_SETTLED_DAYS = 28
_CUSTOM_DAYS = 90


@dataclass(frozen=True, slots=True)
class Window:
    """Local days ``[start, end)`` with a name, and the window before."""

    start: date
    end: date
    label: str
    previous_start: date
    previous_label: str

    @property
    def previous_end(self) -> date:
        """The window before ends where this one starts."""
        return self.start


def quarter_windows(today: date, first_day: date, quarter_start_month: int) -> Mapping[str, Window]:
    """The quarters from today's back to that of ``first_day``, newest first, by a name for the URL."""
    windows = {}
    start = quarter_start(today, quarter_start_month)
    while start > _months_later(first_day, -3):
        name = quarter_label(start, quarter_start_month)
        end = min(_months_later(start, 3), today + timedelta(days=1))
        to_date = TO_DATE if end < _months_later(start, 3) else ""
        before = _months_later(start, -3)
        windows[name.replace(" ", "-")] = Window(
            start, end, name + to_date, before, quarter_label(before, quarter_start_month)
        )
        start = before
    return windows


def twelve_months(today: date) -> Window:
    """The twelve months up to today, compared with the twelve before."""
    end = today + timedelta(days=1)
    start = _months_later(end, -12)
    return Window(start, end, "the last 12 months", _months_later(start, -12), "the 12 months before")


def offered_windows(today: date, first_day: date, quarter_start_month: int) -> Mapping[str, Window]:
    """What a reader may choose by name: every quarter, newest first, and the last twelve months."""
    quarters = quarter_windows(today, first_day, quarter_start_month)
    return {**quarters, TWELVE_MONTHS: twelve_months(today)}


def custom_window(first: date, last: date) -> Window:
    """From the first day through the last, compared with as many days before."""
    end = last + timedelta(days=1)
    length = end - first
    label = f"{day_text(first)} to {day_text(last)}"
    return Window(first, end, label, first - length, f"the {length.days} days before")


def custom_at_first(today: date, first_day: date) -> Window:
    """What a custom period is until the reader picks days: ninety up to today, or as many as are known."""
    return custom_window(max(today - timedelta(days=_CUSTOM_DAYS - 1), first_day), today)


def default_name(windows: Mapping[str, Window], today: date, first_day: date) -> str:
    """The last twelve months where the twelve before are known too, so that there is a comparison.

    Otherwise the newest quarter of which four weeks are over; a younger one would mostly say "too few".
    """
    if TWELVE_MONTHS in windows and windows[TWELVE_MONTHS].previous_start >= first_day:
        return TWELVE_MONTHS
    settled = (name for name, window in windows.items() if (today - window.start).days >= _SETTLED_DAYS)
    return next(settled, TWELVE_MONTHS)


def quarter_start(day: date, quarter_start_month: int) -> date:
    """The first day of the quarter that a day lies in."""
    return quarter_of(day, quarter_start_month).start


def quarter_label(start: date, quarter_start_month: int) -> str:
    """``Q4 2026``; a financial year that begins later than January bears the year in which it ends."""
    number = (start.month - quarter_start_month) % 12 // 3 + 1
    year = start.year + (quarter_start_month > 1 and start.month >= quarter_start_month)
    return f"Q{number} {'FY ' if quarter_start_month > 1 else ''}{year}"


def context_start(window: Window, quarter_start_month: int) -> date:
    """Where a trend begins: with a quarter, and at least twelve months before the window's end."""
    return quarter_start(min(window.start, _months_later(window.end, -12)), quarter_start_month)


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
