"""Where the services of a key lie: one dot each, and how many in each level."""

import pandas as pd
import streamlit as st

from dashboards.drawing.spreads import levels, strip
from dashboards.page.components import chart, colours, download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.layout import side_by_side
from dashboards.page.opened import rows_button
from dashboards.words.values import (
    count,
    number,
    part_text,
    value_text,
)
from metrics.bands import BANDS, BENCHMARKS_2025, score_2025
from metrics.catalog import Metric, metric_named
from metrics.distribution import Distribution


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
        with st.container(horizontal=True):
            rows_button(facts, view, name, key="spread")
            download(spread.services, facts, name, "by-service", window.start, window.end)
    with halves, panel(_levels_title(spread), _levels_caption(spread)):
        if len(spread.services):
            chart(levels(spread, colours()), alt=_levels_title(spread), key=f"levels-{name}")
        else:
            st.caption("No service is known in this scope.")
        with st.container(horizontal=True):
            rows_button(facts, view, name, key="levels")
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
