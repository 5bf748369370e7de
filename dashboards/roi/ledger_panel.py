"""The figures that the money rests on: their range, who says so, how well they are known, since when."""

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.port import commands
from dashboards.page.tables import show
from dashboards.questions.quarter import Money, held_versions, waiting_entries
from dashboards.report import text
from dashboards.roi.figure_forms import figure_forms
from dashboards.roi.money import ledger_of_page
from dashboards.words.markdown import plain
from dashboards.words.values import count, day_text, with_days
from metrics.roi.assumptions import DEFAULT_SOURCE
from metrics.roi.parameters import PARAMETERS
from warehouse.ledger import Entry, Ledger

_COLUMNS = {
    "figure": "Figure",
    "low": "Low",
    "likely": "Likely",
    "high": "High",
    "unit": "Unit",
    "evidence": "Evidence",
    "source": "Source",
    "owner": "Owner",
    "version": "Version",
    "valid_from": "Valid from",
    "feeds": "Feeds",
}


def ledger_panel(facts: Facts, money: Money) -> None:
    """The figures in use, and what waits to be decided."""
    ledger, here = ledger_of_page(facts), commands()
    decided = here.ledger(ledger) if here else ledger
    frame = figure_frame(money, ledger)
    with panel(
        _title(frame),
        f"In force in {text.quarter_name(money)}; of a measured mean, one standard error to each side. "
        "Change one here or with `payoff ledger edit`: a new version, and frozen reports stay as they are.",
    ):
        show(
            frame,
            "Figures in force with range, source, owner, grade and version",
            writers={**dict.fromkeys(("low", "likely", "high"), text.value_of), "source": with_days},
            columns={
                name: st.column_config.Column(title, pinned=name == "figure")
                for name, title in _COLUMNS.items()
            },
        )
        with st.container(horizontal=True):
            figure_forms(facts, decided, money)
            download(frame, facts, "figures", money.quarter.name)
        pending = [entry for entry in decided.entries if entry.is_pending and entry.state != "proposed"]
        if pending:
            st.markdown(f"**{count(len(pending))} entered and not yet published**: not in the figures yet.")
            for entry in pending:
                taken = "Taken back: " if entry.state == "rejected" else ""
                st.markdown(f"- {taken}{proposal_text(entry, money.result.currency)}")
        waiting = waiting_entries(decided)
        if waiting:
            st.markdown(f"**{count(len(waiting))} proposed and not decided**; they are in no figure.")
            for entry in waiting:
                st.markdown(f"- {proposal_text(entry, money.result.currency)}")


def figure_frame(money: Money, ledger: Ledger) -> pd.DataFrame:
    """One row per figure that the result used. ``version`` is empty where the ledger does not state it."""
    held = held_versions(ledger, money.quarter)
    rows = []
    for figure in money.result.figures:
        entry = held.get(figure.label)
        rows.append(
            [
                text.figure_name(figure.label),
                *text.ends_of(figure),
                figure.unit.replace("currency", money.result.currency),
                figure.grade,
                figure.source,
                figure.owner,
                entry.version if entry else None,
                entry.values.valid_from if entry else None,
                ", ".join(PARAMETERS[figure.key.partition(":")[0]].lines),
            ]
        )
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.assign(version=frame["version"].astype("Int64"))


def _title(frame: pd.DataFrame) -> str:
    own = int((frame["source"] == DEFAULT_SOURCE).sum())
    if not len(frame):
        return "No figure is in use yet"
    if own:
        return f"{count(own)} of {count(len(frame))} figures are defaults that nobody has confirmed"
    return f"Somebody answers for each of the {count(len(frame))} figures"


def proposal_text(entry: Entry, currency: str) -> str:
    """``Salary: 80,000 / 82,000 / 85,000 EUR/year, from 1 Jan 2026 (finance)``"""
    values = entry.values
    name = entry.key if entry.scope_id == "*" else f"{entry.key} of {entry.scope_id}"
    low, likely, high = (text.value_of(end) for end in (values.low, values.likely, values.high))
    since, unit = day_text(values.valid_from), values.unit.replace("currency", currency)
    what, who = plain(text.figure_name(name)), plain(values.owner)
    return f"{what}: {low} / {likely} / {high} {unit}, from {since} ({who})"
