"""What every format of neutral files has in common: a table in a file is read in blocks of columns.

A fast way (Arrow) and an exact way that knows where each row begins. The fast way may refuse a file; the
exact way then says what is wrong with which line. Both give the same cells: text, with an empty cell as
null, or a native column where Parquet has the right type already.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from warehouse.records import Field

BLOCK_ROWS = 100_000
NOT_UTF8 = "is not UTF-8 text: save the file in the encoding UTF-8"


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be cut into cells, or a cell that is not text: where and why."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file. ``lines`` (exact reading only) tells where each row begins, from 1."""

    columns: Mapping[str, pa.Array]
    rows: int
    lines: Sequence[int] = ()
    broken: tuple[Broken, ...] = ()


class TableFile(Protocol):
    """A file of one table.

    ``unit`` is what its places are counted in; ``is_open`` says that columns may appear after the first rows.
    """

    unit: str
    is_open: bool

    def names(self) -> list[str]: ...

    def type_problem(self, name: str, field: Field) -> str | None:
        """Why the column as a whole cannot hold this field; ``None`` if it can."""
        ...

    def fast(self, names: Sequence[str]) -> Iterator[Block]: ...

    def exact(self, names: Sequence[str]) -> Iterator[Block]: ...
