"""A goal with its figure and its verdict, and the rules that judge it.

*Met* and *not met* are said only where the whole 95 % interval lies on one side of the target. What is not
known is never missed.
"""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.catalog import Metric
from metrics.errors import ParameterError
from warehouse.goals import ScopeType

Better = Literal["lower", "higher"]
Verdict = Literal["met", "not_met", "too_close", "too_few", "not_known"]
Progress = Literal["better", "worse", "unclear", "too_early", "unknown"]
Operator = Literal["at most", "at least"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric of a scope over local days ``[start, end)``; NaN where a number is unknown."""

    start: date
    end: date
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    status: str = "not_collected"
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class JudgedGoal:
    """A goal with the figure that it is judged by, ``now``, and that of the days before it was set.

    ``since`` is the local day from which it has stood; ``is_over``: its last day has passed, so ``now`` ends
    with that day and the verdict is final. ``warning`` is empty where nothing is odd about it.
    """

    metric: str
    scope_type: ScopeType
    scope_id: str
    target: float
    unit: str
    operator: Operator
    due_on: date
    is_over: bool
    owner: str
    note: str
    version: int
    since: date
    decided_by: str
    is_pending: bool
    now: Reading
    before: Reading
    verdict: Verdict = "not_known"
    progress: Progress = "unknown"
    warning: str = ""


def verdict_on(better: Better, target: float, reading: Reading) -> Verdict:
    """What the interval says of the target; a bound that few values cannot give is too few to tell."""
    if reading.status in ("no_data", "not_collected"):
        return "not_known"
    if reading.status == "too_few":
        return "too_few"
    low, high = reading.low, reading.high
    if (high <= target) if better == "lower" else (low >= target):
        return "met"
    if (low > target) if better == "lower" else (high < target):
        return "not_met"
    return "too_few" if math.isnan(low) or math.isnan(high) else "too_close"


def check_target(metric: Metric, scope_type: ScopeType, target: float) -> None:
    """Refuse a target that the metric can never be shown to reach, or a scope that it is not given for.

    Raises
    ------
    ParameterError : the message says what would do.
    """
    if scope_type not in metric.by:
        raise ParameterError(
            f"{metric.name} is not given by {scope_type}; a goal of it can be of: "
            f"{', '.join(by for by in metric.by if by != 'action')}."
        )
    if metric.unit == "ratio" and not 0 < target < 1:
        percent = f" Write {target / 100:g} for {target:g} %." if 1 < target < 100 else ""
        raise ParameterError(
            f"{target:g} is no target: {metric.name} is a share, so it lies between 0 and 1; no interval "
            f"ever reaches either end.{percent}"
        )
    if not (math.isfinite(target) and target > 0):
        raise ParameterError(f"{target:g} is no target: it should be above 0 {metric.unit}.")


def operator_of(metric: Metric) -> Operator:
    """What the metric's better direction makes of a target."""
    return "at most" if metric.better == "lower" else "at least"


def progress_of(better: Better, now: Reading, before: Reading) -> Progress:
    """How the figure moved since before the goal; days that count in both windows say nothing of a move."""
    if now.status != "ok" or before.status != "ok":
        return "unknown"
    if now.start < before.end:
        return "too_early"
    if now.high < before.low:
        return "better" if better == "lower" else "worse"
    if now.low > before.high:
        return "worse" if better == "lower" else "better"
    return "unclear"
