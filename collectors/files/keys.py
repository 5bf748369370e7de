"""Rows of a file that share a key, found in little memory: 8 bytes per row instead of the key itself.

A key that comes twice is no error (an export may list a deployment once per status), but the later row
replaces the earlier one, which loses deployments where numbers are unique per service only. So it is said.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = np.random.default_rng(20_250_701).integers(1, 2**64 - 1, 4096, dtype=np.uint64) | np.uint64(1)


def key_hashes(columns: Iterable[pa.Array]) -> Hashes:
    """A 64-bit number per row that is the same for equal keys and, all but surely, differs for others."""
    total: Hashes | None = None
    for column in columns:
        coded = column.dictionary_encode()
        own = _hashes(coded.dictionary)[coded.indices.fill_null(len(coded.dictionary)).to_numpy()]
        total = own if total is None else _mixed(total * _ODD + own)
    return total if total is not None else np.empty(0, np.uint64)


def n_repeated(parts: Sequence[Hashes]) -> int:
    """How many rows have the key of another row before them."""
    if not parts:
        return 0
    ordered = np.sort(np.concatenate(parts))
    return int(np.count_nonzero(ordered[1:] == ordered[:-1]))


def _hashes(values: pa.Array) -> Hashes:
    """The numbers of the values, and one more for null."""
    text = values if pa.types.is_string(values.type) else values.cast(pa.string())
    lengths = pc.binary_length(text).to_numpy(zero_copy_only=False).astype(np.int64)
    starts = np.cumsum(lengths) - lengths
    place = np.arange(int(lengths.sum())) - np.repeat(starts, lengths)
    weighted = _bytes(text).astype(np.uint64) * _FACTORS[place % len(_FACTORS)]
    sums = np.zeros(len(lengths) + 1, np.uint64)
    filled = np.flatnonzero(lengths)
    if len(filled):
        sums[filled] = np.add.reduceat(weighted, starts[filled])
    sums[:-1] += lengths.astype(np.uint64) * _ODD
    sums[-1] = _FACTORS[0]
    return _mixed(sums)


def _bytes(text: pa.Array) -> npt.NDArray[np.uint8]:
    """The bytes of all texts behind one another."""
    offsets = np.frombuffer(text.buffers()[1], np.int32)[text.offset : text.offset + len(text) + 1]
    data = text.buffers()[2]
    return np.frombuffer(data if data is not None else b"", np.uint8)[offsets[0] : offsets[-1]]


def _mixed(numbers: Hashes) -> Hashes:
    numbers = (numbers ^ (numbers >> np.uint64(32))) * _ODD
    return np.asarray(numbers ^ (numbers >> np.uint64(29)))
