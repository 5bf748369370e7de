"""Cohorts and retention: of the teams that began in a quarter, how many still used the platform later."""

import streamlit as st

from dashboards.adoption.cohort_chart import cohort_map
from dashboards.page.components import chart, colours, definition, download, left_out, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.opened import rows_button
from dashboards.words.values import percent_text
from dashboards.words.windows import quarter_start
from dashboards.words.wording import Figure, only_figure, qualification, state
from metrics.catalog import metric_named

_FIRST_DAY = "SELECT min(day) AS day FROM team_days WHERE action_runs > 0"
_NAME = "retention"


def cohort_panel(facts: Facts, view: View) -> None:
    """All cohorts up to the end of the window, whenever they began."""
    metric, end = metric_named(_NAME), view.window.end
    where = view.where_for(metric)
    first = facts.rows(_FIRST_DAY)["day"].iloc[0]
    if first is None or first >= end:
        with panel("Retention: not collected", "No source of self-service runs covers a day before."):
            definition(metric, key="retention")
        return
    start = quarter_start(first, facts.quarter_start_month)
    pooled = only_figure(_NAME, facts.figures(_NAME, start, end, where=where))
    frame = facts.cohorts(start, end, where=where)
    title = _title(pooled)
    with panel(
        title,
        "Percent of the teams that first used the platform in a quarter and used it again so many months "
        f"later (M0: the first month). Under {metric.minimum_n} teams: counts. Blank: not over yet.",
    ):
        if frame.empty:
            st.caption("No team has begun since runs are collected.")
        else:
            is_dark = st.context.theme.type == "dark"
            drawn = cohort_map(
                frame, colours(), quarter_start_month=facts.quarter_start_month, is_dark=is_dark
            )
            chart(drawn, alt=title, key="cohorts")
        if out := left_out(pooled):
            st.caption(out)
        with st.container(horizontal=True):
            definition(metric, key="retention")
            rows_button(facts, view, _NAME, key="cohorts", start=start)
            download(frame, facts, "cohorts", start, end)


def _title(pooled: Figure) -> str:
    if not pooled.is_ok:
        return f"Retention: {state(pooled)[0].lower()}{state(pooled)[1:].rstrip('.')}"
    share = percent_text(pooled.value, 0)
    return f"Three months after their first use {share} of teams used the platform ({qualification(pooled)})"
