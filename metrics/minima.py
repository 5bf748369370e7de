"""Which figures are shown: the status of each cell, and what is said of it with so few rows."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.catalog import Metric

# Columns that say something only where there is enough data.
_JUDGED = (
    "value",
    "low",
    "high",
    "p25",
    "p75",
    "p90",
    "per_week",
    "deployment_days_per_week",
    "kaplan_meier_median",
)
_PLACE_OF_STATUS = 6


def judged(measured: pd.DataFrame, metric: Metric, minimum_n: int | None) -> pd.DataFrame:
    """The figures with their status; what the minima leave unsaid is NaN.

    Parameters
    ----------
    measured : what was measured in each cell, however little; it stays as it is.
    minimum_n : overrides the metric's own minima, also the one of the 90th percentile.
    """
    least = metric.minimum_n if minimum_n is None else minimum_n
    least_p90 = (metric.minimum_n_p90 or 0) if minimum_n is None else minimum_n
    n = measured["n"].to_numpy()
    status = _status(measured, metric, n, least)
    unsaid = dict.fromkeys((name for name in _JUDGED if name in measured), status != "ok")
    if "p90" in unsaid:
        unsaid["p90"] = unsaid["p90"] | (n < least_p90)
    for stem in (name.removesuffix("_p50") for name in measured.columns if name.endswith("_p50")):
        unsaid[f"{stem}_p50"] = measured[f"{stem}_n"].to_numpy() < least
        unsaid[f"{stem}_p90"] = measured[f"{stem}_n"].to_numpy() < least_p90
    # pandas copies a column when it is changed, and not before.
    frame = measured.copy(deep=False)
    for name, where in unsaid.items():
        if where.any():
            frame[name] = np.where(where, np.nan, frame[name].to_numpy())
    frame.insert(_PLACE_OF_STATUS, "status", status)
    return frame


def _status(measured: pd.DataFrame, metric: Metric, n: NDArray[np.int64], least: int) -> NDArray[np.str_]:
    covered = np.logical_and.reduce(
        [measured[f"covered_{need}_days"].to_numpy() > 0 for need in metric.needs]
    )
    no_data = (n == 0) & (metric.statistic != "frequency")
    # A value may be out of reach with enough rows too, such as a median that half have not reached yet.
    too_few = (n < least) | np.isnan(measured["value"].to_numpy())
    labels: NDArray[np.str_] = np.select(
        [~covered, no_data, too_few], ["not_collected", "no_data", "too_few"], default="ok"
    )
    return labels
