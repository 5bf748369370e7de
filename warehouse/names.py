"""Names in the configuration: exact ones, and anchored patterns written between slashes.

`production` matches that very name and nothing else; `/^prod-(eu|us)$/` matches what the whole pattern
matches. A pattern without anchors is refused: `prod` as a search would also take preprod and product-api.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import PlainValidator


@dataclass(frozen=True)
class Name:
    """An exact name or an anchored pattern, as it is written in the configuration; case matters."""

    text: str

    @cached_property
    def is_pattern(self) -> bool:
        return len(self.text) > 1 and self.text.startswith("/") and self.text.endswith("/")

    @property
    def regex(self) -> str:
        """An anchored regular expression that matches the same names."""
        return self.text[1:-1] if self.is_pattern else f"^{re.escape(self.text)}$"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.regex)

    def matches(self, name: str) -> bool:
        """Whether the whole of ``name`` is meant."""
        return self._compiled.fullmatch(name) is not None if self.is_pattern else name == self.text


def parse_name(text: str) -> Name:
    """The name or pattern that ``text`` writes.

    Raises
    ------
    ValueError : empty, a pattern that does not compile, or one that is not anchored as a whole.
    """
    name = Name(text)
    if not text:
        raise ValueError("is empty; write a name or an anchored pattern such as /^prod-[a-z]+$/")
    if name.is_pattern:
        _check_pattern(name.regex)
    return name


def _name(value: object) -> Name:
    if isinstance(value, Name):
        return value
    if not isinstance(value, str):
        raise ValueError("should be text; put it into quotes")
    return parse_name(value)


NameField = Annotated[Name, PlainValidator(_name)]
"""A name or pattern as a field of a configuration."""


def _check_pattern(regex: str) -> None:
    try:
        re.compile(regex)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    if not (regex.startswith("^") and regex.endswith("$") and not _ends_in_escape(regex[:-1])):
        raise ValueError(
            "is not anchored: /prod/ would also take preprod and product-api. Write /^…$/, with .* where "
            "anything may stand"
        )
    if _has_open_alternative(regex):
        raise ValueError("anchors only its first and last alternative. Put them into a group: /^(a|b)$/")


def _ends_in_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _has_open_alternative(regex: str) -> bool:
    """Whether a ``|`` stands outside of every group and character class."""
    bare = re.sub(r"\\.", "", regex, flags=re.DOTALL)
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "", bare)
    depth = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            return True
    return False


def any_matches(names: Iterable[Name], text: str) -> bool:
    """Whether one of ``names`` means ``text``."""
    return any(name.matches(text) for name in names)


def joined_regex(names: Iterable[Name]) -> str:
    """One regular expression for SQL that finds any of ``names``; empty where there are none."""
    return "|".join(f"(?:{name.regex})" for name in names)
