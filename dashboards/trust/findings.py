"""Panels of what is wrong with the data: checks, items that could not be read, names; and how much it is."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.tables import local_times, show
from dashboards.questions.sources import Look, names
from dashboards.trust.behind import (
    PICK,
    Behind,
    check_rows,
    picked,
    size_rows,
    skipped_rows,
    unmapped_rows,
)
from dashboards.trust.sources import checks_finding, source_name
from dashboards.words.values import count, counted, percent_text
from warehouse.mentions import Disputed, Unmapped

_NAME_COLUMNS = ["source", "kind", "name", "largest share", "rows", "where", "rules point to"]


def checks_panel(facts: Facts, found: Look) -> Behind | None:
    """Data checks that found something, and the sample of the one that the reader picks."""
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
                    "check": frame["check_name"],
                }
            )
            event = show(table, "Checks that found rows", key="checks", **PICK)
            download(frame, facts, "checks")
            row = picked(event, len(frame))
            return None if row is None else check_rows(frame.iloc[row])
    return None


def skipped_panel(facts: Facts, found: Look) -> Behind | None:
    """Items that could not be read, by reason; those of the reason that the reader picks."""
    frame = found.skipped
    total = int(frame["n_items"].sum()) if len(frame) else 0
    title = f"{counted(total, 'item', 'items')} could not be read" if total else "Every item could be read"
    if found.sources.empty:
        title = "No item has been read yet"
    with panel(
        title,
        "One that cannot be read is kept; `payoff replay` reads it again after a correction.",
    ):
        if total:
            table = pd.DataFrame(
                {
                    "source": frame["source"].map(source_name),
                    "data": frame["resource"],
                    "items": frame["n_items"],
                    "why": frame["reason"],
                    "for example": frame["example"],
                    "last seen": local_times(frame["last_at"], facts),
                }
            )
            event = show(table, "Items that could not be read, by reason", key="skipped", **PICK)
            download(frame, facts, "not-read")
            row = picked(event, len(frame))
            return None if row is None else skipped_rows(facts, frame.iloc[row])
    return None


def names_panel(facts: Facts, view: View) -> Behind | None:
    """Names that mean no known service or team, and those explained differently; the rows of one."""
    found = names(facts)
    if found is None:
        with panel("Unmapped names are not known", "This snapshot is of an older version."):
            st.caption("Run `payoff collect` to publish it again.")
        return None
    items = [item for item in found.unmapped if not view.sources or item.source in view.sources]
    frame = pd.DataFrame([_name_row(item) for item in items], columns=_NAME_COLUMNS)
    with panel(
        _names_finding(frame, len(found.disputed), is_seen=bool(view.n_services)),
        "Rows under an unmapped name belong to nobody; what matters most first. See `payoff mapping`.",
    ):
        if len(frame):
            event = show(frame, "Unmapped names by how much they matter", most=9, key="unmapped", **PICK)
            download(frame, facts, "unmapped")
        _disputed(facts, found.disputed)
    row = picked(event, len(frame)) if len(frame) else None
    return None if row is None else unmapped_rows(facts, items[row])


def _disputed(facts: Facts, disputed: Sequence[Disputed]) -> None:
    """Names about which rules or sources do not agree, with what each says."""
    if not disputed:
        return
    frame = pd.DataFrame(
        [(item.outside_id, item.kind, "; ".join(item.says)) for item in disputed],
        columns=["name", "kind", "what is said of it"],
    )
    st.markdown(":orange[:material/warning:] **Disputed names**")
    show(frame, "Names that rules or sources explain differently")
    download(frame, facts, "disputed")


def _names_finding(frame: pd.DataFrame, n_disputed: int, *, is_seen: bool) -> str:
    disputed = f"; {count(n_disputed)} disputed" if n_disputed else ""
    if frame.empty and not is_seen:
        return "No name has been seen yet"
    if frame.empty:
        return f"Every name means a known service, team or queue{disputed}"
    first = frame.iloc[0]
    return (
        f"{counted(len(frame), 'name means', 'names mean')} no known service, team or queue{disputed}; "
        f"{first['name']} alone has {percent_text(first['largest share'], 0)} of a table's rows"
    )


def _name_row(item: Unmapped) -> tuple[object, ...]:
    where = ", ".join(f"{count(n)} {table.replace('_', ' ')}" for table, n in item.by_table.items())
    points_to = " ".join(item.points_to)
    return item.source, item.kind, item.outside_id, item.share, item.n_rows, where, points_to


def sizes_panel(facts: Facts, found: Look) -> Behind | None:
    """How much each source fills of the warehouse; the tables of the one that the reader picks."""
    frame = found.sizes
    if frame.empty:
        return None
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
        shown = table.dropna(axis="columns", how="all")
        event = show(shown, "Rows and raw bodies by source", key="sizes", **PICK)
        download(frame, facts, "sizes")
    row = picked(event, len(frame))
    return None if row is None else size_rows(facts, frame.iloc[row])
