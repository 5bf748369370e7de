"""A key's figures for a page: this window, the one before, its months, and a trend that fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.charts import trend
from dashboards.page.components import colours
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.goals import goal_of
from dashboards.words.goals import line_of
from dashboards.words.windows import context_start
from dashboards.words.wording import Figure, only_figure
from metrics.catalog import Metric, metric_named
from metrics.goals.goal import JudgedGoal
from metrics.scope import Period

THROUGHPUT = ("change_lead_time", "deployment_frequency", "failed_deployment_recovery_time")
INSTABILITY = ("change_fail_rate", "deployment_rework_rate")
KEYS = THROUGHPUT + INSTABILITY
GRAINS: tuple[Period, ...] = tuple(period for period in get_args(Period) if period != "window")
_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class Key:
    """One metric of the whole scope: now, before, and by month (``value`` is NaN where there is none).

    ``goal`` is that of the same scope, where there is one; it may be pending.
    """

    now: Figure
    before: Figure
    months: pd.DataFrame
    goal: JudgedGoal | None = None

    @property
    def metric(self) -> Metric:
        return self.now.metric


def key_of(facts: Facts, view: View, name: str, goals: Sequence[JudgedGoal]) -> Key:
    """The figures of one metric for a card; ``goals`` are those of what the page shows."""
    window, where = view.window, view.where_for(metric_named(name))
    now = facts.figures(name, window.start, window.end, where=where)
    before = facts.figures(name, window.previous_start, window.previous_end, where=where)
    months = trend_of(facts, view, name, "month")
    too_small = months["n"] < metric_named(name).minimum_n
    months = months.assign(value=months["value"].mask(too_small))
    return Key(only_figure(name, now), only_figure(name, before), months, goal_of(goals, name))


def trend_of(facts: Facts, view: View, name: str, grain: Period) -> pd.DataFrame:
    """The metric by period over the window and its context, small cells with their value too."""
    start = context_start(view.window, facts.quarter_start_month)
    where = view.where_for(metric_named(name))
    return facts.figures(name, start, view.window.end, period=grain, where=where, minimum_n=1)


def fitting_trend(facts: Facts, view: View, name: str) -> tuple[pd.DataFrame, Period]:
    """The trend in the finest period that says something: most of its points have enough data, and the
    typical interval is no wider than the value it belongs to.
    """
    minimum = metric_named(name).minimum_n
    for grain in GRAINS:
        frame = trend_of(facts, view, name, grain)
        filled = frame[frame["n"] > 0]
        is_enough = len(filled) > 0 and (filled["n"] >= minimum).mean() >= _ENOUGH
        widths = (filled["high"] - filled["low"]) / filled["value"].where(filled["value"] > 0)
        if is_enough and widths.median() <= 1:
            break
    return frame, grain


def trend_chart(
    facts: Facts,
    view: View,
    metric: Metric,
    frame: pd.DataFrame,
    grain: Period,
    *,
    goal: JudgedGoal | None,
    year: int | None = None,
) -> Chart:
    """A metric by period up to the window's end, with its goal and, where asked for, the levels of a year."""
    return trend(
        frame,
        metric,
        colours(),
        grain=grain,
        end=view.window.end,
        quarter_start_month=facts.quarter_start_month,
        year=year,
        target=line_of(goal),
    )
