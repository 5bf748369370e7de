"""Catalogue: what every metric means, how it is computed, and since when it means that."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import chosen
from dashboards.page.head import head
from dashboards.page.tables import show
from dashboards.questions.health import health
from dashboards.trust.catalogue_panels import found_metrics, metric_panel
from dashboards.words.values import count
from metrics.catalog import CATALOG, Metric

_CHOSEN = "metric"


def _search() -> list[Metric]:
    words = st.text_input(
        "Search",
        key="find",
        bind="query-params",
        type="search",
        placeholder="A name, a former name, a word of the definition or of the query",
    )
    return found_metrics(words or "")


def _list(metrics: list[Metric], facts: Facts) -> str | None:
    """The table of what was found; the name of the row that the reader chose, or ``None``."""
    title = (
        f"All {count(len(metrics))} metrics"
        if len(metrics) == len(CATALOG)
        else f"{count(len(metrics))} of {count(len(CATALOG))} metrics speak of this"
    )
    with panel(title, "Choose a row to read it in full. Pages, API and CSV compute by these definitions."):
        if not metrics:
            st.caption("None has these words. A shorter word finds more.")
            return None
        table = pd.DataFrame(
            {
                "metric": [metric.title for metric in metrics],
                "unit": [metric.unit for metric in metrics],
                "better": [metric.better for metric in metrics],
                "by": [", ".join(metric.by) for metric in metrics],
                "version": [metric.version for metric in metrics],
                "what it says": [metric.definition for metric in metrics],
                "name": [metric.name for metric in metrics],
            }
        )
        selection = show(
            # By what a metric is told apart stands in full below, and in the file.
            table.drop(columns="by"),
            "Metrics with unit, direction, version and definition",
            on_select="rerun",
            selection_mode="single-row",
            key="catalogue",
        )
        download(table, facts, "catalogue")
    rows = selection["selection"]["rows"]
    return metrics[rows[0]].name if rows and rows[0] < len(metrics) else None


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
head(
    "Catalogue",
    "What does a figure mean, and how is it computed?",
    facts,
    view,
    health(facts, view, datetime.now(UTC)),
)
metrics = _search()
picked = _list(metrics, facts)
if picked:
    st.query_params[_CHOSEN] = picked
name = picked or st.query_params.get(_CHOSEN) or (metrics[0].name if len(metrics) == 1 else "")
if name in CATALOG:
    metric_panel(facts, view, CATALOG[name])
elif name:
    st.warning(f"There is no metric {name!r}. Search for it, or choose one from the list.")
