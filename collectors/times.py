"""Times as APIs write them."""

from datetime import datetime
from typing import Any


def moment(text: Any) -> datetime:
    """The moment of an ISO 8601 text, as it says its zone.

    Raises
    ------
    TypeError, ValueError : it is unknown, or not such a text.
    """
    return datetime.fromisoformat(text)


def optional_moment(text: Any) -> datetime | None:
    """The same, ``None`` where there is no text."""
    return moment(text) if text else None
