"""Columns of text to columns of values, with the rules of the neutral format.

Whole columns are converted at once; only a column that Arrow refuses is looked at cell by cell, which
either finds the reason or accepts what Arrow is too strict for (a time with nanoseconds).
"""

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.records import Field

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}(?::\d{2}(?::\d{2})?)?)(?:(?<=:\d\d:\d\d)[.,](\d{1,9}))?"
    r"(Z|z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d{1,18})(\.0+)?", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that breaks a rule: its row in the block, what it holds and what to write instead."""

    row: int
    value: str
    reason: str


class CellError(ValueError):
    """One cell breaks a rule; ``str()`` is the reason and the remedy."""


def time_of(text: str) -> datetime:
    """The instant of an ISO 8601 time with a zone, in UTC without a zone, cut to microseconds."""
    parts = _TIME.fullmatch(text)
    if parts is None and _DATE.fullmatch(text):
        raise CellError("is a date, not a time: write the time of day and the zone, 2025-07-01T09:00:00Z")
    if parts is None:
        raise CellError("is not an ISO 8601 time: write it as 2025-07-01T09:00:00Z or with an offset")
    day, clock, fraction, zone = parts.groups()
    if zone is None:
        raise CellError("has no time zone: append Z for UTC or an offset such as +02:00")
    return _instant(day, clock, (fraction or "")[:6].ljust(6, "0"), zone)


def _instant(day: str, clock: str, micros: str, zone: str) -> datetime:
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2] or 0), int(digits[2:] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    try:
        if hours > 23 or minutes > 59:
            raise ValueError("offset")
        local = datetime.fromisoformat(f"{day}T{clock}").replace(microsecond=int(micros))
        return local - offset
    except (ValueError, OverflowError):
        raise CellError("is not a time that exists: check the day, the hour and the offset") from None


def date_of(text: str) -> date:
    """The calendar day written as 2025-07-01."""
    if not _DATE.fullmatch(text):
        raise CellError("is not a date: write it as 2025-07-01, without a time")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CellError("is not a day that exists: check month and day") from None


def number_of(text: str) -> float:
    """The finite number, with a point as decimal sign and no thousands separator."""
    if not _NUMBER.fullmatch(text):
        raise CellError(
            "is not a number: write digits with a decimal point, no currency, no thousands separator"
        )
    value = float(text)
    if not math.isfinite(value):
        raise CellError("is too large for a number: check its unit")
    return value


def whole_of(text: str) -> int:
    """The whole number (``12.0`` is 12, as spreadsheets and data frames write it)."""
    parts = _WHOLE.fullmatch(text)
    if parts is None:
        raise CellError("is not a whole number: write digits only")
    return int(parts[1])


def boolean_of(text: str) -> bool:
    """True for ``true`` or ``1``, false for ``false`` or ``0``, in any case of letters."""
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise CellError("is not a truth value: write true, false, 1 or 0")
    return value


def _word_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def word_of(text: str) -> str:
        if text in choices:
            return text
        near = difflib.get_close_matches(text.lower(), choices, n=1, cutoff=0.7)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise CellError(f"is unknown here: write one of {', '.join(choices)}{hint}")

    return word_of


_PARSERS: Mapping[type, Callable[[str], Any]] = {
    datetime: time_of,
    date: date_of,
    float: number_of,
    int: whole_of,
    bool: boolean_of,
    str: str,
}


def parser(field: Field) -> Callable[[str], Any]:
    """The function that reads one cell of this column; it raises `CellError`."""
    return _word_of(field.choices) if field.choices else _PARSERS[field.type]


def convert(values: pa.Array, field: Field, target: pa.DataType) -> tuple[pa.Array, tuple[BadCell, ...]]:
    """The column as ``target`` and the cells that break a rule (they are null in the column).

    Parameters
    ----------
    values : text (empty is null), or a native column that `collectors.files.parquet` let through.
    """
    array = _at_once(values, field, target)
    if array is None:
        return _one_by_one(values, field, target)
    if field.required and array.null_count:
        return array, tuple(_empty(row) for row in pc.indices_nonzero(array.is_null()).to_pylist())
    return array, ()


def _empty(row: int) -> BadCell:
    return BadCell(row, "", "is required and empty: give its value or remove the row")


def _at_once(values: pa.Array, field: Field, target: pa.DataType) -> pa.Array | None:
    """The converted column, or ``None`` where a cell needs a closer look."""
    if field.choices and not _all(pc.is_in(values, value_set=pa.array(field.choices)), values):
        return None
    if field.type is int and pa.types.is_string(values.type) and not _decimal_digits(values):
        return None
    if field.type is bool and pa.types.is_integer(values.type):  # Arrow alone would read 2 as true
        return None
    try:
        array = values.cast(pa.timestamp("us", "UTC"), safe=False) if field.type is datetime else values
        array = array.cast(target)
    except pa.ArrowInvalid:
        return None
    return array if _in_range(array, field) else None


def _all(holds: pa.Array, values: pa.Array) -> bool:
    """Whether the condition holds for every cell that is not empty."""
    return bool(pc.all(pc.or_kleene(holds, values.is_null())).as_py() is not False)


def _decimal_digits(values: pa.Array) -> bool:
    """Whether all cells are plain whole numbers; Arrow alone would read 0x10 as 16."""
    return _all(pc.match_substring_regex(values, "^-?[0-9]{1,18}$"), values)


def _in_range(array: pa.Array, field: Field) -> bool:
    if field.type is float:
        return _all(pc.is_finite(array), array)
    if field.type is datetime:
        low, high = (pa.scalar(t.replace(tzinfo=None), array.type) for t in (_EARLIEST, _LATEST))
        return _all(pc.and_(pc.greater(array, low), pc.less(array, high)), array)
    return True


def _one_by_one(values: pa.Array, field: Field, target: pa.DataType) -> tuple[pa.Array, tuple[BadCell, ...]]:
    read, bad, out = parser(field), [], []
    for row, cell in enumerate(values.to_pylist()):
        value, text = None, "" if cell is None else str(cell)
        try:
            value = read(text) if text else None
        except CellError as error:
            bad.append(BadCell(row, text, str(error)))
        if not text and field.required:
            bad.append(_empty(row))
        out.append(value)
    return pa.array(out, target), tuple(bad)
