"""Random numbers, instants and rows of the demo world.

Every quantity draws from a stream of its own and the events of a day follow those of the day before, so
a world that ends later begins with exactly the rows of one that ends earlier. Instants are whole seconds
since 1970 (UTC) in ``int64``; ``NEVER`` is an instant beyond any end. A world is generated some weeks
past its end and then *seen* from the end: what lies behind it is unknown, not zero.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.records import Field, Record, arrow_schema, fields_of

Array = NDArray[Any]
Seconds = NDArray[np.int64]

HOUR = 3600
DAY = 24 * HOUR
MONTH = int(30.4375 * DAY)
NEVER = np.int64(2**40)


@dataclass(frozen=True, slots=True)
class Draws:
    """Independent random streams under one seed; a stream's name is used once per world."""

    seed: int

    def __call__(self, name: str) -> np.random.Generator:
        """The generator of the stream ``name``."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


@dataclass(frozen=True, slots=True)
class Window:
    """The world's time: history from ``warm_up``, collected from ``start``, seen at ``end``.

    ``horizon`` lies behind the end, so that work begun before the end and finished after it exists.
    """

    start: int
    end: int

    @classmethod
    def between(cls, started_on: date, end_on: date) -> "Window":
        """From 00:00 UTC of the first date to 00:00 UTC of the second."""
        return cls(instant(started_on), instant(end_on))

    @property
    def warm_up(self) -> int:
        return self.start - 60 * DAY

    @property
    def horizon(self) -> int:
        return self.end + 60 * DAY

    def days(self) -> Seconds:
        """Midnights from the warm-up to the horizon."""
        return np.arange(self.warm_up, self.horizon, DAY, dtype=np.int64)

    def months(self) -> Seconds:
        """First instants of the calendar months from the start to the end."""
        first = np.datetime64(self.start, "s").astype("datetime64[M]")
        last = np.datetime64(self.end, "s").astype("datetime64[M]")
        months = np.arange(first, last + 1)
        return months.astype("datetime64[s]").astype(np.int64)

    def quarters(self) -> Seconds:
        """First instants of the calendar quarters from the one of the start to the end."""
        months = np.datetime64(self.start, "s").astype("datetime64[M]").astype(int)
        last = np.datetime64(self.end, "s").astype("datetime64[M]").astype(int)
        quarters = np.arange(months - months % 3, last + 3, 3).astype("datetime64[M]")
        return quarters.astype("datetime64[s]").astype(np.int64)


def instant(on: date) -> int:
    """Seconds since 1970 at 00:00 UTC of a date."""
    return int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())


def activity(midnights: Seconds) -> NDArray[np.float64]:
    """How busy each day is, 1 on a plain working day; weekends and holidays are quiet."""
    days = midnights.astype("datetime64[s]").astype("datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7
    of_year = np.char.array(np.datetime_as_string(days)).astype("U10")
    month_day = np.array([text[5:] for text in of_year])
    holiday = np.isin(month_day, ["01-01", "05-01"]) | (month_day >= "12-24")
    return np.where(holiday, 0.08, np.where(weekday >= 5, 0.05, 1.0))


def office_seconds(rng: np.random.Generator, n: int) -> Seconds:
    """Seconds after midnight of ``n`` events of a working day, most between 9 and 17 o'clock UTC."""
    return np.clip(rng.normal(13 * HOUR, 2.4 * HOUR, n), 7 * HOUR, 20 * HOUR).astype(np.int64)


def numbered(rng: np.random.Generator, numbers: Array, columns: int = 1) -> NDArray[np.float64]:
    """Uniform draws that belong to numbers, whatever other numbers there are; shape (n, columns)."""
    return np.asarray(rng.random((int(numbers.max(initial=0)) + 1, columns))[numbers])


def seconds(hours: Array) -> Seconds:
    """Hours as whole seconds."""
    return np.asarray(np.rint(np.asarray(hours) * HOUR), dtype=np.int64)


def labels(prefix: str, numbers: Array, width: int = 0) -> Array:
    """Identifiers: the prefix and each number, padded to ``width``."""
    return np.array([f"{prefix}{int(n):0{width}d}" for n in numbers], dtype=object)


def where_known(condition: Array, values: Array | bool | str) -> Array:
    """The values where the condition holds, elsewhere unknown (``None``)."""
    known = np.full(condition.shape, None, dtype=object)
    known[condition] = np.broadcast_to(np.asarray(values, dtype=object), condition.shape)[condition]
    return known


def month_starts(months: Array) -> Seconds:
    """First instants of months given as ``datetime64[M]``."""
    return np.asarray(months.astype("datetime64[s]").astype(np.int64))


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one record class before they are seen from an end.

    ``columns`` holds instants for times, ``datetime64[D]`` for dates; ``born`` is when a row first
    exists; ``known_at`` says of a column from which instant on it is known (before that it is null).
    """

    record: type[Record]
    columns: Mapping[str, Array]
    born: Seconds
    known_at: Mapping[str, Seconds] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A table as it is at the end of the world, and when each of its rows last changed, in that order."""

    table: pa.Table
    touched: Seconds

    def between(self, low: int, high: int) -> pa.Table:
        """The rows that last changed in ``[low, high)``."""
        first, last = np.searchsorted(self.touched, [low, high])
        return self.table.slice(int(first), int(last - first))


def seen_at(rows: Rows, end: int) -> Seen:
    """The rows that exist before ``end``, with what is known of them before ``end``."""
    keep = np.flatnonzero(rows.born < end)
    touched = rows.born[keep].copy()
    for column in fields_of(rows.record):
        for times in _instants(rows, column):
            known = times[keep]
            touched = np.maximum(touched, np.where(known < end, known, touched))
    order = np.argsort(touched, kind="stable")
    keep = keep[order]
    arrays = [_arrow(rows, column, keep, end) for column in fields_of(rows.record)]
    return Seen(pa.Table.from_arrays(arrays, schema=arrow_schema(rows.record)), touched[order])


def _instants(rows: Rows, column: Field) -> Sequence[Seconds]:
    times = [rows.known_at[column.name]] if column.name in rows.known_at else []
    if column.type in (datetime, date) and column.name in rows.columns:
        times.append(_as_seconds(rows.columns[column.name]))
    return times


def _as_seconds(values: Array) -> Seconds:
    if values.dtype.kind != "M":
        return values.astype(np.int64)
    missing = np.isnat(values)
    return np.where(missing, NEVER, values.astype("datetime64[s]").astype(np.int64))


def _arrow(rows: Rows, column: Field, keep: Array, end: int) -> pa.Array:
    kind = arrow_schema(rows.record).field(column.name).type
    if column.name not in rows.columns:
        return pa.nulls(len(keep), kind)
    unknown = np.zeros(len(keep), dtype=bool)
    for times in _instants(rows, column):
        unknown |= times[keep] >= end
    values = rows.columns[column.name][keep]
    if column.type is datetime:
        values = np.where(unknown, 0, values).astype("datetime64[s]").astype("datetime64[us]")
    if values.dtype == object:
        unknown |= np.array([value is None for value in values], dtype=bool)
    if column.type is float:
        values = values.astype(np.float64)
        unknown |= np.isnan(values)
    return pa.array(values, kind, mask=unknown)
