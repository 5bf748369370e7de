"""The only door to a figure: `compute` gives every metric with its n, interval, status and exclusions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from metrics.catalog import Metric, metric_named
from metrics.cubes.reading import read
from metrics.errors import ParameterError
from metrics.measuring import bound, measured
from metrics.minima import judged
from metrics.scope import By, Filter, Period, Question, Snapshot

STATUSES = ("ok", "too_few", "no_data", "not_collected")


def compute(
    name: str,
    snapshot: Snapshot,
    start: date,
    end: date,
    *,
    by: By = "service",
    period: Period = "window",
    minimum_n: int | None = None,
    where: Filter | None = None,
    **parameters: Any,
) -> pd.DataFrame:
    """A metric's figures, one row per scope and period, ordered by both.

    Parameters
    ----------
    start, end : local days of the reporting zone, half-open.
    by : ``service`` is the level of analysis; ``team`` and ``organisation`` pool the rows of their services,
        ``action`` those of one self-service action. Which of them a metric takes stands in its header.
    minimum_n : overrides the metric's own minima (also the one of the 90th percentile).
    parameters : the metric's own, such as ``clock="merged"``.

    Returns
    -------
    scope_id, period_start (date), value, n, low, high (95 %), status (ok, too_few, no_data, not_collected),
    is_stale, then the metric's extras (p75, p90, numerator, excluded_<reason>, ...). ``value``, ``low`` and
    ``high`` are NaN unless the status is ok; counts are always given. Every scope has a row in every period
    of the window; one that lies outside coverage reads ``not_collected``.

    Raises
    ------
    UnknownMetricError, ParameterError : see `metrics.errors`.
    """
    metric = metric_named(name)
    question = Question(start, end, by, period, where or Filter())
    given = bindings(metric, snapshot, question, parameters)
    found = read(snapshot, metric, question, metric.bind(parameters), minimum_n)
    return judged(measured(snapshot, metric, question, given), metric, minimum_n) if found is None else found


def bindings(
    metric: Metric, snapshot: Snapshot, question: Question, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that a metric's SQL may name.

    Raises
    ------
    ParameterError : the metric does not take the grouping, a filter or a parameter.
    """
    if question.by not in metric.by:
        raise ParameterError(
            f"{metric.name} is not given by {question.by}; it takes: {', '.join(metric.by)}."
        )
    for name, chosen in question.where.parameters.items():
        if chosen is not None and not metric.takes(name):
            raise ParameterError(f"{metric.name} cannot be narrowed to {name}: its rows have none.")
    return bound(metric, snapshot, question, parameters)
