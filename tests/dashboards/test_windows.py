"""Windows: half-open, named, and compared with the one before."""

from datetime import date

from dashboards.words.windows import (
    TWELVE_MONTHS,
    context_start,
    custom_window,
    default_name,
    quarter_label,
    quarter_start,
    quarter_windows,
    twelve_months,
)

TODAY = date(2026, 11, 24)


def test_the_running_quarter_ends_today_and_is_compared_with_the_whole_one_before() -> None:
    window = quarter_windows(TODAY, date(2026, 2, 1), 1)["Q4-2026"]
    assert (window.start, window.end, window.label) == (
        date(2026, 10, 1),
        date(2026, 11, 25),
        "Q4 2026 to date",
    )
    assert (window.previous_start, window.previous_end) == (date(2026, 7, 1), date(2026, 10, 1))


def test_quarters_go_back_to_the_first_known_day() -> None:
    assert list(quarter_windows(TODAY, date(2026, 2, 1), 1)) == ["Q4-2026", "Q3-2026", "Q2-2026", "Q1-2026"]


def test_a_financial_year_bears_the_year_in_which_it_ends() -> None:
    assert quarter_start(TODAY, 2) == date(2026, 11, 1)
    assert quarter_label(date(2026, 11, 1), 2) == "Q4 FY 2027"
    assert quarter_label(date(2026, 1, 1), 1) == "Q1 2026"


def test_twelve_months_are_compared_with_the_twelve_before() -> None:
    window = twelve_months(TODAY)
    assert (window.previous_start, window.start, window.end) == (
        date(2024, 11, 25),
        date(2025, 11, 25),
        date(2026, 11, 25),
    )


def test_a_leap_day_has_a_month_before_it() -> None:
    assert twelve_months(date(2028, 2, 28)).start == date(2027, 2, 28)


def test_a_custom_period_includes_its_last_day() -> None:
    window = custom_window(date(2026, 3, 1), date(2026, 3, 10))
    assert (window.previous_start, window.end) == (date(2026, 2, 19), date(2026, 3, 11))
    assert window.label == "1 Mar 2026 to 10 Mar 2026"


def test_the_default_needs_something_to_compare_with() -> None:
    def default(first_day: date, today: date = TODAY) -> str:
        windows = {**quarter_windows(today, first_day, 1), TWELVE_MONTHS: twelve_months(today)}
        return default_name(windows, today, first_day)

    assert default(date(2024, 11, 1)) == TWELVE_MONTHS
    assert default(date(2026, 1, 1)) == "Q4-2026"
    # Five days into a quarter the one before says more.
    assert default(date(2026, 1, 1), date(2026, 10, 5)) == "Q3-2026"


def test_a_trend_begins_with_a_quarter_a_year_before_the_end() -> None:
    window = quarter_windows(TODAY, date(2026, 2, 1), 1)["Q4-2026"]
    assert context_start(window, 1) == date(2025, 10, 1)
