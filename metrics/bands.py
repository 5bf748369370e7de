"""Benchmarks of the yearly DORA reports: level names by report year, and the 2025 score.

The reports' tables have gaps; the label maps here close them the way each year's table reads. Numbers
are DORA's (https://dora.dev, CC-BY-4.0); the year belongs on every label.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["elite", "high", "medium", "low"]
LEVELS: tuple[Level, ...] = ("elite", "high", "medium", "low")
_WEEK, _MONTH, _HALF_YEAR = 168.0, 730.0, 4380.0
_PER_WEEK, _PER_MONTH, _PER_HALF_YEAR = 1 / 7, 1 / 30.4375, 1 / 182.625


@dataclass(frozen=True, slots=True)
class Bands:
    """Limits of elite, high and medium for one metric; beyond the last is low.

    ``is_inclusive`` says whether a value on the limit still belongs to the better level.
    """

    better: Literal["lower", "higher"]
    limits: tuple[float, float, float]
    is_inclusive: tuple[bool, bool, bool]
    footnote: str = ""

    def level(self, value: float) -> Level:
        """The level that a single value falls into."""
        for level, limit, inclusive in zip(LEVELS, self.limits, self.is_inclusive, strict=False):
            inside = value < limit if self.better == "lower" else value > limit
            if inside or (inclusive and value == limit):
                return level
        return "low"


def _below(elite: float, high: float, medium: float) -> Bands:
    return Bands("lower", (elite, high, medium), (False, False, False))


def _at_most(elite: float, high: float, medium: float, footnote: str = "") -> Bands:
    return Bands("lower", (elite, high, medium), (True, True, True), footnote)


def _at_least(high: float, medium: float) -> Bands:
    return Bands("higher", (1.0, high, medium), (False, True, True))


_INVERTED = "The 2024 report's own high and medium groups are inverted: high 20 %, medium 10 %."
_RECOVERY = _below(1, 24, _WEEK)
BANDS: Mapping[int, Mapping[str, Bands]] = {
    2021: {
        "deployment_frequency": _at_least(_PER_MONTH, _PER_HALF_YEAR),
        "change_lead_time": _below(1, _WEEK, _HALF_YEAR),
        "failed_deployment_recovery_time": _RECOVERY,
        "change_fail_rate": _at_most(0.15, 0.20, 0.30),
    },
    2023: {
        "deployment_frequency": _at_least(_PER_WEEK, _PER_MONTH),
        "change_lead_time": _below(24, _WEEK, _MONTH),
        "failed_deployment_recovery_time": _RECOVERY,
        "change_fail_rate": _at_most(0.05, 0.10, 0.15),
    },
    2024: {
        "deployment_frequency": _at_least(_PER_WEEK, _PER_MONTH),
        "change_lead_time": _below(24, _WEEK, _MONTH),
        "failed_deployment_recovery_time": _RECOVERY,
        "change_fail_rate": _at_most(0.05, 0.10, 0.20, _INVERTED),
    },
}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a figure stands among a year's levels: one level, or a span that its interval touches."""

    year: int
    best: Level
    worst: Level
    footnote: str = ""

    @property
    def label(self) -> str:
        """The words for a page, with the year: ``high (DORA 2024)``."""
        if self.best == self.worst:
            return f"{self.best} (DORA {self.year})"
        return f"between {self.worst} and {self.best} (DORA {self.year})"


def placement(metric: str, year: int, low: float, high: float) -> Placement | None:
    """The level of a figure with the interval ``[low, high]``; ``None`` without bands or without an interval.

    A level is named only where the whole interval lies in one band.
    """
    bands = BANDS.get(year, {}).get(metric)
    if bands is None or math.isnan(low) or math.isnan(high):
        return None
    ends = sorted((bands.level(low), bands.level(high)), key=LEVELS.index)
    return Placement(year, ends[0], ends[1], bands.footnote)


# Upper limits in hours of the categories 6, 5, 4, 3, 2; beyond the last is category 1.
_DURATION_CATEGORIES = (1.0, 24.0, _WEEK, _MONTH, _HALF_YEAR)
# Lower limits per day of the categories 6 (on demand) to 2; frequencies are read as "at least".
_FREQUENCY_CATEGORIES = (24.0, 1.0, _PER_WEEK, _PER_MONTH, _PER_HALF_YEAR)


def category_2025(metric: str, value: float) -> int:
    """The 2025 survey's category, 1 to 6, of a duration in hours or a frequency per day.

    Examples
    --------
    >>> category_2025("change_lead_time", 30.0)
    4
    """
    if metric == "deployment_frequency":
        return 6 - sum(value < limit for limit in _FREQUENCY_CATEGORIES)
    return 6 - sum(value >= limit for limit in _DURATION_CATEGORIES)


def score_of_category(category: int) -> float:
    """0 to 10 for a category of 1 to 6."""
    return (category - 1) / 5 * 10


def score_of_rate(rate: float) -> float:
    """0 to 10 for a rate of 0 to 1; 15 % scores 8.5."""
    return 10 - rate * 10


@dataclass(frozen=True, slots=True)
class Benchmark2025:
    """Mean and standard deviation over all industries in the 2025 report; ``sd`` where it is given."""

    mean: float
    sd: float | None = None


BENCHMARKS_2025: Mapping[str, Benchmark2025] = {
    "change_lead_time": Benchmark2025(5.5, 2.4),
    "deployment_frequency": Benchmark2025(4.8, 2.8),
    "failed_deployment_recovery_time": Benchmark2025(7.4, 2.1),
    "change_fail_rate": Benchmark2025(8.1),
    "deployment_rework_rate": Benchmark2025(7.8),
}
THROUGHPUT = ("change_lead_time", "deployment_frequency", "failed_deployment_recovery_time")
STABILITY = ("change_fail_rate", "deployment_rework_rate")


def score_2025(metric: str, value: float) -> float:
    """The official 0-10 score of one key; NaN for an unknown value."""
    if math.isnan(value):
        return math.nan
    if metric in STABILITY:
        return score_of_rate(value)
    return score_of_category(category_2025(metric, value))


def overall_2025(scores: Mapping[str, float]) -> dict[str, float]:
    """Overall, throughput and stability scores, each the mean of its keys; NaN where a key is missing."""
    groups = {"overall": THROUGHPUT + STABILITY, "throughput": THROUGHPUT, "stability": STABILITY}
    return {
        name: math.fsum(scores.get(key, math.nan) for key in keys) / len(keys)
        for name, keys in groups.items()
    }
