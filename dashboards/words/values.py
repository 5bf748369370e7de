"""Figures as text: a value with its unit, its interval and its change, in a unit a reader thinks in.

Every number, amount and day on pages, in charts and in reports is written here, in the organisation's locale.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.words.locale import currency_digits, in_use

_MINUS = "−"
# A number and its unit stay on one line.
_GAP = "\u00a0"
NOTHING = "–"
_ISO_DAYS = re.compile(r"\b\d{4}-\d\d-\d\d(?:/\d{4}-\d\d-\d\d)?\b")


@dataclass(frozen=True, slots=True)
class Scale:
    """How a metric's stored unit is shown: value × ``factor`` and the ``suffix``."""

    factor: float
    suffix: str


def scale_of(unit: str, value: float) -> Scale:
    """The scale in which a value of this size reads best.

    Hours turn into minutes below 1 and days above 96; rates per day turn into rates per week or month;
    any other unit stays as it is.
    """
    size = abs(value)
    if unit == "ratio":
        return Scale(100, f"{_GAP}%")
    if unit == "per day":
        if size >= 1 or size == 0:
            return Scale(1, " per day")
        return Scale(7, " per week") if size * 7 >= 1 else Scale(30.4375, " per month")
    if unit != "hours":
        return Scale(1, f"{_GAP}{unit}")
    if size < 1:
        return Scale(60, f"{_GAP}min")
    return Scale(1, f"{_GAP}h") if size < 96 else Scale(1 / 24, f"{_GAP}days")


def number(value: float) -> str:
    """A number with about three significant digits and thousands separated: 2,418; 17.2; 0.83."""
    return decimals(value, _digits(value))


def _digits(value: float) -> int:
    size = abs(value)
    return 0 if size >= 100 or size == 0 else 1 if size >= 1 else 2


def decimals(value: float | Decimal, digits: int) -> str:
    """A number with so many decimals."""
    return in_use().number(value, digits)


def factor_text(value: float) -> str:
    """A factor or a quantity with up to six significant digits, to recompute with: 0.51; 2,399.95."""
    return _plainly(Decimal(f"{value:.6g}"))


