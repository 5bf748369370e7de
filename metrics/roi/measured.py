"""Figures that rows show: hours per ticket of each action, hours per how-to ticket, the lead-time gain."""

from collections.abc import Iterable, Iterator

import numpy as np

from metrics.compute import compute
from metrics.quarters import Quarter
from metrics.roi.assumptions import Assumption, Grade
from metrics.roi.baseline import Baseline, Distribution, distribution_of
from metrics.roi.facts import Facts, QuarterFacts, rows
from metrics.roi.figures import Figure, measured
from metrics.roi.measure_baseline import MINIMUM_N, TOUCH_CAP_HOURS, measured_baselines
from metrics.roi.spans import Window
from metrics.roi.terms import mixed
from metrics.scope import Filter, Snapshot
from metrics.uncertainty import Floats

_Z95 = 1.959964
_HOURS_PER_WEEK = 168.0


def manual_work(snapshot: Snapshot, facts: Facts, quarter: Quarter) -> list[Figure]:
    """Hours that tickets cost, by action, and how-to tickets; what cannot be measured is absent.

    The tickets are those of the baseline. An action that had too few in it is measured from all tickets up to
    the end of the quarter, beside self-service.
    """
    return [*_how_to(snapshot, facts), *_by_action(snapshot, facts, quarter)]


def _how_to(snapshot: Snapshot, facts: Facts) -> list[Figure]:
    window = facts.baseline
    frame = rows(snapshot, "how_to_hours", {"start": window.start, "end": window.end})
    if len(frame) < MINIMUM_N:
        return []
    found = distribution_of(frame["touch_hours"].to_numpy(dtype=np.float64), cap=TOUCH_CAP_HOURS, seed=0)
    grade = mixed(*sorted(set(frame["touch_grade"])))
    return _of_mean("how_to_answerer_hours", found, grade, f"{found.n} how-to tickets of {window}")


def _by_action(snapshot: Snapshot, facts: Facts, quarter: Quarter) -> Iterator[Figure]:
    found = _known(measured_baselines(snapshot, facts.baseline.start, facts.baseline.end))
    lacking = tuple(sorted(set(facts.by_quarter["runs"]["action"]) - set(found)))
    if lacking and quarter.end > facts.baseline.end:
        where = Filter(actions=lacking)
        found |= _known(measured_baselines(snapshot, facts.baseline.start, quarter.end, where=where))
    for action, baseline in sorted(found.items()):
        source = f"{baseline.n} tickets of {Window(*baseline.window)}, {baseline.when} self-service"
        yield from _of_mean(f"fulfil_touch_hours:{action}", baseline.touch_hours, baseline.grade, source)
        yield from _of_mean(f"ticket_wait_hours:{action}", baseline.wait_hours, "measured", source)


def _known(baselines: dict[str, Baseline]) -> dict[str, Baseline]:
    return {action: baseline for action, baseline in baselines.items() if baseline.grade != "assumed"}


def _of_mean(key: str, found: Distribution, grade: Grade, source: str) -> list[Figure]:
    if found.mean is None or found.low is None or found.high is None:
        return []
    sd = (found.high - found.low) / (2 * _Z95)
    return [measured(key, found.mean, sd, found.n, source, grade)]


def lead_time_gain(snapshot: Snapshot, facts: QuarterFacts, stated: Iterable[Assumption]) -> list[Figure]:
    """The fall of the median since the baseline, where somebody said what a week is worth."""
    if not facts.has_baseline or all(each.key != "cost_of_delay_per_week" for each in stated):
        return []
    before, now = (_median(snapshot, window) for window in (facts.facts.baseline, facts.window))
    if np.isnan(before).any() or np.isnan(now).any():
        return []
    sd = float(np.hypot(before[2] - before[1], now[2] - now[1]) / (2 * _Z95))
    gain = float(before[0] - now[0])
    n = int(before[3] + now[3])
    source = f"change lead time, median of {facts.facts.baseline} less that of {facts.window}"
    return [measured("lead_time_gain_weeks", gain / _HOURS_PER_WEEK, sd / _HOURS_PER_WEEK, n, source)]


def _median(snapshot: Snapshot, window: Window) -> Floats:
    frame = compute(
        "change_lead_time", snapshot, window.start, window.end, by="organisation", period="window"
    )
    row = frame.iloc[0] if len(frame) else None
    if row is None:
        return np.full(4, np.nan)
    return np.array([row["value"], row["low"], row["high"], row["n"]], dtype=np.float64)
