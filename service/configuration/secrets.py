"""Values after validation: paths made absolute, and what was filled in kept out of every print."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from service.configuration.errors import Location
from service.configuration.problems import key_of
from service.configuration.values import Document

Leaf = Callable[[Any, Location], Any]


class Masked(str):
    """Text that came from a variable or a file: usable as it is, hidden where it is shown as a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"


def rebuilt(value: Any, where: Location, leaf: Leaf) -> Any:
    """A copy of ``value``, a model or a collection, with ``leaf`` applied to everything else in it."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        inner = {n: rebuilt(getattr(value, n), (*where, key_of(n, info)), leaf) for n, info in fields}
        return value.model_copy(update=inner)
    if isinstance(value, list | tuple):
        return type(value)(rebuilt(item, (*where, i), leaf) for i, item in enumerate(value))
    if isinstance(value, dict):
        return {key: rebuilt(item, (*where, key), leaf) for key, item in value.items()}
    return leaf(value, where)


def settled(value: Any, where: Location, document: Document, base: Path) -> Any:
    """``value`` with relative paths taken from ``base`` and filled-in text masked.

    Adds a problem for every secret that is written into the file itself.
    """

    def leaf(item: Any, place: Location) -> Any:
        if isinstance(item, SecretStr) and place not in document.references:
            text = "is a secret and may not stand in the file; write ${NAME} or ${file:PATH}"
            document.report(place, text)
        if isinstance(item, Path):
            return base / item.expanduser()
        if isinstance(item, str) and place in document.references:
            return Masked(item)
        return item

    return rebuilt(value, where, leaf)


def as_written(document: Document) -> Any:
    """The values of the file for display: references as they are written, without their defaults."""

    def leaf(item: Any, place: Location) -> Any:
        return re.sub(r":-[^}]*\}", ":-…}", document.references.get(place, "")) or item

    return rebuilt(document.data, (), leaf)
