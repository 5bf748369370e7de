"""The goals that stand, judged by the figures of today and against the scope's own past.

A goal is judged over the `WINDOW_DAYS` local days up to today, or up to its last day once that is over, so
that a verdict does not change with what a reader looks at.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from metrics.catalog import CATALOG
from metrics.compute import compute
from metrics.goals.goal import JudgedGoal, Reading, operator_of, progress_of, verdict_on
from metrics.ground import day_of
from metrics.scope import Filter, Snapshot
from metrics.whole import whole
from warehouse.goals import Goals, Held, ScopeType, scope_parts

WINDOW_DAYS = 90
_FIGURE = ("value", "low", "high", "n", "status", "is_stale")
_SAID = ("verdict", "progress", "warning")
Window = tuple[date, date]
Cell = tuple[str, ScopeType, Window, str]


def goals_in(snapshot: Snapshot) -> Goals:
    """The goals that a snapshot was published with."""
    return Goals.published(snapshot.sql)


def judged_goals(
    snapshot: Snapshot, goals: Goals, *, on: date | None = None, scopes: Iterable[str] | None = None
) -> tuple[JudgedGoal, ...]:
    """The goals that stand, each with its verdict, by metric and scope.

    Parameters
    ----------
    on : the local day at whose end goals and figures are looked at. Default: the snapshot's newest, with
        every goal that has been set by now.
    scopes : only those of these scopes, as `warehouse.goals.scope_name` writes them.
    """
    zone = ZoneInfo(str(snapshot.settings.get("reporting_zone", "UTC")))
    today = day_of(snapshot)
    held = goals.held(None if on is None else _end_of(on, zone))
    wanted = None if scopes is None else set(scopes)
    chosen = [each for (_, scope), each in held.items() if wanted is None or scope in wanted]
    stated = [_stated(each, min(on or today, today), zone) for each in chosen]
    return tuple(_judged(goal) for goal in _measured(snapshot, stated))


def goal_frame(judged: Iterable[JudgedGoal]) -> pd.DataFrame:
    """One row per goal: metric, scope_type, scope_id, target, unit, operator, due_on, is_over, owner, note,
    version, since, decided_by, is_pending, window_start, window_end (the day after the last), value, low,
    high (95 %), n, status, is_stale, the same figures ``…_before`` it was set, verdict, progress, warning.
    """
    rows = [_row(goal) for goal in judged]
    return pd.DataFrame(rows, columns=list(_row(_NOTHING)))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC).replace(tzinfo=None) - timedelta(microseconds=1)


def _stated(held: Held, today: date, zone: ZoneInfo) -> JudgedGoal:
    """The goal with its two windows, which are still to be measured."""
    entry, aim = held.entry, held.entry.values
    scope_type, scope_id = scope_parts(entry.scope_id)
    since = held.since.replace(tzinfo=UTC).astimezone(zone).date()
    end = min(today, aim.due_on) + timedelta(days=1)
    began = min(since, today)
    days = timedelta(days=WINDOW_DAYS)
    return JudgedGoal(
        metric=entry.key,
        scope_type=scope_type,
        scope_id=scope_id,
        target=aim.target,
        unit=aim.unit,
        operator=operator_of(CATALOG[entry.key]) if entry.key in CATALOG else "at most",
        due_on=aim.due_on,
        is_over=aim.due_on < today,
        owner=aim.owner,
        note=entry.note or "",
        version=entry.version,
        since=since,
        decided_by=entry.decided_by,
        is_pending=entry.is_pending,
        now=Reading(end - days, end),
        before=Reading(began - days, began),
        warning=_changed_meaning(entry.key, aim.metric_version),
    )


def _changed_meaning(name: str, version: int) -> str:
    if name not in CATALOG:
        return f"There is no metric {name} any more; withdraw the goal."
    if CATALOG[name].version != version:
        return f"{name} has had another meaning since version {CATALOG[name].version}; set the goal again."
    return ""


def _measured(snapshot: Snapshot, stated: list[JudgedGoal]) -> Iterator[JudgedGoal]:
    """The goals with both readings; what shares metric, kind of scope and window is computed at once."""
    asked = {
        (g.metric, g.scope_type, (r.start, r.end), g.scope_id) for g in stated for r in (g.now, g.before)
    }
    found: dict[Cell, Reading] = {}
    for (name, kind, window), cells in groupby(sorted(asked), key=lambda cell: cell[:3]):
        if name in CATALOG and kind in CATALOG[name].by:
            ids = [cell[3] for cell in cells]
            found |= {(name, kind, window, i): r for i, r in _readings(snapshot, name, kind, window, ids)}
    for goal in stated:
        now, before = (
            found.get((goal.metric, goal.scope_type, (r.start, r.end), goal.scope_id), r)
            for r in (goal.now, goal.before)
        )
        yield replace(goal, now=now, before=before)


def _readings(
    snapshot: Snapshot, name: str, kind: ScopeType, window: Window, ids: list[str]
) -> Iterator[tuple[str, Reading]]:
    narrowed = {f"{kind}s": tuple(ids)} if kind != "organisation" and CATALOG[name].takes(f"{kind}s") else {}
    where = Filter(**narrowed)
    frame = whole(
        snapshot,
        ("goal", name, window, kind, where),
        lambda: compute(name, snapshot, *window, by=kind, where=where),
    )
    for row in frame.to_dict("records"):
        scope_id = ids[0] if kind == "organisation" else str(row["scope_id"])
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        n, status, is_stale = int(row["n"]), str(row["status"]), bool(row["is_stale"])
        yield scope_id, Reading(*window, value, low, high, n, status, is_stale)


def _judged(goal: JudgedGoal) -> JudgedGoal:
    if goal.metric not in CATALOG:
        return goal
    better = CATALOG[goal.metric].better
    warning = goal.warning
    if not warning and verdict_on(better, goal.target, goal.before) == "met":
        warning = "It was met already when it was set, so the target lets the figure get worse."
    return replace(
        goal,
        verdict=verdict_on(better, goal.target, goal.now),
        progress=progress_of(better, goal.now, goal.before),
        warning=warning,
    )


def _row(goal: JudgedGoal) -> dict[str, Any]:
    lead = {key: value for key, value in asdict(goal).items() if key not in ("now", "before", *_SAID)}
    window = {"window_start": goal.now.start, "window_end": goal.now.end}
    now = {name: getattr(goal.now, name) for name in _FIGURE}
    before = {f"{name}_before": getattr(goal.before, name) for name in _FIGURE}
    said = {name: getattr(goal, name) for name in _SAID}
    return lead | window | now | before | said


_NOTHING = JudgedGoal(
    metric="",
    scope_type="organisation",
    scope_id="",
    target=math.nan,
    unit="",
    operator="at most",
    due_on=date.min,
    is_over=False,
    owner="",
    note="",
    version=0,
    since=date.min,
    decided_by="",
    is_pending=False,
    now=Reading(date.min, date.min),
    before=Reading(date.min, date.min),
)
