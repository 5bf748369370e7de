"""Regular expressions in the configuration of sources: checked when it is read, matched against the whole."""

import re
from collections.abc import Sequence


def compiles(pattern: str) -> str:
    """The pattern, for use as a validator.

    Raises
    ------
    ValueError : it is not a regular expression.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return pattern


def chosen(names: Sequence[str], include: Sequence[str], exclude: Sequence[str]) -> list[str]:
    """The names that a pattern of ``include`` covers (none: all) and none of ``exclude`` does."""
    return [
        name
        for name in names
        if (not include or any(re.fullmatch(pattern, name) for pattern in include))
        and not any(re.fullmatch(pattern, name) for pattern in exclude)
    ]
