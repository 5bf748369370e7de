"""The rows behind a line of the money: those that its formula counts, of the quarter and of the baseline."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import pandas as pd

from metrics.evidence import evidence
from metrics.quarters import Quarter
from metrics.roi.config import Config
from metrics.roi.facts import rows
from metrics.roi.spans import Window
from metrics.scope import Snapshot, fetch

Rows = Callable[[Snapshot, Window], pd.DataFrame]


def line_evidence(snapshot: Snapshot, line_id: str, quarter: Quarter, baseline: Window) -> pd.DataFrame:
    """The rows behind a line.

    Returns
    -------
    when (quarter or baseline; the latter only for lines that compare), then identifiers, times and amounts
    as the source has them, with ``url`` where it has one. Times are UTC.

    Raises
    ------
    KeyError : the model has no such line.
    """
    found, compares = _BEHIND[line_id]
    windows = {"quarter": Window(quarter.start, quarter.end)}
    if compares and baseline.end <= quarter.start:
        windows["baseline"] = baseline
    frames = [found(snapshot, window).assign(when=when) for when, window in windows.items()]
    frame = pd.concat([each for each in frames if len(each)] or frames[:1], ignore_index=True)
    return frame[["when", *(column for column in frame.columns if column != "when")]]


def _query(name: str, **bound: Any) -> Rows:
    sql = files("metrics.roi.behind").joinpath(f"{name}.sql").read_text()
    return lambda snapshot, window: fetch(snapshot, sql, {"start": window.start, "end": window.end} | bound)


def _inputs(*lines: str) -> Rows:
    return _query("inputs", lines=list(lines))


def _changes(snapshot: Snapshot, window: Window) -> pd.DataFrame:
    frame = evidence("change_lead_time", snapshot, window.start, window.end, by="organisation")
    return frame[frame["role"] == "counted"].drop(columns=["scope_id", "period_start", "role"])


def _infrastructure(snapshot: Snapshot, window: Window) -> pd.DataFrame:
    """Its invoices, or else the charges that stand in for them."""
    invoices = _inputs("platform_infrastructure_invoice")(snapshot, window)
    return invoices if len(invoices) else _query("charges")(snapshot, window)


def _adopters(snapshot: Snapshot, window: Window) -> pd.DataFrame:
    """Teams that had adopted the golden path by the window's end, with the month."""
    share = Config(**snapshot.settings.get("roi", {})).golden_path_share
    frame = rows(snapshot, "adopters", {"golden_path_share": share})
    return frame[frame["adopted_on"] < window.end].sort_values(["adopted_on", "team_id"], ignore_index=True)


_BEHIND: Mapping[str, tuple[Rows, bool]] = {
    "B1": (_query("runs"), False),
    "B1w": (_query("runs"), False),
    "B2": (_query("how_to_tickets"), True),
    "B3": (_changes, True),
    "B4": (_query("failures"), True),
    "B4m": (_query("failures"), True),
    "B4r": (_query("incidents"), True),
    "B5": (_inputs("hires"), False),
    "B6": (_query("charges"), True),
    "B7": (_inputs("retired_tool_licences"), True),
    "C1": (_inputs("platform_team_staff"), False),
    "C2": (_infrastructure, False),
    "C3": (_inputs("platform_licences"), False),
    "C4": (_inputs("training_hours", "migration_hours"), False),
    "C5": (_adopters, False),
}
"""By line: its rows, and whether it compares with the baseline."""
