"""When a source is asked: `every: 1h`, or `schedule:` with a cron line, always in UTC.

A local zone would run a job twice in one night of the year and not at all in another. A weekday is named,
for a number means another day here (Monday is 0) than in a crontab (Sunday is 0).
"""

import re
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

_EVERY = re.compile(r"(?P<number>[1-9]\d*)(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def interval(text: str) -> timedelta:
    """The time that ``15m``, ``6h`` or ``1d`` stands for.

    Raises
    ------
    ValueError : it is not written so.
    """
    match = _EVERY.fullmatch(text)
    if match is None:
        raise ValueError("should be a whole number of minutes, hours or days, such as 15m, 6h or 1d")
    return timedelta(**{_UNITS[match["unit"]]: int(match["number"])})


def cron(text: str) -> CronTrigger:
    """The times that five fields of a crontab stand for: minute, hour, day, month, weekday.

    Raises
    ------
    ValueError : there are other than five, one is wrong, or a weekday is a number.
    """
    fields = text.split()
    if len(fields) != 5:
        raise ValueError("should have five fields: minute, hour, day, month and weekday, such as 30 5 * * *")
    if re.search(r"\d", fields[4]):
        raise ValueError("should name weekdays (mon, tue-fri), since their numbers mean several things")
    try:
        return CronTrigger.from_crontab(text, timezone=UTC)
    except ValueError as error:
        raise ValueError(f"is no cron line: {error}") from error


def trigger_of(every: str | None, schedule: str | None) -> BaseTrigger | None:
    """The trigger of a source; ``None`` where it is not asked by itself."""
    if schedule:
        return cron(schedule)
    return IntervalTrigger(seconds=int(interval(every).total_seconds()), timezone=UTC) if every else None


def first_run(trigger: BaseTrigger, last_success: datetime | None, now: datetime) -> datetime:
    """When to run first after a start: at once if a time was missed since the last success."""
    if last_success is None:
        return now
    if isinstance(trigger, IntervalTrigger):
        length: timedelta = trigger.interval
        return max(last_success + length, now)
    missed: datetime | None = trigger.get_next_fire_time(None, last_success)
    if missed is not None and missed <= now:
        return now
    following: datetime | None = trigger.get_next_fire_time(None, now)
    return following or now
