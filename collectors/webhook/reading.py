"""What a delivery says, field by field: a value that is missing or wrong is named by its path.

A reader turns one delivery into one *sighting*: what the event tells of one item. Several sightings of the
same item make its record (`collectors.webhook.folding`), in whatever order they arrive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from collectors.errors import SkippableError
from warehouse.records import Record

Word = TypeVar("Word")


class FieldError(SkippableError):
    """A field of a delivery is missing or holds what it may not; ``field`` is its path."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}" if field else message)
        self.field, self.message = field, message


class IgnoredError(Exception):
    """A delivery that is well formed and tells nothing that Payoff measures; ``str()`` says why."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it was sent, people taken out: its identifier, its type, when it came, its body."""

    id: str
    event: str
    received_at: datetime
    body: Any

    def as_json(self) -> dict[str, Any]:
        """The delivery as the spool and the kept bodies hold it."""
        return {
            "id": self.id,
            "event": self.event,
            "received_at": self.received_at.isoformat(),
            "body": self.body,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Delivery":
        """The delivery that `as_json` wrote."""
        at = datetime.fromisoformat(value["received_at"])
        return cls(value["id"], value["event"], at, value["body"])


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one event tells of one item.

    Parameters
    ----------
    record : class of the item's record; ``key`` and ``values`` are some of its columns.
    at : when it happened, by the sender's clock; later sightings win.
    is_open : whether the item goes on after it (a running deployment, an open incident).
    """

    record: type[Record]
    key: Mapping[str, str]
    at: datetime
    is_open: bool
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> str:
        """The item's identifier within its table."""
        return " ".join(self.key[name] for name in self.record.key)


def without(value: Any, keys: frozenset[str]) -> Any:
    """A body without these keys, wherever they stand: words of people, or nothing that is ever read."""
    if isinstance(value, list):
        return [without(item, keys) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without(item, keys) for key, item in value.items() if key not in keys}


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of a body, read with words about what is wrong with it."""

    value: Any
    path: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.value, Mapping):
            raise FieldError(self.path, "should be an object")

    def within(self, key: str) -> "Fields":
        """The object below ``key``."""
        return Fields(self._required(key), self._path(key))

    def maybe_within(self, key: str) -> "Fields":
        """The object below ``key``, empty where it is missing."""
        return Fields(self.value.get(key) or {}, self._path(key))

    def objects(self, key: str) -> Sequence["Fields"]:
        """The objects in the list below ``key``."""
        items = self._required(key)
        if not isinstance(items, list):
            raise FieldError(self._path(key), "should be a list")
        return [Fields(item, f"{self._path(key)}[{i}]") for i, item in enumerate(items)]

    def text(self, key: str) -> str:
        """Text that must be there; a whole number counts as its digits."""
        value = self._required(key)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise FieldError(self._path(key), "should be text")
        return str(value)

    def maybe_text(self, key: str) -> str | None:
        """Text, ``None`` where it is missing or empty."""
        return None if self.value.get(key) in (None, "") else self.text(key)

    def time(self, key: str) -> datetime:
        """An instant that must be there, with its zone."""
        text = self.text(key)
        try:
            time = datetime.fromisoformat(text.replace(" UTC", "Z").replace(" +", "+").replace(" -", "-"))
        except ValueError:
            raise FieldError(self._path(key), "should be a time such as 2026-03-01T09:10:00Z") from None
        if time.tzinfo is None:
            raise FieldError(self._path(key), "has no time zone; end it with Z or an offset")
        return time.astimezone(UTC)

    def maybe_time(self, key: str) -> datetime | None:
        """An instant, ``None`` where it is missing."""
        return None if self.value.get(key) in (None, "") else self.time(key)

    def choice(self, key: str, words: Mapping[str, Word]) -> Word:
        """What one of ``words`` stands for; case does not matter."""
        text = self.text(key)
        for word, meaning in words.items():
            if word.casefold() == text.strip().casefold():
                return meaning
        raise FieldError(self._path(key), f"should be one of {', '.join(words)}")

    def _required(self, key: str) -> Any:
        if self.value.get(key) in (None, ""):
            raise FieldError(self._path(key), "is missing")
        return self.value[key]

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
