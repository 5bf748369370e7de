"""Frames as CSV files: safe to open in a spreadsheet, and marked when they are simulated."""

import pandas as pd

from dashboards.words.simulated import marked, marked_name
from dashboards.words.spreadsheet import guarded


def csv_bytes(frame: pd.DataFrame, *, is_simulated: bool) -> bytes:
    """UTF-8, comma, decimal point, ISO dates; empty is unknown.

    A text that a spreadsheet would take for a formula gets a leading ``'``. Simulated figures say so in a
    column of their own, so that the mark stays with every row.
    """
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype == object or pd.api.types.is_string_dtype(safe[column]):
            safe[column] = safe[column].map(_harmless)
    return marked(safe, is_simulated=is_simulated).to_csv(index=False, lineterminator="\n").encode()


def _harmless(cell: object) -> object:
    return guarded(cell) if isinstance(cell, str) else cell


def file_name(*parts: object, is_simulated: bool) -> str:
    """``payoff_change_lead_time_by_team_2026-10-01_2026-11-24.csv``"""
    stem = "_".join(["payoff", *(str(part).replace(" ", "-") for part in parts)])
    return f"{marked_name(stem, is_simulated=is_simulated)}.csv"
