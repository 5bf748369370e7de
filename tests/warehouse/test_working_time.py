"""Working hours between instants, against a count by hand and against one minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from warehouse.config_requests import Calendar, Tickets
from warehouse.working_time import SLOT_SECONDS, WorkingTime, working_time_table


def hours_between(working: WorkingTime, start: datetime, end: datetime) -> float:
    table = working_time_table(working, start.date(), end.date())
    first = table["slot"][0].as_py()

    def until(at: datetime) -> float:
        row = table.slice(int(at.timestamp()) // SLOT_SECONDS - first, 1).to_pylist()[0]
        inside = at.timestamp() % SLOT_SECONDS / 3600 if row["is_working"] else 0.0
        return float(row["hours_before"]) + inside

    return until(end) - until(start)


def test_a_weekend_between_friday_afternoon_and_monday_morning_is_no_working_time() -> None:
    # Friday 2025-01-03 16:00 to 17:00 is one hour, Monday 9:00 to 10:30 is one and a half.
    start, end = datetime(2025, 1, 3, 16, tzinfo=UTC), datetime(2025, 1, 6, 10, 30, tzinfo=UTC)
    assert hours_between(WorkingTime(), start, end) == 2.5


def test_a_public_holiday_of_a_part_of_the_country_is_no_working_time() -> None:
    # Reformation Day, Friday 2025-10-31, is free in Brandenburg and not in Berlin.
    start, end = datetime(2025, 10, 30, 0, tzinfo=UTC), datetime(2025, 11, 1, 0, tzinfo=UTC)
    assert hours_between(WorkingTime(country="DE", subdivision="BE"), start, end) == 16
    assert hours_between(WorkingTime(country="DE", subdivision="BB"), start, end) == 8


def test_a_day_off_of_the_company_is_no_working_time() -> None:
    start, end = datetime(2025, 1, 6, tzinfo=UTC), datetime(2025, 1, 8, tzinfo=UTC)
    assert hours_between(WorkingTime(days_off=frozenset({date(2025, 1, 7)})), start, end) == 8


def test_around_the_clock_the_spring_night_has_23_hours() -> None:
    working = WorkingTime("Europe/Berlin", frozenset(range(7)), 0, 24 * 60)
    zone = ZoneInfo("Europe/Berlin")
    start, end = datetime(2025, 3, 30, tzinfo=zone), datetime(2025, 3, 31, tzinfo=zone)
    assert hours_between(working, start.astimezone(UTC), end.astimezone(UTC)) == 23


@settings(max_examples=40)
@given(
    st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.integers(0, 300 * 1440),
    st.integers(0, 9 * 1440),
)
def test_working_hours_are_those_of_a_count_minute_by_minute(zone: str, minute: int, length: int) -> None:
    working = WorkingTime(zone, frozenset({0, 2, 5}), 8 * 60 + 30, 17 * 60 + 15)
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    end = start + timedelta(minutes=length)
    local = [(start + timedelta(minutes=i)).astimezone(ZoneInfo(zone)) for i in range(length)]
    inside = [
        m.weekday() in (0, 2, 5) and 8 * 60 + 30 <= m.hour * 60 + m.minute < 17 * 60 + 15 for m in local
    ]
    assert hours_between(working, start, end) == pytest.approx(np.sum(inside) / 60)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"hours": "17:00-09:00"}, "the earlier first"),
        ({"hours": "9-17"}, "such as 09:00-17:00"),
        ({"hours": "09:10-17:00"}, "quarter hours"),
        ({"country": "XX"}, "no holidays are known for XX"),
        ({"country": "DE", "subdivision": "QQ"}, "no holidays are known for DE-QQ"),
        ({"subdivision": "BE"}, "needs `country`"),
        ({"zone": "Berlin"}, "no time zone"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_a_remedy(written: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Calendar(**written)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("In Progress", "working"),
        ("OPEN", "waiting"),
        ("Waiting for customer", "waiting"),
        ("Canceled", "done"),
        ("Awaiting moon", None),
        ("reopened soon", None),
    ],
)
def test_a_status_means_what_the_lists_say_and_else_nothing(status: str, meaning: str | None) -> None:
    assert Tickets().reading.meaning(status) == meaning
