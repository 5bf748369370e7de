"""One figure, taken apart: what it means, what it rests on, which rows count and which do not, the result."""

import pandas as pd
import streamlit as st

from dashboards.page.components import evidence_rows, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.keys import KEYS
from dashboards.page.tables import show
from dashboards.words.steps import ground, result, role_words
from dashboards.words.values import count
from dashboards.words.wording import excluded_roles, exclusions, only_figure
from metrics.catalog import CATALOG, Metric, metric_named


def exclusions_of_keys(facts: Facts, view: View) -> pd.DataFrame:
    """Columns figure, counted, reason, rows, name, role: what the five keys leave out, and why."""
    rows = []
    for name in KEYS:
        frame = facts.figures(name, view.window.start, view.window.end, where=view.where)
        found = only_figure(name, frame)
        roles = excluded_roles(found)
        rows += [
            (found.metric.title, found.n, reason, n, name, roles[reason])
            for reason, n in exclusions(found).items()
        ]
    return pd.DataFrame(rows, columns=["figure", "counted", "reason", "rows", "name", "role"])


def audit_panel(facts: Facts, view: View) -> None:
    """The steps from collected rows to the figure that the reader picks; the choice is in the URL."""
    with panel(
        "Audit a figure, step by step",
        f"From the rows of the source to the value: {view.scope}, {view.window.label}.",
    ):
        chosen = st.selectbox(
            "Figure to audit",
            list(CATALOG),
            index=None,
            format_func=lambda name: metric_named(name).title,
            key="audit",
            bind="query-params",
            placeholder="Choose a figure",
        )
        if chosen is not None:
            _steps(facts, view, metric_named(chosen))


def _steps(facts: Facts, view: View, metric: Metric) -> None:
    start, end = view.window.start, view.window.end
    found = only_figure(metric.name, facts.figures(metric.name, start, end, where=view.where))
    roles = facts.roles(metric.name, start, end, by="organisation", where=view.where)
    st.markdown(f"**1. What it means.** {metric.definition} (version {metric.version})")
    st.markdown(f"**2. What it rests on.** {ground(found, metric, (end - start).days)}")
    st.markdown(f"**3. Which rows.** {count(roles.sum())} rows of the scope fall into {view.window.label}:")
    _roles(roles, metric)
    st.markdown(f"**4. What follows.** {result(found, strong='**')}")
    st.markdown("**5. The rows themselves**, with the links to where they come from:")
    evidence_rows(
        facts, metric, start, end, by="organisation", scope_id="organisation", view=view, words=view.scope
    )
    with st.expander("The query that does all of this", icon=":material/code:"):
        st.code(metric.sql, language="sql", wrap_lines=True)


def _roles(roles: pd.Series, metric: Metric) -> None:
    if roles.empty:
        return
    table = pd.DataFrame(
        {
            "role": [role_words(str(role)) for role in roles.index],
            "rows": roles.to_numpy(),
        }
    )
    show(table, f"Rows of {metric.title} by the part they play", width="content")
