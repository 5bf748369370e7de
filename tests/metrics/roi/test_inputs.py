"""Which share of what people supplied lies in a quarter."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from metrics.roi.spans import Window, input_rows, spans_in

QUARTER = Window(date(2026, 1, 1), date(2026, 4, 1))  # 90 days


def row(
    from_on: date | None, to_on: date | None, quantity: float = 90.0, line: str = "hires"
) -> dict[str, Any]:
    return {
        "line_id": line,
        "scope_id": None,
        "from_on": from_on,
        "to_on": to_on,
        "quantity": 90.0,
        "value": None,
        "owner": None,
    }


def shares(*rows: dict[str, Any]) -> list[tuple[float, float]]:
    return [(span.share, span.covered) for span in spans_in(input_rows(rows), QUARTER)]


def test_a_row_counts_by_the_days_of_it_that_lie_in_the_quarter() -> None:
    # A year of which 90 of 365 days are in the quarter, all of it covered.
    assert shares(row(date(2026, 1, 1), date(2027, 1, 1))) == [(pytest.approx(90 / 365), 1.0)]
    # February: whole, and 28 of 90 days.
    assert shares(row(date(2026, 2, 1), date(2026, 3, 1))) == [(1.0, pytest.approx(28 / 90))]
    assert shares(row(date(2026, 4, 1), date(2026, 7, 1))) == []


def test_quarters_add_up_to_the_year() -> None:
    year = input_rows([row(date(2026, 1, 1), date(2027, 1, 1))])
    starts = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)]
    parts = [span.share for a, b in pairwise(starts) for span in spans_in(year, Window(a, b))]
    assert sum(parts) == pytest.approx(1.0)


def test_an_open_row_is_per_quarter_and_holds_until_the_next_of_its_line_and_scope() -> None:
    # The first holds for 31 of 90 days, the second for the rest; another line ends nothing.
    found = shares(
        row(None, None), row(date(2026, 2, 1), None), row(date(2026, 3, 1), date(2026, 4, 1), line="salary")
    )
    assert found == [
        (pytest.approx(31 / 90), pytest.approx(31 / 90)),
        (pytest.approx(59 / 90), pytest.approx(59 / 90)),
        (1.0, pytest.approx(31 / 90)),
    ]


@pytest.mark.parametrize(
    ("window", "quarters"),
    [
        (Window(date(2026, 1, 1), date(2026, 4, 1)), 1.0),
        (Window(date(2025, 7, 1), date(2026, 1, 1)), 2.0),
        (Window(date(2026, 1, 1), date(2026, 1, 2)), 4 / 365.25),
    ],
)
def test_whole_months_count_alike(window: Window, quarters: float) -> None:
    assert window.quarters == pytest.approx(quarters)
