"""Rows that come back from a spreadsheet: a CSV file read by column, its numbers and days checked."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from dashboards.words.spreadsheet import unguarded
from service.errors import UsageError


def rows_in(path: Path, required: Sequence[str], export: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a CSV file with the number of their line; cells without spaces around them.

    ``export`` is the command that shows the form.

    Raises
    ------
    UsageError : a required column is missing, or the file is no text.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            reader = csv.DictReader(file)
            missing = [name for name in required if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"{path}: has no column {', '.join(missing)}; `{export}` shows the form.")
            for row in reader:
                cells = {
                    name: unguarded((text or "").strip()) for name, text in row.items() if name is not None
                }
                yield reader.line_num, cells
        except (UnicodeDecodeError, csv.Error) as error:
            raise UsageError(
                f"{path}: is no CSV file in UTF-8 ({error}); `{export}` shows the form."
            ) from error


def number_in(name: str, text: str) -> float:
    """The number in a cell.

    Raises
    ------
    ValueError : it is none; the message names the column.
    """
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(
            f"{name} {text!r} is no number; write it without separators, such as 1234.5."
        ) from error


def day_in(name: str, text: str) -> date:
    """The day in a cell.

    Raises
    ------
    ValueError : it is none; the message names the column.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{name} {text!r} is no day; write it as YYYY-MM-DD.") from error
