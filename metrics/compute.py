"""The only door to a figure: `compute` gives every metric with its n, interval, status and exclusions."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from metrics.catalog import Metric, metric_named
from metrics.errors import ParameterError
from metrics.periods import period_ends, period_starts
from metrics.scope import By, Filter, Period, Question, Snapshot, fetch, run
from metrics.statistics import STATISTICS

KEYS = ["scope_id", "period_start"]
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
    bound = bindings(metric, snapshot, question, parameters)
    figures = run(snapshot, metric.figures_sql, bound)
    cells = _grid(snapshot, metric, question).merge(
        _cells(snapshot, metric, question, bound), on=KEYS, how="outer"
    )
    frame = _joined(cells, figures)
    frame = STATISTICS[metric.statistic](frame, metric, minimum_n)
    frame["status"] = _status(frame, metric, minimum_n)
    frame.loc[frame["status"] != "ok", _judged(frame)] = np.nan
    frame["is_stale"] = _stale(snapshot, frame, metric, question, bound)
    lead = [*KEYS, "value", "n", "low", "high", "status", "is_stale"]
    frame = frame.drop(columns=[c for c in frame.columns if c.endswith("_list")])
    rest = [column for column in frame.columns if column not in lead]
    return frame[lead + rest].sort_values(KEYS, ignore_index=True)


def as_of(snapshot: Snapshot) -> datetime:
    """The instant up to which the snapshot speaks, UTC without a zone."""
    value = datetime.fromisoformat(str(snapshot.settings["as_of"]))
    return value.replace(tzinfo=None)


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
    return question.parameters | metric.bind(parameters) | {"as_of": as_of(snapshot)}


def known_until(name: str, snapshot: Snapshot, question: Question) -> pd.DataFrame:
    """Until when each resource that a metric needs is known, UTC without a zone.

    Returns
    -------
    Indexed by scope_id; a column for each of the metric's needs, missing where nothing is known.
    """
    metric = metric_named(name)
    known = _known_until(snapshot, metric, bindings(metric, snapshot, question, {}))
    return known.rename(columns={f"{need}_until": need for need in metric.needs})


def _known_until(snapshot: Snapshot, metric: Metric, bound: Mapping[str, Any]) -> pd.DataFrame:
    known = fetch(snapshot, _coverage_sql(metric, "freshness"), bound).set_index("scope_id")
    return known[[f"{need}_until" for need in metric.needs]]


def _coverage_sql(metric: Metric, name: str) -> str:
    folder = files("metrics.coverage")
    if not metric.is_of_teams:
        return folder.joinpath(f"{name}.sql").read_text()
    scopes = folder.joinpath("team_scopes.sql").read_text()
    return folder.joinpath(f"team_{name}.sql").read_text().replace("{scopes}", scopes)


def _grid(snapshot: Snapshot, metric: Metric, question: Question) -> pd.DataFrame:
    """Every scope in every period, so that a gap is a row and not an omission."""
    rows = run(snapshot, _coverage_sql(metric, "scopes"), question.parameters)
    scopes = dict.fromkeys(rows.column("scope_id").to_pylist())
    quarter_start = int(snapshot.settings.get("quarter_start_month", 1))
    starts = period_starts(question, quarter_start)
    index = pd.MultiIndex.from_product([scopes, starts], names=KEYS)
    return index.to_frame(index=False)


def _cells(snapshot: Snapshot, metric: Metric, question: Question, bound: Mapping[str, Any]) -> pd.DataFrame:
    """Covered days per cell; the smaller table of team days serves wherever no service is named."""
    needs_services = question.by == "service" or question.where.services or question.where.tiers
    days = (
        "service_days"
        if needs_services
        else "(SELECT CAST(NULL AS VARCHAR) AS service_id, CAST(NULL AS VARCHAR) AS tier, * FROM team_days)"
    )
    return fetch(snapshot, _coverage_sql(metric, "cells").replace("{days}", days), bound)


def _joined(cells: pd.DataFrame, figures: pa.Table) -> pd.DataFrame:
    """Cells and figures side by side; a column of lists becomes one of arrays named ``…_list``."""
    lists = [name for name in figures.column_names if pa.types.is_list(figures.schema.field(name).type)]
    flat = figures.drop_columns(lists).to_pandas(date_as_object=True)
    for name in lists:
        flat[f"{name}_list"] = _arrays(figures.column(name))
    frame = cells.merge(flat, on=KEYS, how="outer")
    counts = [name for name in figures.column_names if _is_count(figures.schema.field(name).type)]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    days = [c for c in frame.columns if c.startswith("covered_")]
    frame[days] = frame[days].astype("float64").fillna(0.0)
    return frame


def _is_count(kind: pa.DataType) -> bool:
    """Sums of whole numbers arrive as decimals; anything else is a measure or a day and may be unknown."""
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _arrays(column: pa.ChunkedArray) -> pd.Series:
    """Each cell's list as a numpy view of one flat buffer."""
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = combined.chunk(0) if combined.num_chunks else pa.array([], combined.type)
    values = combined.flatten().to_numpy(zero_copy_only=False)
    offsets = combined.offsets.to_numpy()
    return pd.Series([values[a:b] for a, b in pairwise(offsets)], dtype=object)


def _judged(frame: pd.DataFrame) -> list[str]:
    """Columns that say something only where there is enough data."""
    names = (
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
    return [name for name in frame.columns if name in names]


def _status(frame: pd.DataFrame, metric: Metric, minimum_n: int | None) -> pd.Series:
    minimum = metric.minimum_n if minimum_n is None else minimum_n
    covered = np.logical_and.reduce([frame[f"covered_{need}_days"] > 0 for need in metric.needs])
    no_data = (frame["n"] == 0) & (metric.statistic != "frequency")
    labels = np.select(
        # A value may be out of reach with enough rows too, such as a median that half have not reached yet.
        [~covered, no_data, (frame["n"] < minimum) | frame["value"].isna()],
        ["not_collected", "no_data", "too_few"],
        default="ok",
    )
    return pd.Series(labels, index=frame.index)


def _stale(
    snapshot: Snapshot, frame: pd.DataFrame, metric: Metric, question: Question, bound: Mapping[str, Any]
) -> pd.Series:
    """True where a cell reaches beyond what is known and that is older than the configured age."""
    until = _known_until(snapshot, metric, bound).reindex(frame["scope_id"])
    newest = until.min(axis=1, skipna=False).set_axis(frame.index)
    now = pd.Timestamp(bound["as_of"])
    oldest = now - timedelta(hours=float(snapshot.settings.get("stale_after_hours", 48)))
    ends = period_ends(frame["period_start"], question)
    stale: pd.Series = (newest < oldest) & (newest < ends.where(ends < now, now))
    return stale
