"""More panels of the delivery page: services, stages, other readings, incidents, open changes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

import pandas as pd
import streamlit as st

from dashboards.drawing.flow import ages, stages
from dashboards.drawing.spreads import levels, strip
from dashboards.page.components import chart, colours, definition, download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.layout import side_by_side
from dashboards.page.opened import rows_button
from dashboards.page.tables import show
from dashboards.words.values import (
    NOTHING,
    count,
    day_text,
    number,
    part_text,
    share_text,
    value_text,
)
from dashboards.words.wording import Figure, only_figure, pooling, qualification, state
from metrics.alternatives import Reading
from metrics.bands import BANDS, BENCHMARKS_2025, score_2025
from metrics.catalog import STAGES, Metric, metric_named
from metrics.distribution import Distribution

_WAITING_COUNTED, _WAITING_SHOWN = 5000, 100


def spread_panels(facts: Facts, view: View, name: str) -> None:
    """How the services lie, and how many say something."""
    metric, window = metric_named(name), view.window
    spread = facts.spread(name, window.start, window.end, where=view.where)
    halves = side_by_side()
    with halves, panel(_spread_title(spread, metric), _spread_caption(spread, metric)):
        if spread.status_counts["ok"]:
            chart(
                strip(spread, metric, view.service_names, colours()),
                alt=_spread_title(spread, metric),
                key=f"strip-{name}",
            )
        else:
            st.caption("No service has enough data in this window.")
        download(spread.services, facts, name, "by-service", window.start, window.end)
    with halves, panel(_levels_title(spread), _levels_caption(spread)):
        if len(spread.services):
            chart(levels(spread, colours()), alt=_levels_title(spread), key=f"levels-{name}")
        else:
            st.caption("No service is known in this scope.")
        download(_level_frame(spread), facts, name, "levels", window.start, window.end)


def _level_frame(spread: Distribution) -> pd.DataFrame:
    """How many services lie in each level, and how many have none and why."""
    silent = {
        status: n for status, n in spread.status_counts.items() if status != "ok" or not spread.level_counts
    }
    counts = {**spread.level_counts, **silent}
    return pd.DataFrame({"level_or_status": list(counts), "services": list(counts.values())})


def _spread_title(spread: Distribution, metric: Metric) -> str:
    if spread.quartiles is None:
        return "Too few services have a value to say how they lie"
    low, _, high = (value_text(metric.unit, q) for q in spread.quartiles)
    return f"Half of the services lie between {low} and {high}"


def _spread_caption(spread: Distribution, metric: Metric) -> str:
    text = f"{metric.title}, one dot per service with enough data; every service weighs the same."
    benchmark = BENCHMARKS_2025.get(metric.name)
    if spread.quartiles is None or benchmark is None:
        return text
    around = f"\u00a0±\u00a0{benchmark.sd}" if benchmark.sd else ""
    score = number(score_2025(metric.name, spread.quartiles[1]))
    return (
        f"{text} The median service scores {score} of 10 (DORA 2025; survey mean {benchmark.mean}{around})."
    )


def _levels_title(spread: Distribution) -> str:
    said, total = spread.status_counts["ok"], len(spread.services)
    those = part_text(said, total, "service", "services")
    if said and spread.level_counts:
        found = ", ".join(f"{count(n)} {level}" for level, n in spread.level_counts.items() if n)
        return f"{those} {'has' if total == 1 else 'have'} a level: {found}"
    return f"{those} {'has' if total == 1 else 'have'} enough data"


def _levels_caption(spread: Distribution) -> str:
    if not spread.level_counts:
        return "Services of the window. There are no published levels for this metric."
    bands = BANDS[spread.year][spread.metric]
    return f"Services by the level of their value, DORA {spread.year}. {bands.footnote}".rstrip()


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


def readings_panel(facts: Facts, view: View) -> None:
    """What other definitions make of the same rows."""
    readings = facts.readings(view.window.start, view.window.end, where=view.where)
    values = [reading.value for reading in readings if reading.value is not None]
    title = (
        f"Other definitions read these rows as {number(100 * min(values))} to {number(100 * max(values))} %"
        if values
        else "There are no rows to read by other definitions"
    )
    with panel(
        title,
        "The same deployments and incidents, to explain a difference to another tool. Ours comes first.",
    ):
        table = pd.DataFrame(
            {
                "Reading": [NOTHING if r.value is None else share_text(r.value, 1) for r in readings],
                "Definition": [r.label for r in readings],
                "Counted": [_counted(r.numerator, r.denominator) for r in readings],
                "Used by": [r.used_by for r in readings],
            }
        )
        st.table(table, hide_index=True, border="horizontal", alt="Change fail rate by other definitions")
        download(_reading_frame(readings), facts, "readings", view.window.start, view.window.end)


def _reading_frame(readings: Sequence[Reading]) -> pd.DataFrame:
    return pd.DataFrame([asdict(reading) for reading in readings])


def _counted(numerator: int | None, denominator: int | None) -> str:
    return "mean of rates" if denominator is None else f"{count(numerator or 0)} of {count(denominator)}"


def incidents_panel(facts: Facts, view: View, now: Figure) -> None:
    """Time to restore an incident of any cause: operations, apart from the five keys."""
    with panel(
        f"Apart from the keys: incidents of any cause are restored in {value_text('hours', now.value)}"
        if now.is_ok
        else f"Apart from the keys: {state(now)}",
        "From an incident's start to its resolution, whatever caused it. This is operations, not a DORA key.",
    ):
        if now.is_ok:
            st.caption(f"Median; {qualification(now)}.")
        with st.container(horizontal=True):
            definition(now.metric, key="incidents")
            rows_button(facts, view, now.metric.name, key="incidents")
            window = view.window
            frame = facts.figures(now.metric.name, window.start, window.end, where=view.where)
            download(frame, facts, now.metric.name, window.start, window.end)


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
