"""The ledger as rows: what `payoff ledger` prints, and what it reads back from a spreadsheet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from metrics.errors import MetricError
from metrics.roi.assumptions import DEFAULT_SOURCE
from metrics.roi.parameters import PARAMETERS, Parameter
from service.errors import UsageError
from service.ledger.writing import draft
from service.sheets import day_in, number_in, rows_in
from warehouse.coverage import EVERYTHING
from warehouse.ledger import Entry, Ledger, Values

VALUE_COLUMNS = tuple(field.name for field in fields(Values))
COLUMNS = (
    *("key", "scope_id", "version", "state", "is_in_force", "is_pending"),
    *VALUE_COLUMNS,
    *("decided_by", "decided_at", "note"),
)
DEFAULT, NOT_SET = "default", "not_set"
_NUMBERS = ("low", "likely", "high")
_REQUIRED = ("key", "likely")


def rows_in_force(ledger: Ledger, day: date) -> Iterator[dict[str, Any]]:
    """One row per figure of the model: what holds on the day, else its default, else that it is not set.

    Figures with an action, a line or a team of their own follow the plain one; proposals follow what holds.
    """
    held = ledger.in_force(day)
    for name, parameter in PARAMETERS.items():
        names = sorted({key for key in ledger.by_name if key[0].split(":")[0] == name})
        if (name, EVERYTHING) not in held:
            yield _unstated(parameter)
        for key in names:
            yield from _rows_of(ledger, key, held.get(key))


def _rows_of(ledger: Ledger, key: tuple[str, str], held: Entry | None) -> Iterator[dict[str, Any]]:
    if held is not None:
        yield entry_row(held, is_in_force=True)
    for entry in ledger.versions(*key):
        if entry.state == "proposed":
            yield entry_row(entry, is_in_force=False)


def entry_row(entry: Entry, *, is_in_force: bool) -> dict[str, Any]:
    """An entry by column."""
    own = {name: getattr(entry, name) for name in COLUMNS if hasattr(entry, name)}
    values = {name: getattr(entry.values, name) for name in VALUE_COLUMNS}
    return own | values | {"is_in_force": is_in_force}


def _unstated(parameter: Parameter) -> dict[str, Any]:
    low, likely, high = parameter.default or (None, None, None)
    return {
        **dict.fromkeys(COLUMNS),
        "key": parameter.name,
        "scope_id": EVERYTHING,
        "state": NOT_SET if parameter.default is None else DEFAULT,
        "is_in_force": parameter.default is not None,
        "is_pending": False,
        "low": low,
        "likely": likely,
        "high": high,
        "unit": parameter.unit,
        "source": None if parameter.default is None else DEFAULT_SOURCE,
        "grade": None if parameter.default is None else "assumed",
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """A version that a file asks for."""

    key: str
    scope_id: str
    values: Values
    note: str | None


def wanted_in(path: Path, ledger: Ledger, check: Callable[[str], None]) -> list[Wanted]:
    """The versions that a CSV file brings, without those that hold already and rows without a figure.

    ``check`` raises a `UsageError` for a scope that does not exist.

    Raises
    ------
    UsageError : with every fault of the file, each with its line; nothing of it may then be used.
    """
    wanted, faults = [], []
    for line, row in rows_in(path, _REQUIRED, "payoff ledger export"):
        try:
            found = _wanted(row, ledger)
            check(found.scope_id if found else EVERYTHING)
        except (MetricError, UsageError, ValueError) as error:
            faults.append(f"line {line}: {error}")
            continue
        if found is not None:
            wanted.append(found)
    doubled = _doubled(wanted)
    if doubled:
        faults.append(f"{doubled} comes twice")
    if faults:
        raise UsageError(f"{path}: nothing was imported. " + " ".join(faults))
    return wanted


def _wanted(row: Mapping[str, str], ledger: Ledger) -> Wanted | None:
    if not row["likely"] or row.get("state") == DEFAULT:
        return None
    key, scope_id = row["key"], row.get("scope_id") or EVERYTHING
    given = {name: _value(name, row.get(name, "")) for name in VALUE_COLUMNS}
    values = draft(ledger, key, scope_id, given)
    held = ledger.in_force(date.max).get((key, scope_id))
    return (
        None
        if held is not None and held.values == values
        else Wanted(key, scope_id, values, row.get("note") or None)
    )


def _value(name: str, text: str) -> Any:
    if not text:
        return None
    if name in _NUMBERS:
        return number_in(name, text)
    if name == "valid_from":
        return day_in(name, text)
    return text


def _doubled(wanted: Sequence[Wanted]) -> str:
    seen: set[tuple[str, str, date]] = set()
    for one in wanted:
        key = (one.key, one.scope_id, one.values.valid_from)
        if key in seen:
            return f"{one.key} of {one.scope_id} from {one.values.valid_from} on"
        seen.add(key)
    return ""


def changed_rows(before: Ledger, after: Ledger, first: date, second: date) -> Iterator[dict[str, Any]]:
    """What differs between what held on a day and what holds on another, one row per figure."""
    old, new = before.in_force(first), after.in_force(second)
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        if (was and was.values) != (now and now.values):
            yield {
                "key": key[0],
                "scope_id": key[1],
                **_side("old", was),
                **_side("new", now),
            }


def _side(name: str, entry: Entry | None) -> dict[str, Any]:
    columns = ("version", *_NUMBERS, "unit", "valid_from", "source")
    found = entry_row(entry, is_in_force=True) if entry else {}
    return {f"{name}_{column}": found.get(column) for column in columns}
