"""CSV for spreadsheets: numbers that read back, no formulas, empty for unknown."""

import csv
import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.words.spreadsheet import cell, csv_text, guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-3", "@SUM(A1)", "\tx", "\r=1"])
def test_a_text_that_begins_like_a_formula_is_disarmed_and_reads_back(text: str) -> None:
    assert cell(text) == "'" + text
    assert unguarded(cell(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (math.nan, ""),
        (0.0, "0"),
        (-0.0, "0"),
        (-3.5, "-3.5"),
        (1 / 3, "0.333333333333"),
        (1e-9, "0.000000001"),
        (1234567890123.4, "1234567890120"),
        (Decimal("189000.00"), "189000.00"),
        (2400, "2400"),
        (True, "true"),
        (date(2026, 7, 1), "2026-07-01"),
        (datetime(2026, 10, 2, 8, 0, tzinfo=UTC), "2026-10-02T08:00:00Z"),
        ("payments, EU", "payments, EU"),
    ],
)
def test_a_cell_has_one_form(value: object, text: str) -> None:
    assert cell(value) == text


def test_an_infinite_number_is_an_error_and_not_a_word() -> None:
    with pytest.raises(ValueError, match="infinite"):
        cell(math.inf)


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\x00\r")), min_size=2, max_size=2)))
def test_any_text_reads_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))
    assert [[unguarded(text) for text in row] for row in read[1:]] == [
        [unguarded(guarded(text)) for text in row] for row in rows
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_to_twelve_digits(value: float) -> None:
    assert "e" not in cell(value).lower()
    assert float(cell(value)) == pytest.approx(value, rel=1e-11, abs=0)
