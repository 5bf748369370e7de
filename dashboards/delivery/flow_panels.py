"""The flow of changes: the stages that they go through, and what waits on its way."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from dashboards.drawing.flow import ages, stages
from dashboards.page.components import chart, colours, definition, download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.layout import side_by_side
from dashboards.page.opened import rows_button
from dashboards.page.tables import show
from dashboards.words.values import (
    count,
    day_text,
    value_text,
)
from dashboards.words.wording import Figure, only_figure, pooling, state
from metrics.catalog import STAGES

_WAITING_COUNTED, _WAITING_SHOWN = 5000, 100


def stages_panel(facts: Facts, view: View) -> None:
    """Where a change spends its time: each stage's median side by side."""
    window = view.window
    now = [_stage(facts, view, name, window.start, window.end) for name in STAGES]
    before = [_stage(facts, view, name, window.previous_start, window.previous_end) for name in STAGES]
    with panel(
        _stages_title(now),
        f"Median per stage, {pooling(view.n_services)}. The stages of a change add up to its lead time, the "
        "medians do not add up to the median. A stage that never happened is absent, not zero; "
        "p90 is the 90th percentile.",
    ):
        if any(stage.is_ok for stage in (*now, *before)):
            chart(
                stages(now, before, colours(), previous_label=window.previous_label),
                alt=_stages_title(now),
                key="stages",
            )
        else:
            st.caption(state(now[0]))
        with st.container(horizontal=True):
            for stage in now:
                definition(stage.metric, key=stage.metric.name, label=stage.metric.title)
            rows_button(facts, view, *STAGES, key="stages")
            download(_stage_frame(now, before), facts, "stages", window.start, window.end)


def _stage_frame(now: Sequence[Figure], before: Sequence[Figure]) -> pd.DataFrame:
    """A row per stage: its median hours with interval and n, and those of the window before."""
    return pd.DataFrame(
        {
            "stage": [stage.metric.name for stage in now],
            "status": [stage.status for stage in now],
            "value": [stage.value for stage in now],
            "low": [stage.low for stage in now],
            "high": [stage.high for stage in now],
            "n": [stage.n for stage in now],
            "previous_value": [stage.value for stage in before],
            "previous_n": [stage.n for stage in before],
        }
    )


def _stage(facts: Facts, view: View, name: str, start: date, end: date) -> Figure:
    return only_figure(name, facts.figures(name, start, end, where=view.where))


def _stages_title(now: list[Figure]) -> str:
    known = sorted((stage for stage in now if stage.is_ok), key=lambda stage: stage.value)
    if not known:
        return "Too few changes to say where their time goes"
    longest = known[-1]
    if len(known) > 1 and not longest.low > known[-2].high:
        return "No stage of a change is clearly the longest"
    return f"{longest.metric.title} is the longest stage: {value_text('hours', longest.value)}"


def waiting_panel(facts: Facts, view: View) -> None:
    """Changes that no production deployment contains yet."""
    waiting = facts.waiting(where=view.where, limit=_WAITING_COUNTED)
    lead_time = _stage(facts, view, "change_lead_time", view.window.start, view.window.end)
    if waiting.empty and not lead_time.extras.get("covered_changes_days"):
        with panel(
            "Changes that wait: not collected", "No change source covers this scope; that is not zero."
        ):
            return
    with panel(
        _waiting_title(waiting),
        f"At {day_text(facts.today)}, without bots. Lead time knows only changes that arrived.",
    ):
        if waiting.empty:
            return
        halves = side_by_side()
        with halves.cell():
            chart(ages(waiting, colours()), alt=_waiting_title(waiting), key="ages")
        with halves.cell():
            show(
                _shown(waiting, view.service_names),
                "Changes that wait, oldest first",
                most=7,
                columns={
                    "age_days": "Age, days",
                    "url": st.column_config.LinkColumn("Source", display_text="open"),
                },
            )
        download(waiting, facts, "open_changes", facts.today)


def _waiting_title(waiting: pd.DataFrame) -> str:
    if waiting.empty:
        return "No change waits for production"
    at_least = "At least " if len(waiting) >= _WAITING_COUNTED else ""
    oldest = value_text("hours", float(waiting["age_hours"].max()))
    return f"{at_least}{count(len(waiting))} changes are not in production yet, the oldest for {oldest}"


def _shown(waiting: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    top = waiting.head(_WAITING_SHOWN)
    return pd.DataFrame(
        {
            "Service": top["service_id"].map(lambda s: names.get(s, s)),
            "State": top["state"],
            "age_days": top["age_hours"] / 24,
            "url": top["url"],
        }
    )
