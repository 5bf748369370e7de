"""From counts and sorted values to a value with its interval: one function per kind of statistic.

Each takes the joined frame (a row per cell) and returns it with ``value``, ``n``, ``low``, ``high`` and the
statistic's extras added, however few the rows of a cell are; `metrics.minima` says which of them are shown.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from metrics.survival import kaplan_meier
from metrics.uncertainty import (
    Floats,
    Ints,
    poisson_interval,
    quantile_interval,
    quantiles,
    wilson_interval,
)

_EMPTY: Floats = np.empty(0)
_OWN_LISTS = ("sorted_hours_list", "open_hours_list")
_MS_PER_HOUR = 3_600_000
# Gaps of up to two centuries, in milliseconds.
_GAP_BITS = 43
Statistic = Callable[[pd.DataFrame], pd.DataFrame]


def _rate(frame: pd.DataFrame) -> pd.DataFrame:
    successes = frame["numerator"].to_numpy(dtype=float)
    n = frame["n"].to_numpy(dtype=float)
    low, high = wilson_interval(successes, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return frame.assign(value=np.where(n > 0, successes / n, np.nan), low=low, high=high)


def _frequency(frame: pd.DataFrame) -> pd.DataFrame:
    """Per day, with the rhythm beside it: days with a deployment and the median gap between two."""
    n = frame["n"].to_numpy(dtype=float)
    days = frame["covered_deployments_days"].to_numpy(dtype=float)
    low, high = poisson_interval(n, days)
    values, offsets = _flat(frame["finish_hours_list"])
    with np.errstate(invalid="ignore", divide="ignore"):
        per_day = np.where(days > 0, n / days, np.nan)
        weekly_days = np.where(days > 0, 7 * frame["deployment_days"] / days, np.nan)
    return frame.assign(
        value=per_day,
        low=low,
        high=high,
        per_week=7 * per_day,
        deployment_days_per_week=weekly_days,
        median_gap_hours=_median_gaps(values, offsets),
        days=days,
    )


def _median_gaps(values: Floats, offsets: Ints) -> Floats:
    """Median hours between consecutive deployments of each group; NaN with fewer than two."""
    groups = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    inside = groups[1:] == groups[:-1]
    groups = groups[1:][inside]
    # One sort of whole numbers, group before gap, is several times faster than a sort by two keys.
    gaps = np.rint(np.diff(values)[inside] * _MS_PER_HOUR).astype(np.int64)
    ordered = np.sort((groups << _GAP_BITS) | gaps) & ((1 << _GAP_BITS) - 1)
    counts = np.bincount(groups, minlength=len(offsets) - 1)
    return quantiles(ordered / _MS_PER_HOUR, np.concatenate([[0], np.cumsum(counts)]), 0.5)


def _quantile(frame: pd.DataFrame) -> pd.DataFrame:
    values, offsets = _flat(frame["sorted_hours_list"])
    n = np.diff(offsets)
    low, high = quantile_interval(values, offsets, 0.5)
    frame = frame.assign(
        n=n,
        value=quantiles(values, offsets, 0.5),
        low=low,
        high=high,
        p25=quantiles(values, offsets, 0.25),
        p75=quantiles(values, offsets, 0.75),
        p90=quantiles(values, offsets, 0.9),
    )
    if "n_open" in frame:
        frame["kaplan_meier_median"] = _survival_medians(frame)
    others = [
        name for name in map(str, frame.columns) if name.endswith("_hours_list") and name not in _OWN_LISTS
    ]
    for name in others:
        frame = frame.assign(**_beside(name.removesuffix("_list"), frame[name]))
    return frame


def _beside(name: str, lists: pd.Series) -> Mapping[str, Floats | Ints]:
    """Hours that stand beside the metric's own."""
    values, offsets = _flat(lists)
    return {
        f"{name}_n": np.diff(offsets),
        f"{name}_p50": quantiles(values, offsets, 0.5),
        f"{name}_p90": quantiles(values, offsets, 0.9),
    }


def _survival_medians(frame: pd.DataFrame) -> Floats:
    """Where some are still open the median counts them as censored; elsewhere it is the plain one."""
    medians = frame["value"].to_numpy(dtype=float).copy()
    ended, still_open = _arrays(frame["sorted_hours_list"]), _arrays(frame["open_hours_list"])
    for i in np.flatnonzero(frame["n_open"].to_numpy() > 0).tolist():
        medians[i] = kaplan_meier(ended[i], still_open[i]).quantile(0.5)
    return medians


def _arrays(lists: pd.Series) -> list[Floats]:
    """One array per cell; a cell without rows has an empty one."""
    return [values if isinstance(values, np.ndarray) else _EMPTY for values in lists]


def _flat(lists: pd.Series) -> tuple[Floats, Ints]:
    arrays = _arrays(lists)
    offsets = np.concatenate([[0], np.cumsum([len(values) for values in arrays])]).astype(np.int64)
    return (np.concatenate(arrays) if arrays else _EMPTY), offsets


def _event_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """Events per engineer-quarter that they were seen in; ``n`` is how many engineers there were."""
    events, exposure = (frame[name].to_numpy(dtype=float) for name in ("numerator", "engineer_quarters"))
    low, high = poisson_interval(events, np.nan_to_num(exposure))
    with np.errstate(invalid="ignore", divide="ignore"):
        return frame.assign(value=np.where(exposure > 0, events / exposure, np.nan), low=low, high=high)


def _survival(frame: pd.DataFrame) -> pd.DataFrame:
    """Kaplan-Meier quartiles; ``n`` counts everybody, those that are still open too."""
    pairs = zip(_arrays(frame["sorted_durations_list"]), _arrays(frame["open_durations_list"]), strict=True)
    rows = [
        (*_survival_quartiles(done, still_open), len(done) + len(still_open)) for done, still_open in pairs
    ]
    found = pd.DataFrame(rows, columns=["p25", "value", "p75", "low", "high", "n"], index=frame.index)
    return frame.assign(**found.astype("float64").astype({"n": "int64"}))


def _survival_quartiles(done: Floats, still_open: Floats) -> tuple[float, ...]:
    curve = kaplan_meier(done, still_open)
    return (*(curve.quantile(p) for p in (0.25, 0.5, 0.75)), *curve.quantile_interval(0.5))


STATISTICS: Mapping[str, Statistic] = {
    "rate": _rate,
    "frequency": _frequency,
    "quantile": _quantile,
    "event_rate": _event_rate,
    "survival": _survival,
}
