"""From sightings of one item to its record, whatever the order in which they arrived.

The later one wins field by field, and says nothing about fields it leaves out. A deployment or build that
has ended is not reopened by a late "started"; an incident that was reopened has no end.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from collectors.rest_items import check_record
from collectors.webhook.reading import Sighting
from warehouse.records import Incident, Record, fields_of

# The first of these moments counts, the others are told again by every later event or were repeated.
_EARLIEST = frozenset({"started_at", "detected_at", "queued_at", "opened_at", "first_review_at"})


def folded(sightings: Iterable[Sighting]) -> Record:
    """The record of an item by all that was seen of it.

    Raises
    ------
    ValueError, TypeError : what was seen so far does not make a record: a required field is missing.
    """
    ordered = sorted(sightings, key=_order)
    values: dict[str, Any] = {}
    for sighting in ordered:
        told = {**sighting.key, **sighting.values}
        if "finished_at" in values and values.get("status") == told.get("status"):
            told.pop("finished_at", None)  # an outcome that is recorded again has its first time
        for name, value in told.items():
            if value is not None:
                values[name] = _of_two(name, values.get(name), value)
    record = ordered[0].record
    if record is Incident and ordered[-1].is_open:
        values.pop("resolved_at", None)
    missing = [f.name for f in fields_of(record) if f.required and f.name not in values]
    if missing:
        raise ValueError(f"{record.table}.{missing[0]} is required and no event has told it yet")
    found = record(**values)
    check_record(found)
    return found


def _order(sighting: Sighting) -> tuple[bool, datetime, bool]:
    """By time; but what ends a deployment or a build comes after everything that does not."""
    has_ended = not sighting.is_open and sighting.record is not Incident
    return (has_ended, sighting.at, not sighting.is_open)


def _of_two(name: str, earlier: Any, later: Any) -> Any:
    return min(earlier, later) if earlier is not None and name in _EARLIEST else later
