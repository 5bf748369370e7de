"""A survey export as rows of text with their lines: comma, semicolon or tab, UTF-8 or UTF-16.

Survey tools quote line breaks, end a file with a byte order mark or begin it with one, and a download that
was cut off ends inside a row. Such a file is refused as a whole.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.files.blocks import NOT_UTF8
from collectors.survey.problems import Problem, SurveyError

_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and the line it begins on, from 1."""

    line: int
    cells: tuple[str, ...]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file that are not blank, the header first.

    Raises
    ------
    SurveyError : not text, cut off, or a row that is longer or shorter than the header.
    """
    text = _text(path)
    rows = list(_rows(path, text, _delimiter(text)))
    if not rows:
        raise SurveyError(path, [Problem(1, "", "the file is empty: export it again")])
    width = len(rows[0].cells)
    ragged = [Problem(row.line, "", _ragged(row, width)) for row in rows if len(row.cells) != width]
    if ragged:
        raise SurveyError(path, ragged)
    return rows


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read ({error.strerror}). Give this user the right to read it"
        raise SurveyError(path, [Problem(1, "", reason)]) from error
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SurveyError(path, [Problem(line, "", NOT_UTF8)]) from None


def _delimiter(text: str) -> str:
    """The separator that occurs most in the first line outside of quotes."""
    first = text.split("\n", 1)[0]
    bare = "".join(part for i, part in enumerate(first.split('"')) if i % 2 == 0)
    return max(_DELIMITERS, key=bare.count)


def _rows(path: Path, text: str, delimiter: str) -> Iterator[Row]:
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    try:
        for cells in reader:
            if any(cells):
                yield Row(line, tuple(cell.strip() for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        reason = f"ends or breaks inside a quoted cell ({error}): export the file again, and copy it whole"
        raise SurveyError(path, [Problem(line, "", reason)]) from None


def _ragged(row: Row, width: int) -> str:
    return (
        f"the row has {len(row.cells)} cells and the header {width}: the file was cut off or edited; export "
        "it again"
    )


def column(rows: Sequence[Row], index: int) -> list[str]:
    """The cells of one column."""
    return [row.cells[index] for row in rows]
