"""Figures that rows show: hours per ticket of each action, hours per how-to ticket, the lead-time gain."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from metrics.compute import compute
from metrics.roi.assumptions import Assumption
from metrics.roi.baseline import Distribution, distribution_of
from metrics.roi.facts import Facts, QuarterFacts, rows
from metrics.roi.figures import Figure, measured
from metrics.roi.spans import Window
from metrics.roi.terms import mixed
from metrics.uncertainty import Floats

TOUCH_CAP_HOURS = 40.0
_Z95 = 1.959964
_HOURS_PER_WEEK = 168.0
_MINIMUM_TICKETS = 5


def manual_work(facts: Facts) -> list[Figure]:
    """Hours that tickets of each kind cost in the baseline; what cannot be measured is absent."""
    return [*_how_to(facts)]


def _how_to(facts: Facts) -> list[Figure]:
    window = facts.baseline
    frame = rows(facts.snapshot, "how_to_hours", {"start": window.start, "end": window.end})
    if len(frame) < _MINIMUM_TICKETS:
        return []
    found = distribution_of(frame["touch_hours"].to_numpy(dtype=np.float64), cap=TOUCH_CAP_HOURS, seed=1)
    return _of_mean("how_to_answerer_hours", found, f"how-to tickets of {window}", frame["touch_grade"])


def _of_mean(key: str, found: Distribution, source: str, grades: pd.Series) -> list[Figure]:
    if found.mean is None or found.low is None or found.high is None:
        return []
    sd = (found.high - found.low) / (2 * _Z95)
    return [measured(key, found.mean, sd, found.n, source, mixed(*sorted(set(grades))))]


def lead_time_gain(facts: QuarterFacts, stated: Iterable[Assumption]) -> list[Figure]:
    """The fall of the median since the baseline, where somebody said what a week is worth."""
    if not facts.has_baseline or all(each.key != "cost_of_delay_per_week" for each in stated):
        return []
    before, now = (_median(facts, window) for window in (facts.facts.baseline, facts.window))
    if np.isnan(before).any() or np.isnan(now).any():
        return []
    sd = float(np.hypot(before[2] - before[1], now[2] - now[1]) / (2 * _Z95))
    gain = float(before[0] - now[0])
    n = int(before[3] + now[3])
    source = f"change lead time, median of {facts.facts.baseline} less that of {facts.window}"
    return [measured("lead_time_gain_weeks", gain / _HOURS_PER_WEEK, sd / _HOURS_PER_WEEK, n, source)]


def _median(facts: QuarterFacts, window: Window) -> Floats:
    frame = compute(
        "change_lead_time", facts.facts.snapshot, window.start, window.end, by="organisation", period="window"
    )
    row = frame.iloc[0] if len(frame) else None
    if row is None:
        return np.full(4, np.nan)
    return np.array([row["value"], row["low"], row["high"], row["n"]], dtype=np.float64)
