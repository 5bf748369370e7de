"""The parts that pages are made of: panels, charts, definitions, evidence, downloads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, palette
from dashboards.page.data import Facts
from dashboards.page.downloads import file_button
from dashboards.page.exports import csv_bytes, file_name
from dashboards.page.filters import View
from dashboards.page.tables import show
from dashboards.words.values import count
from dashboards.words.vocabulary import MEASURES
from dashboards.words.wording import Figure, exclusions
from metrics.catalog import Metric
from metrics.scope import By

_ROWS_SHOWN = 500
_CHART = {"displayModeBar": False}


def colours() -> Palette:
    """The palette of the theme that the reader's browser shows."""
    return palette(st.context.theme.type)


@contextmanager
def panel(title: str, caption: str) -> Iterator[None]:
    """A panel under a title that states the finding and a caption with unit, window and aggregation."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"## {title}", anchors=False)
        st.caption(caption)
        yield


def chart(drawn: Chart, alt: str, *, key: str, **rest: Any) -> Any:
    """A chart without the tool bar; ``alt`` is what a screen reader says."""
    return st.plotly_chart(drawn.figure(), theme=None, config=_CHART, alt=alt, key=key, **rest)


def small_picture(address: str, alt: str) -> None:
    """A picture without axes, as wide as its card; ``alt`` is what a screen reader says."""
    st.html(f'<img class="small" src="{address}" alt="{escape(alt)}" title="{escape(alt)}">')


def large(words: str) -> None:
    """A text as large as the figure of a card, for ranges that no number can hold."""
    first, _, last = words.partition(" to ")
    ends = f"<span>{escape(first)}</span> to <span>{escape(last)}</span>" if last else escape(words)
    st.html(f'<div class="figure">{ends}</div>')


def definition(metric: Metric, *, key: str, label: str = "Definition and SQL") -> None:
    """What the metric means, where that comes from, and the query that computes it."""
    with st.popover(label, icon=":material/function:", type="tertiary", key=f"definition-{key}"):
        minimum = f"at least {metric.minimum_n} for a value" if metric.minimum_n else "no minimum"
        measure = MEASURES[metric.statistic].capitalize()
        caveats = "\n".join(f"- {caveat}" for caveat in metric.caveats)
        # One text instead of four: a page has up to twenty definitions, and every element of one is sent.
        st.markdown(
            f"**{metric.title}**, version {metric.version}\n\n{metric.definition}\n\n"
            f":small[{measure}, {metric.unit}; {metric.better} is better; {minimum}.]\n\n{caveats}\n\n"
            f"Source: [{metric.source}]({metric.source})"
        )
        st.code(metric.sql, language="sql", height=260)


def download(frame: pd.DataFrame, facts: Facts, *name: object, label: str = "CSV", panel: str = "") -> None:
    """The frame as a file; the text is made when it is asked for. ``panel`` tells apart two of one name."""
    download_rows(lambda: frame, len(frame), facts, *name, label=label, panel=panel)


def download_rows(
    read: Callable[[], pd.DataFrame],
    n_rows: int,
    facts: Facts,
    *name: object,
    label: str = "CSV",
    panel: str = "",
) -> None:
    """Like `download`, of rows that are read when the file is asked for, since they may be millions."""
    file_button(
        label,
        lambda: csv_bytes(read(), is_simulated=facts.is_demo),
        name=file_name(*name, is_simulated=facts.is_demo),
        mime="text/csv",
        key=f"csv-{panel}" + "-".join(str(part) for part in name),
        n_rows=n_rows,
    )


def left_out(figure: Figure) -> str:
    """``Left out: 312 by bots, 4 negative on this clock.``; empty where nothing is."""
    parts = [f"{count(n)} {words}" for words, n in exclusions(figure).items()]
    return f"Left out: {', '.join(parts)}." if parts else ""


def evidence_rows(
    facts: Facts,
    metric: Metric,
    start: date,
    end: date,
    *,
    by: By,
    scope_id: str,
    view: View,
    words: str,
    key: str = "",
) -> None:
    """The rows behind one cell with links to their source, and how many play which role.

    ``key`` tells apart two that a page shows at once.
    """
    cell: dict[str, Any] = {"by": by, "scope_id": scope_id, "where": view.where_for(metric)}
    roles = facts.roles(metric.name, start, end, **cell)
    total = int(roles.sum())
    if not total:
        st.caption(f"No row lies behind {metric.title.lower()} of {words}.")
        return
    summary = ", ".join(f"{count(n)} {str(role).replace('_', ' ')}" for role, n in roles.items())
    more = f" The first {count(_ROWS_SHOWN)} are shown; the file has all." if total > _ROWS_SHOWN else ""
    st.caption(
        f"{count(total)} rows behind {metric.title.lower()} of {words}: {summary}.{more} Times in UTC."
    )
    role = _chosen_role(roles, metric, key)
    show(
        _presented(facts.evidence(metric.name, start, end, **cell, role=role, limit=_ROWS_SHOWN)),
        f"Rows behind {metric.title.lower()} of {words}",
        columns={
            "url": st.column_config.LinkColumn("Source", display_text="open", width="small"),
            "sha": st.column_config.Column("Sha", width="small"),
        },
    )
    name = (metric.name, "evidence", scope_id, start, end)
    every = partial(facts.evidence, metric.name, start, end, **cell)
    download_rows(every, total, facts, *name, label="All rows as CSV", panel=key)


def _chosen_role(roles: pd.Series, metric: Metric, key: str) -> str | None:
    """The role that the reader picks; ``None``: all of them."""
    found = sorted(str(role) for role in roles.index)
    role = st.pills(
        "Role",
        found,
        format_func=lambda role: str(role).replace("_", " "),
        key=f"role-{key}{metric.name}",
        label_visibility="collapsed",
    )
    return role if role in found else None


def _presented(rows: pd.DataFrame) -> pd.DataFrame:
    """Without columns that say nothing here; an unknown text is blank."""
    shown = rows.drop(columns=["scope_id", "period_start"]).dropna(axis="columns", how="all")
    texts = [column for column in shown.columns if pd.api.types.is_string_dtype(shown[column])]
    return shown.assign(**{column: shown[column].fillna("") for column in texts})
