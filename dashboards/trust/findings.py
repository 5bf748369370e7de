"""Panels of what is wrong with the data: checks, items that could not be read, names; and how much it is."""

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.tables import local_times, show
from dashboards.trust.sources import Look, checks_finding, counted, names
from dashboards.words.values import count, percent_text
from warehouse.mentions import Unmapped

_NAME_COLUMNS = ["source", "kind", "name", "largest share", "rows", "where", "rules point to"]


def checks_panel(facts: Facts, found: Look) -> None:
    """Data checks that found something, each with an example."""
    frame = found.checks
    with panel(
        checks_finding(found), "Checked at publication; rows that a failing check finds are never published."
    ):
        if len(frame):
            table = pd.DataFrame(
                {
                    "severity": frame["severity"],
                    "finding": frame["message"],
                    "rows": frame["n_offending"],
                    "for example": frame["sample"],
                    "check": frame["check_name"],
                }
            )
            show(table, "Checks that found rows")
            download(frame, facts, "checks")


def skipped_panel(facts: Facts, found: Look) -> None:
    """Items that could not be read, by reason."""
    frame = found.skipped
    total = int(frame["n_items"].sum()) if len(frame) else 0
    title = f"{counted(total, 'item', 'items')} could not be read" if total else "Every item could be read"
    with panel(title, "They are kept and counted; payoff replay reads them again after a correction."):
        if total:
            table = pd.DataFrame(
                {
                    "source": frame["source"],
                    "data": frame["resource"],
                    "items": frame["n_items"],
                    "why": frame["reason"],
                    "for example": frame["example"],
                    "last seen": local_times(frame["last_at"], facts),
                }
            )
            show(table, "Items that could not be read, by reason")
            download(frame, facts, "not-read")


def names_panel(facts: Facts) -> None:
    """Names of sources that mean no known service or team, and those that two rules explain differently."""
    found = names(facts)
    if found is None:
        with panel("Unmapped names are not known", "This snapshot is of an older version."):
            st.caption("Run `payoff collect` to publish it again.")
        return
    frame = pd.DataFrame([_name_row(item) for item in found.unmapped], columns=_NAME_COLUMNS)
    with panel(
        _names_finding(frame, len(found.disputed)),
        "Rows under an unmapped name belong to nobody; what matters most first. See payoff mapping.",
    ):
        if len(frame):
            show(frame, "Unmapped names by how much they matter", most=9)
            download(frame, facts, "unmapped")
        for item in found.disputed:
            st.markdown(
                f":orange[:material/warning:] **{item.outside_id}** ({item.kind}): {'; '.join(item.says)}"
            )


def _names_finding(frame: pd.DataFrame, n_disputed: int) -> str:
    disputed = f"; {count(n_disputed)} disputed" if n_disputed else ""
    if frame.empty:
        return f"Every name means a known service, team or queue{disputed}"
    first = frame.iloc[0]
    return (
        f"{counted(len(frame), 'name means', 'names mean')} no known service, team or queue{disputed}; "
        f"{first['name']} takes {percent_text(first['largest share'], 0)} of a table along"
    )


def _name_row(item: Unmapped) -> tuple[object, ...]:
    where = ", ".join(f"{count(n)} {table.replace('_', ' ')}" for table, n in item.by_table.items())
    points_to = " ".join(item.points_to)
    return item.source, item.kind, item.outside_id, item.share, item.n_rows, where, points_to


def sizes_panel(facts: Facts, found: Look) -> None:
    """How much each source fills of the warehouse."""
    frame = found.sizes
    if frame.empty:
        return
    total = float(frame["n_rows"].sum())
    with panel(
        f"The warehouse holds {counted(total, 'row', 'rows')} of {counted(len(frame), 'source', 'sources')}",
        "Rows of all tables; raw bodies are kept compressed and expire by age.",
    ):
        table = pd.DataFrame(
            {
                "source": frame["source"],
                "rows": frame["n_rows"],
                "largest table": frame["largest_table"].str.replace("_", " "),
                "raw bodies": frame["n_bodies"],
                "MB of bodies": frame["megabytes"],
                "oldest body": local_times(frame["oldest_at"], facts),
            }
        )
        show(table.dropna(axis="columns", how="all"), "Rows and raw bodies by source")
        download(frame, facts, "sizes")
