"""Figures as text: a value with its unit, its interval and its change, in a unit a reader thinks in."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

_MINUS = "−"
# A number and its unit stay on one line.
_GAP = "\u00a0"
NOTHING = "–"


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
    size = abs(value)
    digits = 0 if size >= 100 or size == 0 else 1 if size >= 1 else 2
    return f"{value:,.{digits}f}".replace("-", _MINUS)


def round_number(value: float) -> str:
    """A number of an axis or a limit, without digits that say nothing: 20; 0.5; 1,000."""
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def count(n: float) -> str:
    """A whole number with thousands separated."""
    return f"{int(n):,}"


def value_text(unit: str, value: float) -> str:
    """A value with its unit, or a dash where it is unknown."""
    if math.isnan(value):
        return NOTHING
    scale = scale_of(unit, value)
    return f"{number(value * scale.factor)}{scale.suffix}"


def interval_text(unit: str, value: float, low: float, high: float) -> str:
    """``16.5 to 18.0`` in the unit of the value; an end that is unknown says so."""
    if math.isnan(low) and math.isnan(high):
        return "no interval"
    scale = scale_of(unit, value)
    ends = ["unknown" if math.isnan(end) else number(end * scale.factor) for end in (low, high)]
    return _GAP.join((ends[0], "to", ends[1]))


def difference_text(unit: str, now: float, before: float) -> str:
    """The change as a signed text in the unit of today's value; shares change by percentage points."""
    scale = scale_of(unit, now)
    change = (now - before) * scale.factor
    sign = "+" if change > 0 else _MINUS if change < 0 else "±"
    suffix = f"{_GAP}points" if unit == "ratio" else scale.suffix
    digits = 0 if abs(now * scale.factor) >= 100 else 1
    return f"{sign}{abs(change):,.{digits}f}{suffix}"


def share_text(part: float, whole: float) -> str:
    """``71 %``; a dash where there is no whole to take a share of."""
    return f"{number(100 * part / whole)}{_GAP}%" if whole else NOTHING


def day_text(day: date) -> str:
    """``4 Nov 2026``"""
    return f"{day.day} {day:%b %Y}"


def instant_text(at: datetime, zone: str) -> str:
    """A UTC time in the reporting zone, which is named: ``22 Nov 2026, 07:00 Europe/Berlin``."""
    local = at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    return f"{day_text(local.date())}, {local:%H:%M} {zone}"


def as_float(value: Any) -> float:
    """A cell of a frame as a float; NaN where it is missing."""
    return math.nan if value is None else float(value)
