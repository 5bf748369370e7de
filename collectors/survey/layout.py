"""What every format of survey exports comes down to: header rows, columns, and who answered when."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from collectors.survey.table import Row

_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its place, the code the tool gives it, and the words that were shown to people.

    ``code`` stays when a question is worded anew; ``wording`` is empty where the export does not hold it.
    """

    index: int
    code: str
    wording: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What the configuration may call it."""
        return tuple(dict.fromkeys(name for name in (self.code, self.wording) if name))

    @property
    def name(self) -> str:
        """Its name, as `items` and `ignore` take it."""
        return self.code or self.wording

    @property
    def title(self) -> str:
        """The same, short enough for a list of columns."""
        return self.name if len(self.name) <= 60 else f"{self.name[:40]}…{self.name[-17:]}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one file.

    Parameters
    ----------
    format : name of the format, for messages.
    header_rows : rows before the first response.
    columns : every column of the file.
    technical : places of columns that the tool adds by itself (progress, duration, tags); not read.
    response_id, responded_at : places of those columns; ``response_id`` is ``None`` where there is none.
    zone : the zone of the times, where the file says it.
    left_out : why a response does not count (a preview, not finished); empty where it counts.
    """

    format: str
    header_rows: int
    columns: tuple[Column, ...]
    technical: frozenset[int]
    response_id: int | None
    responded_at: int
    zone: tzinfo | None = None
    left_out: Callable[[Sequence[str]], str] = lambda cells: ""


Reader = Callable[[Sequence[Row]], Layout | None]
"""The layout of a file of this format; ``None`` where the file is of another one."""


def place(names: Sequence[str], *wanted: str) -> int | None:
    """The place of the first of ``wanted`` among the names of columns, whatever their case."""
    folded = [name.casefold() for name in names]
    return next((folded.index(name.casefold()) for name in wanted if name.casefold() in folded), None)


def places(names: Sequence[str], *wanted: str) -> frozenset[int]:
    """The places of all columns with one of these names."""
    folded = {name.casefold() for name in wanted}
    return frozenset(i for i, name in enumerate(names) if name.casefold() in folded)


def plain(text: str) -> str:
    """The words of a question without markup and with single spaces."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
