"""CSV that a spreadsheet opens without harm: UTF-8, comma, `.` decimals, ISO dates, empty for unknown.

A text that begins like a formula is prefixed with ``'``, so that opening a file runs nothing.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_SIGNIFICANT = 12


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A header and rows, each line ended by a line feed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def cell(value: Any) -> str:
    """A value as it stands in the file; ``None`` and NaN are empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal | np.number):
        return number_cell(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in a CSV file")


def number_cell(value: float | Decimal | np.number[Any]) -> str:
    """A number without exponent and thousands separator; a float with 12 significant digits.

    Raises
    ------
    ValueError : it is infinite, for which a spreadsheet has no number.
    """
    if isinstance(value, Decimal):
        return format(value, "f")
    number = float(value)
    if np.isnan(number):
        return ""
    if np.isinf(number):
        raise ValueError("an infinite number has no form in a CSV file")
    plain = format(Decimal(f"{number:.{_SIGNIFICANT}g}"), "f")
    return "0" if plain == "-0" else plain


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_DANGEROUS) else text
