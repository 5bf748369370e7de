"""The markup of pages taken apart, so that every form escapes the text and adds its own signs.

Names come from other systems, so whatever could act in a form is taken out here: line breaks, unprintable
signs, and those that turn the direction of writing.
"""

import re
from collections.abc import Iterator
from typing import Literal

Style = Literal["", "strong", "code"]
LONGEST_LINE = 400
_STYLED = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|`(?P<code>[^`]+)`")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def cleaned(text: str, longest: int = LONGEST_LINE) -> str:
    """One line of printable signs, at most so long. A non-breaking space stays one."""
    plain = _DIRECTIONS.sub("", text)
    plain = "".join(sign if sign.isprintable() or sign == "\u00a0" else " " for sign in plain)
    plain = re.sub(" +", " ", plain).strip()
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def parts(text: str) -> Iterator[tuple[str, Style]]:
    """The pieces of a sentence, each with its style."""
    at = 0
    for match in _STYLED.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], ""
        strong = match["strong"]
        yield (strong, "strong") if strong is not None else (match["code"], "code")
        at = match.end()
    if at < len(text):
        yield text[at:], ""
