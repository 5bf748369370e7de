"""Cohorts: of the teams that first used the platform in a period, the share that used it in each later month.

The cells are those of the metric ``retention``, for every later month at once.
"""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import numpy as np
import pandas as pd

from metrics.catalog import metric_named
from metrics.compute import bindings
from metrics.periods import period_starts
from metrics.scope import Filter, Period, Question, Snapshot, fetch
from metrics.uncertainty import wilson_interval
from metrics.whole import narrowed, whole


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
    # What the metric does not take is refused here as it is there.
    bindings(metric, snapshot, question, {})
    counts = _counts(snapshot, question)
    first = counts.drop_duplicates("period_start").assign(months_later=0)
    first = _judged(first.assign(n=first["size"], numerator=first["size"]), least)
    # With a part of its teams left out a cohort would be another group from cell to cell.
    later = _judged(counts[counts["n"] == counts["size"]], least)
    both = pd.concat([first.assign(low=np.nan, high=np.nan), later])
    return both.drop(columns="n").sort_values(["period_start", "months_later"], ignore_index=True)


def _counts(snapshot: Snapshot, question: Question) -> pd.DataFrame:
    """period_start, months_later, size, n (teams whose later month is over), numerator."""
    teams = _teams(snapshot, question)
    month = teams["cohort_month"]
    teams = teams[(month >= question.start) & (month < question.end)]
    quarter_start = int(snapshot.settings.get("quarter_start_month", 1))
    starts = np.array(period_starts(question, quarter_start), dtype=object)
    within = np.searchsorted(starts, teams["cohort_month"].to_numpy(), side="right") - 1
    cells = teams.assign(period_start=starts[within], is_retained=teams["is_over"] & teams["is_retained"])
    counts = cells.groupby(["period_start", "months_later"], as_index=False).agg(
        size=("team_id", "size"), n=("is_over", "sum"), numerator=("is_retained", "sum")
    )
    return counts.astype({"size": "int64", "n": "int64", "numerator": "int64"})


def _teams(snapshot: Snapshot, question: Question) -> pd.DataFrame:
    """The teams that count, one row for each later month; asked once for all windows and teams."""
    metric, actions = metric_named("retention"), question.where.actions
    sql = metric.over(files("metrics.readings").joinpath("cohorts.sql").read_text())
    # The window stands in the metric's rows alone, over which this does not go.
    asked = replace(question, where=Filter(actions=actions)).parameters | metric.bind({})
    everybody = whole(snapshot, ("cohorts", actions), lambda: fetch(snapshot, sql, asked))
    return narrowed(everybody, question.where)


def _judged(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    """Share and interval of each cell; none where the cohort is too small."""
    numerator, n = (frame[name].to_numpy(dtype=float) for name in ("numerator", "n"))
    low, high = wilson_interval(numerator, n)
    is_ok = n >= least
    values = {"value": numerator / np.maximum(n, 1), "low": low, "high": high}
    shown = {name: np.where(is_ok, cells, np.nan) for name, cells in values.items()}
    return frame.assign(**shown, status=np.where(is_ok, "ok", "too_few"))
