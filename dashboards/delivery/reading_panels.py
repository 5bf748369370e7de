"""What stands beside a key: its readings by other definitions, and incidents of all causes."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from dashboards.page.components import definition, download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.opened import rows_button
from dashboards.words.values import (
    NOTHING,
    count,
    number,
    share_text,
    value_text,
)
from dashboards.words.wording import Figure, qualification, state
from metrics.alternatives import Reading


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