def round_number(value: float) -> str:
    """A number of an axis or a limit, without digits that say nothing: 20; 0.5; 1,000."""
    return _plainly(Decimal(f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"))


def _plainly(value: Decimal) -> str:
    """All digits that a number has, however small it is."""
    return decimals(value, len(format(value, "f").partition(".")[2]))


def count(n: float) -> str:
    """A whole number with thousands separated."""
    return decimals(int(n), 0)


def percent_text(share: float, digits: int | None = None) -> str:
    """A share as a percentage, with about three digits or so many decimals.

    What is not all is never written as 100 %, and what is not nothing never as 0 %.

    Examples
    --------
    >>> [percent_text(share).replace("\u00a0", " ") for share in (0.174, 34984 / 35000, 1.0, 0.00001)]
    ['17.4 %', '> 99.9 %', '100 %', '< 0.01 %']
    """
    places = _digits(100 * share) if digits is None else digits
    kept = _kept(share, places)
    sign = "" if kept == round(100 * share, places) else ">\u00a0" if kept > 50 else "<\u00a0"
    return f"{sign}{decimals(kept, places)}{_GAP}%"


def _kept(share: float, places: int) -> float:
    """The percentage to so many decimals; one that would reach 0 or 100 without being it stops before."""
    step, rounded = float(10**-places), float(round(100 * share, places))
    if share < 1 and rounded >= 100:
        return 100 - step
    if share > 0 and rounded <= 0:
        return step
    return rounded


def value_text(unit: str, value: float) -> str:
    """A value with its unit, or a dash where it is unknown."""
    if math.isnan(value):
        return NOTHING
    if unit == "ratio":
        return percent_text(value)
    scale = scale_of(unit, value)
    return f"{number(value * scale.factor)}{scale.suffix}"


def interval_text(unit: str, value: float, low: float, high: float) -> str:
    """``16.5 to 18.0`` in the unit of the value; an end that is unknown says so."""
    if math.isnan(low) and math.isnan(high):
        return "no interval"
    return _GAP.join((_end(unit, value, low), "to", _end(unit, value, high)))


def _end(unit: str, value: float, end: float) -> str:
    if math.isnan(end):
        return "unknown"
    if unit == "ratio":
        places = _digits(100 * end)
        return decimals(_kept(end, places), places)
    return number(end * scale_of(unit, value).factor)


def difference_text(unit: str, now: float, before: float) -> str:
    """The change as a signed text in the unit of today's value; shares change by percentage points."""
    scale = scale_of(unit, now)
    change = (now - before) * scale.factor
    sign = "+" if change > 0 else _MINUS if change < 0 else "±"
    suffix = f"{_GAP}points" if unit == "ratio" else scale.suffix
    digits = 0 if abs(now * scale.factor) >= 100 else 1
    return f"{sign}{decimals(abs(change), digits)}{suffix}"


def counted(n: float, one: str, many: str) -> str:
    """``1 item could``, ``2,418 items could``"""
    return f"{count(n)} {one if n == 1 else many}"


def part_text(part: float, whole: float, one: str, many: str) -> str:
    """``147 of 150 services``, ``1 of 1 service``"""
    return f"{count(part)} of {count(whole)} {one if whole == 1 else many}"


def share_text(part: float, whole: float) -> str:
    """``71 %``; a dash where there is no whole to take a share of."""
    return percent_text(part / whole) if whole else NOTHING


def day_text(day: date) -> str:
    """``4 Nov 2026``"""
    return in_use().day(day)


def with_days(sentence: str) -> str:
    """The sentence with each ISO day or ``FIRST/LAST`` in it written as people do.

    Examples
    --------
    >>> with_days("no input `hires` for 2025-01-01/2025-03-31")
    'no input `hires` for 1 Jan 2025 to 31 Mar 2025'
    """
    return _ISO_DAYS.sub(
        lambda found: " to ".join(day_text(date.fromisoformat(day)) for day in found[0].split("/")), sentence
    )


def moment_text(at: datetime) -> str:
    """A day and a time of 24 hours as they are: ``22 Nov 2026, 07:00``."""
    return f"{day_text(at.date())}, {at:%H:%M}"


def instant_text(at: datetime, zone: str) -> str:
    """A UTC time in the reporting zone, which is named: ``22 Nov 2026, 07:00 Europe/Berlin``."""
    local = at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    return f"{moment_text(local)} {zone}"


def amount_text(amount: float | Decimal, currency: str = "") -> str:
    """A whole amount with its currency where the locale has it: ``EUR 71,800``, ``71.800 EUR``."""
    return in_currency(decimals(round(float(amount)), 0), currency)


def exact_text(amount: Decimal, currency: str) -> str:
    """A bare amount to the smallest unit of its currency."""
    return decimals(amount, currency_digits(currency))


def in_currency(text: str, currency: str) -> str:
    """An amount or a range that is text already, with the code of its currency: a sign may mean several."""
    if not currency:
        return text
    return _GAP.join((currency, text) if in_use().is_currency_first else (text, currency))


def short_text(amount: float) -> str:
    """An amount for a chart, with three digits: ``71.8k``, ``−1.02M``."""
    size = abs(amount)
    for limit, letter, factor in ((999_500, "M", 1e6), (999.5, "k", 1e3)):
        if size >= limit:
            value = float(f"{amount / factor:.3g}")
            digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
            return f"{decimals(value, min(digits, _needed(value)))}{letter}"
    return decimals(amount, 0)


def _needed(value: float) -> int:
    """How many decimals of two the value has."""
    return len(f"{abs(value):.2f}".rstrip("0").partition(".")[2])


def as_float(value: Any) -> float:
    """A cell of a frame as a float; NaN where it is missing."""
    return math.nan if value is None else float(value)
