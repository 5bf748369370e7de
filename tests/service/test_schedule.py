"""When a source is asked: in UTC, without doubt about weekdays, and at once after a time that was missed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger

from service.configuration.config import load_config
from service.configuration.errors import ConfigError
from service.configuration.schedule import cron, first_run, interval, trigger_of
from tests.service.folders import write_config

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


def times(line: str, n: int, since: datetime = NOW) -> list[str]:
    trigger: CronTrigger = cron(line)
    found, at = [], since
    for _ in range(n):
        at = trigger.get_next_fire_time(None, at + timedelta(seconds=1))
        found.append(f"{at:%a %d %H:%M %Z}")
    return found


def test_weekday_is_the_one_that_is_named() -> None:
    assert times("30 5 * * mon", 2) == ["Mon 09 05:30 UTC", "Mon 16 05:30 UTC"]
    assert times("0 0 * * fri-sat", 2) == ["Fri 06 00:00 UTC", "Sat 07 00:00 UTC"]


def test_no_time_is_doubled_or_left_out_when_clocks_change() -> None:
    """On 29 March 2026 clocks in Berlin went from 02:00 to 03:00."""
    night = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert times("30 1 * * *", 3, night) == ["Sun 29 01:30 UTC", "Mon 30 01:30 UTC", "Tue 31 01:30 UTC"]


@pytest.mark.parametrize(
    "text", ["5 5 * * 1", "5 5 * * 1-5", "5 5 * * */2", "5 5 * *", "61 5 * * *", "@daily"]
)
def test_doubtful_cron_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"weekdays|five fields|no cron line"):
        cron(text)


@pytest.mark.parametrize("text", ["15", "0m", "1.5h", "h", "-1h", "1w"])
def test_doubtful_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        interval(text)


@pytest.mark.parametrize(
    ("every", "schedule", "last_success", "expected"),
    [
        ("1h", None, None, NOW),  # never yet: at once
        ("1h", None, NOW - timedelta(hours=5), NOW),  # four times were missed: once
        ("1h", None, NOW - timedelta(minutes=20), NOW + timedelta(minutes=40)),
        (None, "0 6 * * *", NOW - timedelta(hours=7), NOW),  # 06:00 was missed
        (None, "0 6 * * *", NOW - timedelta(hours=5), NOW + timedelta(hours=18)),
    ],
)
def test_missed_time_is_made_up_for_once(
    every: str | None, schedule: str | None, last_success: datetime | None, expected: datetime
) -> None:
    trigger = trigger_of(every, schedule)
    assert trigger is not None
    assert first_run(trigger, last_success, NOW) == expected


def test_each_kind_has_its_own_default(tmp_path: Path) -> None:
    sources = """
sources:
  - {name: a, kind: files, path: exports}
  - {name: b, kind: files, path: exports, every: 15m}
  - {name: c, kind: files, path: exports, schedule: "0 6 * * mon"}
  - {name: d, kind: demo}
"""
    found = load_config(write_config(tmp_path, sources)).sources
    assert [(s.every, s.schedule) for s in found] == [
        ("1h", None),
        ("15m", None),
        (None, "0 6 * * mon"),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('schedule: "0 6 * * 1"', "name weekdays"),
        ("every: often", "whole number of minutes"),
        ('every: 1h, schedule: "0 6 * * *"', "both `every` and `schedule`"),
    ],
)
def test_configuration_names_what_is_wrong(tmp_path: Path, keys: str, words: str) -> None:
    text = f"sources: [{{name: a, kind: files, path: exports, {keys}}}]\n"
    with pytest.raises(ConfigError, match=words):
        load_config(write_config(tmp_path, text))
