"""Arrow columns from numpy arrays, without a Python object per cell."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
HOUR, DAY = 3600, 86_400
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], dtype="S2").view(np.uint16)


def times(seconds: Ints, unknown: Bools | None = None) -> pa.Array:
    """Epoch seconds as timestamps in UTC; ``unknown`` ones are null."""
    return pa.array(seconds, mask=unknown).cast(pa.timestamp("s", "UTC"))


def words(codes: Ints, values: list[str], unknown: Bools | None = None) -> pa.Array:
    """Words by their position in ``values``, stored once each."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=unknown), pa.array(values))


def numbered(prefix: pa.Array, numbers: Ints, separator: str = "-") -> pa.Array:
    """Identifiers such as ``checkout-17``."""
    text = prefix.dictionary_decode() if pa.types.is_dictionary(prefix.type) else prefix
    return pc.binary_join_element_wise(text, pa.array(numbers).cast(pa.string()), separator)


def shas(rng: np.random.Generator, n: int) -> pa.Array:
    """``n`` random commit hashes of 40 hexadecimal digits."""
    digits = _HEX[rng.integers(0, 256, (n, 20), dtype=np.uint8)]
    offsets = np.arange(0, 40 * n + 1, 40, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(digits)))


def lognormal_seconds(rng: np.random.Generator, n: int, median_hours: float, spread: float) -> Ints:
    """Durations in seconds with this median, at most 30 days."""
    hours = median_hours * np.exp(spread * rng.standard_normal(n))
    return (np.minimum(hours, 30 * 24) * HOUR).astype(np.int64)


def rising(values: Ints, group: Ints) -> Ints:
    """The values pushed up where needed so that they rise by at least 1 within each group.

    ``group`` is sorted; rows of one group stand together.
    """
    apart = group * np.int64(10**11) - np.arange(len(values))
    result: Ints = np.maximum.accumulate(values + apart) - apart
    return result


def place_in_group(counts: Ints) -> tuple[Ints, Ints]:
    """For rows that stand together by group: the group of each row and its place within it, from 0."""
    group: Ints = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return group, np.arange(len(group)) - first[group]


def shares(weights: Floats, total: int) -> Ints:
    """Whole numbers in proportion to the weights that add up to ``total``, by largest remainder."""
    exact = weights / weights.sum() * total
    parts: Ints = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - int(parts.sum())]] += 1
    return parts


def table(**columns: Any) -> pa.Table:
    """A table of these columns, in this order."""
    return pa.table(columns)
