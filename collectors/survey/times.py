"""When somebody answered, as survey tools write it: with a zone, in a known zone, or in the local order."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

Order = Literal["ymd", "dmy", "mdy"]
_TIME = re.compile(
    r"(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?"
)


class TimeError(ValueError):
    """A text that is no time, or not enough of one; ``str()`` says what to do."""


def order_of(texts: Sequence[str], configured: Order | None) -> Order:
    """The order of day, month and year that all times of a file share.

    Raises
    ------
    TimeError : both orders are possible; the configuration must say which.
    """
    if configured:
        return configured
    parts = [found.group("a", "b") for text in texts if (found := _TIME.fullmatch(text))]
    if all(len(first) == 4 for first, _ in parts):
        return "ymd"
    if any(len(first) <= 2 and int(first) > 12 for first, _ in parts):
        return "dmy"
    if any(int(second) > 12 for _, second in parts):
        return "mdy"
    raise TimeError(
        "day and month cannot be told apart in any time of this file: set `date_order` to dmy or mdy"
    )


def instant(text: str, order: Order, zone: tzinfo | None) -> datetime:
    """The instant in UTC.

    Raises
    ------
    TimeError : no time, a time that does not exist, or no zone anywhere.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise TimeError("is not a time with date and clock: export the times as 2026-03-01 14:05:00")
    own = _zone(found["zone"]) if found["zone"] else zone
    if own is None:
        raise TimeError("has no time zone, and the file names none: set `zone`, such as Europe/Berlin")
    try:
        return _local(found, order, own).astimezone(UTC)
    except ValueError as error:
        raise TimeError(f"is not a time that exists ({error}): check `date_order`") from None


def _local(found: re.Match[str], order: Order, zone: tzinfo) -> datetime:
    parts = {name: int(found[group]) for name, group in zip(order, "abc", strict=True)}
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
    clock = (hour, int(found["minute"]), int(found["second"] or 0))
    return datetime(parts["y"], parts["m"], parts["d"], *clock, tzinfo=zone)


def _zone(text: str) -> tzinfo:
    digits = re.sub(r"[^\d+-]", "", text)
    if not digits:
        return UTC
    sign, digits = (-1 if digits[0] == "-" else 1), digits[1:]
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))


def named_zone(name: str) -> tzinfo | None:
    """The zone of this name; ``None`` where there is none."""
    try:
        return UTC if name in ("Z", "UTC") else ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None
