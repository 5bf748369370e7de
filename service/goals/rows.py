"""Goals as rows: what `payoff goals` prints, and what it reads back from a spreadsheet."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from service.errors import UsageError
from service.goals.writing import GoalError, due_day, number_of
from service.sheets import rows_in
from warehouse.coverage import EVERYTHING
from warehouse.goals import Entry, Goals, Held, Wish

COLUMNS = ("metric", "scope", "target", "unit", "due_on", "owner", "note")
HISTORY = (
    *("metric", "scope", "version", "state", "target", "unit", "due_on", "owner"),
    *("decided_by", "decided_at", "note", "is_pending", "stands"),
)
_REQUIRED = ("metric", "target", "due_on", "owner")


def goal_rows(goals: Goals) -> Iterator[dict[str, Any]]:
    """The goals that stand, in the columns that `wishes_in` reads."""
    return (_row(held.entry) for held in goals.held().values())


def history_rows(goals: Goals, metric: str | None, scope: str | None) -> Iterator[dict[str, Any]]:
    """Every decision, by metric and scope, the oldest first."""
    held = goals.held()
    for (key, where), entries in goals.by_name.items():
        if metric in (None, key) and scope in (None, where):
            yield from (_row(entry) | _fate(entry, held.get((key, where))) for entry in entries)


def _row(entry: Entry) -> dict[str, Any]:
    aim = entry.values
    return {
        "metric": entry.key,
        "scope": entry.scope_id,
        "target": aim.target,
        "unit": aim.unit,
        "due_on": aim.due_on,
        "owner": aim.owner,
        "note": entry.note,
    }


def _fate(entry: Entry, held: Held | None) -> dict[str, Any]:
    names = ("version", "state", "decided_by", "decided_at", "is_pending")
    return {name: getattr(entry, name) for name in names} | {
        "stands": held is not None and held.entry is entry
    }


def wishes_in(path: Path, month: int, check: Callable[[Wish], object]) -> list[Wish]:
    """The goals that a CSV file asks for. ``month`` is the first of the financial year.

    ``check`` raises `GoalError` for a wish that cannot be.

    Raises
    ------
    UsageError : with every fault of the file, each with line and column; nothing of it may then be used.
    """
    wishes, faults = [], []
    seen: dict[tuple[str, str], int] = {}
    for line, row in rows_in(path, _REQUIRED, "payoff goals export"):
        try:
            wish = _wish(row, month)
            check(wish)
            if (wish.metric, wish.scope) in seen:
                earlier = seen[wish.metric, wish.scope]
                raise GoalError("metric", f"{wish.metric} of {wish.scope} stands in line {earlier} already.")
        except GoalError as error:
            faults.append(f"line {line}, column {error.field}: {error.reason}")
            continue
        seen[wish.metric, wish.scope] = line
        wishes.append(wish)
    if faults:
        raise UsageError(f"{path}: nothing was imported. " + " ".join(faults))
    return wishes


def _wish(row: Mapping[str, str], month: int) -> Wish:
    for name in _REQUIRED:
        if not row[name]:
            raise GoalError(name, "is empty.")
    due_on: date = due_day(row["due_on"], month)
    target = number_of(row["target"])
    scope = row.get("scope") or EVERYTHING
    return Wish(row["metric"], scope, target, due_on, row["owner"], row.get("note") or None)
