"""The rows behind a line of a table on the data: what a reader picks opens, with links and as a file."""

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.tables import show
from dashboards.words.values import count, counted
from warehouse.mentions import Unmapped

_SHOWN, _MOST = 500, 100_000
_NAMING = {"service": "service_id", "team": "team_id", "queue": "queue"}
_NOT_SPOKEN_FOR = {"queue": "AND team_id IS NULL AND service_id IS NULL"}
_TABLES = "SELECT table_name FROM duckdb_tables()"
_SKIPPED = """
SELECT source, resource, scope_id, item, reason, skipped_at FROM skipped_items
WHERE source = $source AND resource = $resource AND reason = $reason ORDER BY skipped_at DESC, item
"""
_SCOPES = """
SELECT source, resource, scope_id, from_at, to_at FROM coverage
WHERE source = $source AND resource = $resource ORDER BY scope_id, from_at
"""
_SIZES = """
SELECT source, table_name, n_rows FROM source_rows WHERE source = $source ORDER BY n_rows DESC, table_name
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a line; ``words`` say of what, ``name`` names the file, ``note`` what is missing."""

    words: str
    rows: pd.DataFrame
    name: tuple[str, ...]
    note: str = field(default="")


PICK: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"}
"""What a table is told so that a reader can pick a row of it."""


def picked(event: Any, n_rows: int) -> int | None:
    """The row that the reader chose in a table, or ``None``."""
    rows = event["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < n_rows else None


def behind_panel(facts: Facts, behind: Behind | None) -> None:
    """What was picked, in full width, with links where its rows have them."""
    if behind is None:
        return
    rows = behind.rows
    more = f" The first {count(_SHOWN)} are shown; the file has all." if len(rows) > _SHOWN else ""
    with panel(
        f"{counted(len(rows), 'row', 'rows')} behind {behind.words}",
        f"As they are stored; times in UTC.{more}{behind.note and ' ' + behind.note}",
    ):
        if rows.empty:
            return
        show(
            rows.head(_SHOWN).dropna(axis="columns", how="all"),
            f"Rows behind {behind.words}",
            most=10,
            columns={"url": st.column_config.LinkColumn("Source", display_text="open", width="small")},
        )
        download(rows, facts, *behind.name, "rows", label="All rows as CSV")


def left_out_rows(facts: Facts, view: View, line: pd.Series) -> Behind:
    """The rows that a key leaves out for one reason."""
    name, role = str(line["name"]), str(line["role"])
    start, end = view.window.start, view.window.end
    rows = facts.evidence(name, start, end, by="organisation", where=view.where)
    return Behind(f"{line['figure']}, left out {line['reason']}", rows[rows["role"] == role], (name, role))


def check_rows(line: pd.Series) -> Behind:
    """The sample that a check kept; the rows themselves stay in the warehouse."""
    try:
        rows = pd.DataFrame(json.loads(str(line["sample"])))
    except ValueError:
        rows = pd.DataFrame({"sample": [line["sample"]]})
    note = f"A check keeps a sample: {count(len(rows))} of {count(line['n_offending'])}."
    return Behind(str(line["check_name"]), rows, ("check", str(line["check_name"])), note)


def skipped_rows(facts: Facts, line: pd.Series) -> Behind:
    """The items that could not be read for one reason."""
    asked = {name: line[name] for name in ("source", "resource", "reason")}
    words = f"{line['resource']} of {line['source']}: {line['reason']}"
    return Behind(
        words, facts.rows(_SKIPPED, asked), ("not-read", str(line["source"]), str(line["resource"]))
    )


def scope_rows(facts: Facts, line: pd.Series) -> Behind:
    """For which time each scope of a kind of data is known."""
    asked = {name: line[name] for name in ("source", "resource")}
    words = f"{str(line['resource']).replace('_', ' ')} of {line['source']}, known by scope"
    return Behind(words, facts.rows(_SCOPES, asked), ("scopes", str(line["source"]), str(line["resource"])))


def size_rows(facts: Facts, line: pd.Series) -> Behind:
    """How many rows of each table a source fills."""
    source = str(line["source"])
    return Behind(f"{source}, by table", facts.rows(_SIZES, {"source": source}), ("sizes", source))


def unmapped_rows(facts: Facts, item: Unmapped) -> Behind:
    """The rows under a name that means nothing known, of those tables that are published."""
    published = set(facts.rows(_TABLES)["table_name"])
    tables = [table for table in item.by_table if table in published]
    asked = {"source": item.source, "name": item.outside_id}
    frames = [
        facts.rows(
            f"SELECT '{table}' AS data, * FROM \"{table}\" "
            f"WHERE source = $source AND {_NAMING[item.kind]} = $name {_NOT_SPOKEN_FOR.get(item.kind, '')} "
            f"LIMIT {_MOST}",
            asked,
        )
        for table in tables
    ]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    hidden = sorted(set(item.by_table) - published)
    note = f"Rows of {', '.join(hidden)} are not published." if hidden else ""
    return Behind(
        f"{item.kind} {item.outside_id} of {item.source}", rows, ("unmapped", item.outside_id), note
    )
