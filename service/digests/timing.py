"""When a digest is due: once after its period, and while it is still news."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import get_args

from dashboards.digest.period import Cadence, Period, last_period
from service.configuration.config import Settings
from service.configuration.schedule import cron
from service.digests.config import DigestChannel

_AT_HOUR = 7
_SETTLED = {"weekly": timedelta(0), "quarterly": timedelta(weeks=1)}
STILL_NEWS = {"weekly": timedelta(days=4), "quarterly": timedelta(days=30)}
"""How long after its time a digest is made up for; what is older is not sent by itself any more."""


@dataclass(frozen=True, slots=True)
class Due:
    """A channel that should have the digest of a period by now."""

    channel: DigestChannel
    period: Period


def due_digests(settings: Settings, now: datetime) -> Iterator[Due]:
    """What should have gone out, whether or not it has: the newest period of each kind, and no older one."""
    organisation = settings.organisation
    today = now.astimezone(organisation.zone).date()
    for cadence in get_args(Cadence):
        period = last_period(cadence, today, organisation.quarter_start_month)
        at = due_at(settings, period)
        if at is not None and at <= now < at + STILL_NEWS[cadence]:
            yield from (Due(c, period) for c in settings.digest.channels if c.gets(cadence))


def due_at(settings: Settings, period: Period) -> datetime | None:
    """The moment, UTC: the first time of the schedule after the period; ``None`` if it has no time."""
    zone, schedule = settings.organisation.zone, settings.digest.schedule(period.cadence)
    if schedule is None:
        day = period.end + _SETTLED[period.cadence]
        return datetime.combine(day, time(_AT_HOUR), zone).astimezone(UTC)
    end = datetime.combine(period.end, time(), zone).astimezone(UTC)
    found: datetime | None = cron(schedule).get_next_fire_time(None, end)
    return found
