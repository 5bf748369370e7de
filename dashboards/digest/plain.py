"""The digest as plain text: the text part of a mail, the preview, and what chats without blocks show."""

from collections.abc import Callable, Iterator

from dashboards.digest.content import Digest, Line, Section
from dashboards.digest.markup import cleaned, parts

SIGNS = {"better": "✓", "worse": "✕", "": "•"}
Written = Callable[[str], str]


def plain_text(digest: Digest, text: Written = str, link: Written = "  {}".format) -> str:
    """Lines ended by line feeds; commands keep their backticks. ``text`` and ``link`` write what is shown."""
    return "\n".join(_lines(digest, text, link)) + "\n"


def _lines(digest: Digest, text: Written, link: Written) -> Iterator[str]:
    yield text(cleaned(digest.title))
    yield " · ".join(text(cleaned(badge)) for badge in digest.badges)
    for section in digest.sections:
        yield ""
        yield from _section(section, text, link)
    yield ""
    yield from (text(cleaned(note)) for note in digest.notes)


def _section(section: Section, text: Written, link: Written) -> Iterator[str]:
    yield text(cleaned(section.title).upper())
    yield from (f"{SIGNS[line.mark]} {text(_plain(line))}" for line in section.lines)
    if section.url:
        yield link(section.url)


def _plain(line: Line) -> str:
    """The sentence without signs of emphasis."""
    pieces = parts(cleaned(line.text))
    return "".join(f"`{piece}`" if style == "code" else piece for piece, style in pieces)
