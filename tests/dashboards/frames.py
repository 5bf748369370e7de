"""Figures and frames of the shape of `metrics.compute`, made by hand."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.drawing.chart import Chart
from dashboards.words.wording import Figure
from metrics.catalog import metric_named

NAN = float("nan")


def figure(name: str, value: float = NAN, n: int = 0, **rest: Any) -> Figure:
    """A figure; ``low`` and ``high`` default to five percent around the value."""
    status = rest.pop("status", "ok")
    low, high = rest.pop("low", value * 0.95), rest.pop("high", value * 1.05)
    return Figure(metric_named(name), value, n, low, high, status, rest.pop("is_stale", False), rest)


def as_plotly_reads(chart: Chart) -> go.Figure:
    """The figure of a chart; Plotly refuses a part that it does not know."""
    return go.Figure(chart.data, chart.layout)


def weeks(values: list[float], *, n: int = 20, start: date = date(2025, 1, 6)) -> pd.DataFrame:
    """A row per ISO week; NaN is a week without data."""
    starts = [stamp.date() for stamp in pd.date_range(start, periods=len(values), freq="W-MON")]
    series = pd.Series(values)
    return pd.DataFrame(
        {
            "scope_id": "organisation",
            "period_start": starts,
            "value": series,
            "n": [0 if pd.isna(value) else n for value in values],
            "low": series * 0.9,
            "high": series * 1.1,
            "status": ["no_data" if pd.isna(value) else "ok" for value in values],
            "is_stale": False,
        }
    )
