"""Figures that people and finance supply as rows: hires, staff, licences, invoices, training hours.

Which days a row is for stands in `metrics.roi.spans`. A line may be split by what follows a colon:
``platform_team_staff:sre``.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from metrics.roi.assumptions import Assumption
from metrics.roi.facts import QuarterFacts
from metrics.roi.lines import UNALLOCATED
from metrics.roi.parameters import PARAMETERS
from metrics.roi.spans import Window
from metrics.roi.terms import UnknownQuantityError
from metrics.uncertainty import Floats


def rows_of(facts: QuarterFacts, line: str, window: Window) -> pd.DataFrame:
    """The line's rows that touch the window: team_id, quantity, value, ``share`` of the row's days that lie
    in it, and ``covered``, the share of the window's days that the row covers.

    Raises
    ------
    UnknownQuantityError : there is none.
    """
    frame = facts.facts.inputs_in(window)
    frame = frame[frame["name"] == line]
    if frame.empty:
        raise UnknownQuantityError(f"no input `{line}` for {window}")
    team = frame["scope_id"].where(frame["scope_id"].isin(facts.scopes), UNALLOCATED)
    return frame.assign(team_id=team)


def quantities(facts: QuarterFacts, line: str) -> tuple[Floats, Floats]:
    """Quantities per scope, and the share of the quarter that rows cover.

    Raises
    ------
    UnknownQuantityError : there is no row.
    """
    frame = rows_of(facts, line, facts.window)
    frame = frame.assign(counted=frame["quantity"].astype(float) * frame["share"])
    return facts.sums(frame, "counted"), _covered(facts, frame)


def amounts(facts: QuarterFacts, line: str, window: Window) -> tuple[Floats, Floats]:
    """Money of the window per scope, quantity times value, and the share of the window that rows cover.

    Raises
    ------
    UnknownQuantityError : there is no row, or one has no value.
    """
    frame = rows_of(facts, line, window)
    if frame["value"].isna().any() or frame["quantity"].isna().any():
        raise UnknownQuantityError(f"an input `{line}` has no quantity or no value")
    frame = frame.assign(counted=frame["quantity"] * frame["value"] * frame["share"])
    return facts.sums(frame, "counted"), _covered(facts, frame)


def _covered(facts: QuarterFacts, frame: pd.DataFrame) -> Floats:
    parts = frame.groupby(["team_id", "line_id"], as_index=False)["covered"].sum()
    best = parts.groupby("team_id", as_index=False)["covered"].max()
    return np.minimum(facts.sums(best, "covered"), 1.0)


def stated_by_inputs(facts: QuarterFacts) -> tuple[Assumption, ...]:
    """Rows that give a figure of the model, as constants: the mean over roles and days.

    The figure is the row's ``value``, weighted by ``quantity``; where there is no value, the quantity itself.

    Raises
    ------
    AssumptionError : a figure is out of its bounds.
    """
    frame = facts.facts.inputs_in(facts.window)
    frame = frame[frame["name"].isin(PARAMETERS.keys())]
    takes_suffix = frame["name"].map(lambda name: PARAMETERS[name].suffix != "none").astype(bool)
    key = frame["line_id"].where(takes_suffix, frame["name"])
    scope = frame["scope_id"].where(frame["scope_id"].notna() & (frame["scope_id"] != "*"), "")
    has_value = frame["value"].notna()
    frame = frame.assign(
        key=key,
        scope=scope,
        figure=frame["value"].where(has_value, frame["quantity"]),
        weight=frame["covered"] * frame["quantity"].where(has_value & (frame["quantity"] > 0), 1.0),
    )
    return tuple(
        _assumption(str(key), str(scope), rows)
        for (key, scope), rows in frame[frame["figure"].notna()].groupby(["key", "scope"])
    )


def _assumption(key: str, scope: str, rows: pd.DataFrame) -> Assumption:
    value = float(np.average(rows["figure"], weights=rows["weight"]))
    return Assumption(
        key,
        value,
        value,
        value,
        unit=PARAMETERS[key.partition(":")[0]].unit,
        source="inputs",
        owner=_joined(rows["owner"]),
        valid_from=_first_day(rows["from_on"]),
        scope_id=scope or None,
        grade="measured",
    )


def _joined(texts: pd.Series) -> str:
    return ", ".join(sorted({str(text) for text in texts.dropna()}))


def _first_day(days: Any) -> date | None:
    known = [day for day in days if day is not None and not pd.isna(day)]
    return min(known) if known else None
