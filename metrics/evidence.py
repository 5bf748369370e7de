"""The rows behind a figure: the same rows that the metric counts, each with its role and its link.

A metric's query names its rows before it aggregates them, so this runs the first half of that very query.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from metrics.catalog import Metric, metric_named
from metrics.compute import bindings
from metrics.scope import By, Filter, Period, Question, Snapshot, fetch

_LEAD = ["role", "url"]
_SAME_CHANGE = "d.change_id = e.change_id AND d.service_id = e.outside_service_id"
_CHANGE_DETAILS = (
    "d.first_commit_at, d.first_committed_at, d.opened_at, d.ready_at, d.first_review_at, d.merged_at, d.url"
)
_HIDDEN = ("is_", "outside_", "scope_id", "period_start")


def evidence(
    name: str,
    snapshot: Snapshot,
    start: date,
    end: date,
    *,
    by: By = "service",
    period: Period = "window",
    scope_id: str | None = None,
    period_start: date | None = None,
    role: str | None = None,
    where: Filter | None = None,
    limit: int | None = None,
    offset: int = 0,
    **parameters: Any,
) -> pd.DataFrame:
    """The rows behind the figures of a metric, or of one scope and period of it.

    Parameters
    ----------
    role : only rows that play this role.
    limit, offset : a page of them; the order is total, so pages that follow each other hold every row once.

    Returns
    -------
    scope_id, period_start, role (counted, failed, or the reason why a row is out), url (of the source,
    empty where it has none), then the identifiers and times that the figure was made from.

    Raises
    ------
    UnknownMetricError, ParameterError : see `metrics.errors`.
    """
    metric = metric_named(name)
    question = Question(start, end, by, period, where or Filter())
    bound = bindings(metric, snapshot, question, parameters)
    cell = {"scope_id": scope_id, "period_start": period_start, "role": role}
    sql = _narrowed(_detailed(metric), cell) + " ORDER BY ALL"
    if limit is not None:
        sql += " LIMIT $row_limit OFFSET $row_offset"
    frame = fetch(snapshot, sql, bound | cell | {"row_limit": limit, "row_offset": offset})
    shown = [c for c in frame.columns if c not in _LEAD and not c.startswith(_HIDDEN)]
    return frame[["scope_id", "period_start", *_LEAD, *shown]]


def roles(
    name: str,
    snapshot: Snapshot,
    start: date,
    end: date,
    *,
    by: By = "service",
    scope_id: str | None = None,
    where: Filter | None = None,
    **parameters: Any,
) -> pd.Series:
    """How many rows play which role in a figure: counted, failed, and every exclusion by its reason.

    Returns
    -------
    Series of counts by role, largest first. They are counted where they lie, however many there are.
    """
    metric = metric_named(name)
    bound = bindings(metric, snapshot, Question(start, end, by, "window", where or Filter()), parameters)
    cell = {"scope_id": scope_id}
    rows = _narrowed(metric.evidence_sql, cell)
    sql = f"SELECT role, count(*) AS n FROM ({rows}) GROUP BY role ORDER BY n DESC, role"
    return fetch(snapshot, sql, bound | cell).set_index("role")["n"]


def _detailed(metric: Metric) -> str:
    if metric.details != "change":
        return metric.evidence_sql
    return (
        f"SELECT e.*, {_CHANGE_DETAILS} FROM ({metric.evidence_sql}) e LEFT JOIN changes d ON {_SAME_CHANGE}"
    )


def _narrowed(sql: str, cell: Mapping[str, Any]) -> str:
    conditions = [f"{column} = ${column}" for column, value in cell.items() if value is not None]
    return f"{sql} WHERE {' AND '.join(conditions)}" if conditions else sql
