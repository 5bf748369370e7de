"""From the items of a page to records: scrubbed first, then parsed, one bad item never harming another."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from collectors.base import RawBody, Skipped
from collectors.errors import SkippableError
from collectors.scrub import Scrub, verified_aliases
from warehouse.records import Record, fields_of

Answer = TypeVar("Answer")
Item = Mapping[str, Any]
Parse = Callable[[Item], Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an item is read: people out, its key, its records, and whether it may still change by itself.

    All three functions are pure and see the scrubbed item, as it is kept, so that reading it again
    without the network gives the same records.
    """

    scrub: Scrub
    key: Callable[[Item], str]
    parse: Parse
    is_unfinished: Callable[[Item], bool]


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """What came of the items of a page; ``unfinished`` and ``finished`` hold keys."""

    records: tuple[Record, ...]
    raw: tuple[RawBody, ...]
    skipped: tuple[Skipped, ...]
    unfinished: frozenset[str]
    finished: frozenset[str]


def read_items(items: Sequence[Any], reading: Reading, fetched_at: datetime) -> ItemsRead:
    """The records, bodies and troubles of the items of one page."""
    records: list[Record] = []
    bodies: dict[str, RawBody] = {}
    skipped: list[Skipped] = []
    unfinished: dict[str, bool] = {}
    for item in map(reading.scrub, items):
        body = json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
        key = _key(item, reading, body)
        bodies[key] = RawBody(key, body, fetched_at)
        try:
            found = parsed(item, reading.parse)
            unfinished[key] = guarded(reading.is_unfinished, item)
            records += found
            records += verified_aliases(item)
        except SkippableError as error:
            skipped.append(Skipped(key, str(error)))
    return ItemsRead(
        tuple(records),
        tuple(bodies.values()),
        tuple(skipped),
        frozenset(key for key, is_open in unfinished.items() if is_open),
        frozenset(key for key, is_open in unfinished.items() if not is_open),
    )


def parsed(item: Any, parse: Parse) -> Sequence[Record]:
    """The records of an item, each as the warehouse accepts it.

    Raises
    ------
    SkippableError : the item lacks something or holds what no record can: its words say what.
    """
    records = guarded(parse, item)
    for record in records:
        guarded(check_record, record)
    return records


def guarded(function: Callable[[Any], Answer], value: Any) -> Answer:
    """The answer of a function that reads an item, its surprises as `SkippableError`."""
    try:
        return function(value)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise SkippableError(f"{type(error).__name__}: {error}") from error


def check_record(record: Record) -> None:
    """What would stop the whole page at loading stops one item here."""
    for field in fields_of(type(record)):
        value, name = getattr(record, field.name), f"{record.table}.{field.name}"
        if value is None:
            if field.required:
                raise ValueError(f"{name} is required and unknown")
        elif not _fits(value, field.type):
            raise TypeError(f"{name} is of type {type(value).__name__}, not {field.type.__name__}")
        elif field.choices and value not in field.choices:
            raise ValueError(f"{name} is {value!r}, not one of {', '.join(field.choices)}")
        elif isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError(f"{name} has no time zone")


def _fits(value: Any, kind: type) -> bool:
    """Whether a column of ``kind`` takes the value as it is; a truth value is no number."""
    return type(value) is kind or (kind is float and type(value) is int)


def _key(item: Any, reading: Reading, body: bytes) -> str:
    """An item that has no key is kept under a digest of its body."""
    try:
        return str(guarded(reading.key, item))
    except SkippableError:
        return f"body-{hashlib.sha256(body).hexdigest()[:16]}"
