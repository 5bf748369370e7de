"""Cohorts: of the teams that first used the platform in a period, the share that used it in each later month.

The cells are those of the metric ``retention``, one later month at a time, so the two cannot disagree.
"""

from datetime import date

import numpy as np
import pandas as pd

from metrics.catalog import Metric, metric_named
from metrics.compute import bindings
from metrics.scope import Filter, Period, Question, Snapshot, fetch
from metrics.uncertainty import wilson_interval


def cohorts(
    snapshot: Snapshot,
    start: date,
    end: date,
    *,
    period: Period = "quarter",
    where: Filter | None = None,
    minimum_n: int | None = None,
) -> pd.DataFrame:
    """Every cohort that began in the window with every later month that is over for all of its teams.

    Returns
    -------
    period_start, months_later (0 to 12), size (teams of the cohort), numerator (those that used it in that
    month), value, low, high (95 %), status (ok, too_few). Month 0 is the first use, so it is everybody and
    has no interval.
    """
    metric = metric_named("retention")
    question = Question(start, end, "organisation", period, where or Filter())
    least = metric.minimum_n if minimum_n is None else minimum_n
    counts = _counts(snapshot, metric, question)
    first = counts.drop_duplicates("period_start").assign(months_later=0)
    first = _judged(first.assign(n=first["size"], numerator=first["size"]), least)
    # With a part of its teams left out a cohort would be another group from cell to cell.
    later = _judged(counts[counts["n"] == counts["size"]], least)
    both = pd.concat([first.assign(low=np.nan, high=np.nan), later])
    return both.drop(columns="n").sort_values(["period_start", "months_later"], ignore_index=True)


def _counts(snapshot: Snapshot, metric: Metric, question: Question) -> pd.DataFrame:
    """period_start, months_later, size, n (teams whose later month is over), numerator."""
    parts = []
    for months_later in metric.parameters["after_months"].choices:
        bound = bindings(metric, snapshot, question, {"after_months": months_later})
        parts.append(fetch(snapshot, metric.figures_sql, bound).assign(months_later=months_later))
    frame = pd.concat(parts, ignore_index=True)
    counts = {name: frame[name].astype("int64") for name in ("n", "numerator", "excluded_incomplete")}
    frame = frame.assign(**counts, size=counts["n"] + counts["excluded_incomplete"])
    kept = ["period_start", "months_later", "size", "n", "numerator"]
    return frame.loc[frame["size"] > 0, kept]


def _judged(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    """Share and interval of each cell; none where the cohort is too small."""
    numerator, n = (frame[name].to_numpy(dtype=float) for name in ("numerator", "n"))
    low, high = wilson_interval(numerator, n)
    is_ok = n >= least
    values = {"value": numerator / np.maximum(n, 1), "low": low, "high": high}
    shown = {name: np.where(is_ok, cells, np.nan) for name, cells in values.items()}
    return frame.assign(**shown, status=np.where(is_ok, "ok", "too_few"))
