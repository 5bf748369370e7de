"""Data health: whether the sources deliver, what could be tied together, what is left out and why."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.page.components import chart, colours, download, panel
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import View, chosen
from dashboards.page.head import head
from dashboards.page.keys import KEYS
from dashboards.page.layout import section, side_by_side
from dashboards.page.tables import show
from dashboards.questions.health import health
from dashboards.questions.linkage import linkage, linkage_rows
from dashboards.questions.sources import look
from dashboards.trust.audit import audit_panel, exclusions_of_keys
from dashboards.trust.audit_log import audit_log_panel
from dashboards.trust.behind import PICK, Behind, behind_panel, left_out_rows, picked
from dashboards.trust.findings import checks_panel, names_panel, sizes_panel, skipped_panel
from dashboards.trust.linkage import linkage_chart, linkage_finding
from dashboards.trust.panels import held_back_note, resources_panel, runs_panel, sources_panel
from dashboards.words.values import counted
from dashboards.words.wording import only_figure


def _linkage_panel(facts: Facts, view: View) -> Behind | None:
    frame = linkage(facts, view)
    title = linkage_finding(frame)
    with panel(
        title,
        f"Shares of the rows of {view.window.label} by how they were tied or typed, left to right in the "
        "order of the table; hatched: not known. Incidents of infrastructure and third parties are not "
        "asked for a deployment. Choose a line for its rows.",
    ):
        if len(frame):
            halves = side_by_side()
            with halves.cell():
                chart(linkage_chart(frame, colours()), alt=title, key="linkage")
            with halves.cell():
                event = show(
                    frame.rename(columns={"method": "how"}),
                    "Changes, incidents and tickets by how they were tied or typed",
                    most=len(frame),
                    key="linkage-rows",
                    **PICK,
                )
            download(frame, facts, "linkage", view.window.start, view.window.end)
            row = picked(event, len(frame))
            if row is not None:
                kind, method = str(frame["kind"].iloc[row]), str(frame["method"].iloc[row])
                rows = linkage_rows(facts, view, kind, method)
                return Behind(f"{kind.lower()}, {method}", rows, ("linkage", kind, method))
    return None


def _exclusions_panel(facts: Facts, view: View) -> Behind | None:
    frame = exclusions_of_keys(facts, view)
    is_counted = any(
        only_figure(name, facts.figures(name, view.window.start, view.window.end, where=view.where)).n
        for name in KEYS
    )
    with panel(
        f"The five keys leave out {counted(frame['rows'].sum(), 'row', 'rows')}, each for a stated reason"
        if len(frame)
        else "The five keys leave nothing out"
        if is_counted
        else "The five keys count nothing yet, so nothing is left out",
        f"Rows of {view.window.label} by figure; one row may be left out of several figures.",
    ):
        if len(frame):
            table = frame.drop(columns=["name", "role"])
            event = show(table, "Rows that the five keys leave out, by reason", key="left-out", **PICK)
            download(table, facts, "left-out", view.window.start, view.window.end)
            row = picked(event, len(frame))
            return None if row is None else left_out_rows(facts, view, frame.iloc[row])
    return None


facts = open_facts()
if facts is None:
    st.stop()
view, now = chosen(), datetime.now(UTC)
head(
    "Data health",
    "Can the figures be trusted, and what stands in the way?",
    facts,
    view,
    health(facts, view, now),
)
held_back_note(facts)
found = look(facts, now).of(view.sources)
# A simulated world ends when it was made, so its age is counted from there.
seen_at = facts.as_of if facts.is_demo else now
section("Whether the sources deliver")
sources_panel(facts, found, seen_at)
behind_panel(facts, resources_panel(facts, found, seen_at))
section("What could be tied together, and what is left out")
behind_panel(facts, _linkage_panel(facts, view))
behind_panel(facts, _exclusions_panel(facts, view))
behind_panel(facts, names_panel(facts, view))
section("Checks, runs and sizes")
halves = side_by_side()
with halves.cell():
    behind = [checks_panel(facts, found), skipped_panel(facts, found)]
with halves.cell():
    behind.append(sizes_panel(facts, found))
for each in behind:
    behind_panel(facts, each)
runs_panel(facts, found)
section("From a figure to its source")
audit_panel(facts, view)
audit_log_panel(facts)
