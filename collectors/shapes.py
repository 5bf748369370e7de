"""What is kept of an item: named fields only, so that nothing a source adds later is kept unseen."""

from collections.abc import Mapping, Sequence
from typing import Any


def only(value: Any, names: Sequence[str]) -> dict[str, Any]:
    """These fields of an object, as far as it has them."""
    return {name: value[name] for name in names if name in value} if isinstance(value, Mapping) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing where there is no list."""
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
