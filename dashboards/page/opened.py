"""The rows behind a figure, opened over the page: for numbers that have no table of their own beside them."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from dashboards.page.components import evidence_rows
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.words.values import day_text
from metrics.catalog import metric_named


def rows_button(facts: Facts, view: View, *names: str, key: str, start: date | None = None) -> None:
    """A button that opens the rows behind a metric; of several the reader picks one.

    Parameters
    ----------
    start : the first day of the rows, where it is not that of the window.
    """
    if st.button("Rows", icon=":material/table_rows:", type="tertiary", key=f"rows-{key}"):
        _rows(facts, view, names, start or view.window.start)


@st.dialog("The rows behind the figure", width="large", icon=":material/table_rows:")
def _rows(facts: Facts, view: View, names: Sequence[str], start: date) -> None:
    name = names[0] if len(names) == 1 else _picked(names)
    end = view.window.end
    evidence_rows(
        facts,
        metric_named(name),
        start,
        end,
        by="organisation",
        scope_id="organisation",
        view=view,
        words=f"{view.scope}, {day_text(start)} to {day_text(end - timedelta(days=1))}",
        key="opened",
    )


def _picked(names: Sequence[str]) -> str:
    return st.pills(
        "Measure",
        names,
        default=names[0],
        required=True,
        key="opened-measure",
        format_func=lambda name: metric_named(name).title,
        label_visibility="collapsed",
    )
