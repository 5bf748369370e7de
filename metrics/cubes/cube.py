"""A cube: what is measured of a metric by one grouping, over several stretches of time, as bytes.

Its rows are ordered by scope and parted into chunks, so that one scope is read without the others.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.cubes.rule import Cut
from metrics.packing import pack, unpack_table
from metrics.scope import Filter, Grouping

ROWS_OF_A_CHUNK = 2_000
# Between a team and an action in the name of their scope; it sorts before whatever a name is made of.
SEPARATOR = "\x1f"
# Where a row lies: in which of the cube's cuts, and in which period of that.
_CUT, _PLACE = "cut", "place"


@dataclass(frozen=True, slots=True)
class Cube:
    """What a snapshot says of a cube: its metric, the cuts in it, and the first scope of each chunk."""

    name: str
    own: tuple[tuple[str, Any], ...]
    by: Grouping
    where: Filter
    cuts: tuple[Cut, ...]
    first_scopes: tuple[str, ...] = ()

    def key(self, chunk: int) -> tuple[Any, ...]:
        """What the bytes of a chunk are kept under."""
        return ("cube", self.name, self.own, self.by, self.where, chunk)

    @property
    def n_chunks(self) -> int:
        """In how many chunks its scopes lie."""
        return len(self.first_scopes)

    def chunk_of(self, scope: str) -> int:
        """The chunk in which a scope lies, if it lies in any."""
        return max(bisect_right(self.first_scopes, scope) - 1, 0)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows of some scopes, with the cut and the place of each."""

    frame: pd.DataFrame
    cuts: NDArray[np.int64]
    places: NDArray[np.int64]
    rows: Mapping[tuple[str, int], tuple[int, int]]

    def of_scope(self, scope: str, cut: int, places: tuple[int, int]) -> pd.DataFrame | None:
        """The rows of one scope in those periods; ``None`` unless each of them is there."""
        first, end = self.rows.get((scope, cut), (0, 0))
        start = first + int(np.searchsorted(self.places[first:end], places[0]))
        stop = start + places[1] - places[0]
        if stop > end or self.places[start] != places[0] or self.places[stop - 1] != places[1] - 1:
            return None
        return self.frame.iloc[start:stop]

    def of_all(self, cut: int, places: tuple[int, int]) -> pd.DataFrame:
        """The rows of all its scopes in those periods."""
        chosen = (self.cuts == cut) & (self.places >= places[0]) & (self.places < places[1])
        rows: pd.DataFrame = self.frame[chosen]
        return rows


def packed(frames: Sequence[pd.DataFrame], labels: Sequence[Sequence[date]]) -> Iterator[tuple[str, bytes]]:
    """The chunks of a cube, each with its first scope; ``labels`` are the periods of each frame's cut."""
    placed = [
        _placed(frame, cut, names) for cut, (frame, names) in enumerate(zip(frames, labels, strict=True))
    ]
    whole = pd.concat(placed, ignore_index=True).sort_values(["scope_id", _CUT, _PLACE], ignore_index=True)
    scopes = whole["scope_id"].to_numpy(dtype=object)
    for first, end in _bounds(np.flatnonzero(_differs(scopes)), len(whole)):
        yield str(scopes[first]), pack(whole.iloc[first:end])


def _placed(frame: pd.DataFrame, cut: int, labels: Sequence[date]) -> pd.DataFrame:
    places = {label: place for place, label in enumerate(labels)}
    marked = frame.copy()
    marked[_CUT] = cut
    marked[_PLACE] = np.array([places[day] for day in frame["period_start"]], dtype="int64")
    return marked


def unpacked(body: bytes) -> Chunk:
    """A chunk again."""
    table = unpack_table(body)
    cuts, places = (table.column(name).to_numpy() for name in (_CUT, _PLACE))
    # Scopes are compared by number: as texts of Python it would take as long as all the rest.
    scopes = table.column("scope_id").combine_chunks().dictionary_encode(null_encoding="encode")
    names, numbers = scopes.dictionary.to_pylist(), scopes.indices.to_numpy()
    edges = np.flatnonzero(_differs(numbers) | _differs(cuts))
    ends = [*edges[1:].tolist(), len(table)]
    rows = {
        (str(names[number]), cut): (first, end)
        for number, cut, first, end in zip(
            numbers[edges].tolist(), cuts[edges].tolist(), edges.tolist(), ends, strict=True
        )
    }
    frame = table.drop_columns([_CUT, _PLACE]).to_pandas(date_as_object=True)
    return Chunk(frame, cuts, places, rows)


def _differs(values: NDArray[Any]) -> NDArray[np.bool_]:
    """True where a row is the first, or not like the one before it."""
    differs = np.ones(len(values), dtype=bool)
    differs[1:] = values[1:] != values[:-1]
    return differs


def _bounds(starts: NDArray[np.int64], n_rows: int) -> Iterator[tuple[int, int]]:
    """Runs of whole scopes with about as many rows each."""
    first = 0
    for start in [*starts[1:].tolist(), n_rows]:
        if start - first >= ROWS_OF_A_CHUNK or (start == n_rows and start > first):
            yield first, start
            first = start
