"""Quarters by name, with calendar and financial years."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import ParameterError
from metrics.quarters import quarter_named, quarter_of

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 12)


def test_a_calendar_quarter_is_half_open() -> None:
    quarter = quarter_named("2026-Q3")
    assert (quarter.start, quarter.end) == (date(2026, 7, 1), date(2026, 10, 1))
    assert (quarter.last_day, quarter.previous.name) == (date(2026, 9, 30), "2026-Q2")


@pytest.mark.parametrize(
    ("name", "month", "start"),
    [
        ("FY2027-Q1", 4, date(2026, 4, 1)),  # April 2026 to March 2027 is the year 2027
        ("FY2027-Q4", 4, date(2027, 1, 1)),
        ("fy2027-q1", 10, date(2026, 10, 1)),
        ("FY2027-Q2", 2, date(2026, 5, 1)),
        ("FY2026-Q4", 12, date(2026, 9, 1)),
    ],
)
def test_a_financial_year_bears_the_year_in_which_it_ends(name: str, month: int, start: date) -> None:
    assert quarter_named(name, month).start == start


@pytest.mark.parametrize(
    ("name", "month", "said"),
    [
        ("2026-Q5", 1, "'2026-Q5' is no quarter; write it like 2026-Q3."),
        ("Q3 2026", 4, "write it like FY2027-Q1"),
        ("2026-Q3", 4, "begins in month 4"),
        ("FY2026-Q3", 1, "is ambiguous"),
        ("0001-Q1", 1, "outside of the years"),
    ],
)
def test_what_is_no_quarter_of_this_year_is_refused(name: str, month: int, said: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(said)):
        quarter_named(name, month)


@given(DAYS, MONTHS)
def test_every_day_lies_in_just_one_quarter_that_its_name_gives_back(day: date, month: int) -> None:
    quarter = quarter_of(day, month)
    assert quarter.start <= day < quarter.end
    assert quarter_named(quarter.name, month) == quarter
    assert quarter.previous.end == quarter.start
