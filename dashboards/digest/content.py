"""What a digest says before it has a form: sections of sentences, so few that they are read in a minute."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Mark = Literal["better", "worse", ""]
MOST_WORDS = 300
"""About what is read in a minute."""
_NO_CHANGE = "No clear change either: "


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in the markup of pages: ``**strong**`` and commands between backticks.

    ``short`` and ``name`` take its place where the digest would be too long; empty: nothing does.
    """

    text: str
    mark: Mark = ""
    short: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences under a title; ``url`` leads to the page that shows more, empty where it is not known."""

    title: str
    lines: tuple[Line, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The whole. ``badges`` qualify all of it: the scope, how new the data is, that it is simulated."""

    title: str
    subject: str
    badges: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    @property
    def n_words(self) -> int:
        """Words as they are read: a number with its unit or its interval is one."""
        return sum(len(text.split(" ")) for text in self._texts())

    def _texts(self) -> Iterator[str]:
        yield from (self.title, *self.badges, *self.notes)
        for section in self.sections:
            yield section.title
            yield from (line.text for line in section.lines)


def shortened(digest: Digest, most_words: int = MOST_WORDS) -> Digest:
    """The digest in at most so many words, as far as figures that did not move clearly can be said shorter:
    first in fewer words, then by their names alone.
    """
    for step in (_abridged, _folded):
        while digest.n_words > most_words and (next_one := step(digest)) is not None:
            digest = next_one
    return digest


def _abridged(digest: Digest) -> Digest | None:
    """One more figure in its short form; those above matter more, so the last one goes first."""
    return _with_last(
        digest,
        lambda line: bool(line.short) and line.text != line.short,
        lambda lines, line: tuple(replace(one, text=line.short) if one is line else one for one in lines),
    )


def _folded(digest: Digest) -> Digest | None:
    """One more figure of which the name stays."""
    return _with_last(
        digest,
        lambda line: bool(line.name),
        lambda lines, line: _with_name(tuple(one for one in lines if one is not line), line.name),
    )


def _with_last(
    digest: Digest,
    fits: Callable[[Line], bool],
    changed: Callable[[tuple[Line, ...], Line], tuple[Line, ...]],
) -> Digest | None:
    for at in reversed(range(len(digest.sections))):
        section = digest.sections[at]
        fitting = [line for line in section.lines if fits(line)]
        if fitting:
            other = replace(section, lines=changed(section.lines, fitting[-1]))
            return replace(digest, sections=(*digest.sections[:at], other, *digest.sections[at + 1 :]))
    return None


def _with_name(lines: tuple[Line, ...], name: str) -> tuple[Line, ...]:
    is_more = bool(lines) and lines[-1].text.startswith(_NO_CHANGE)
    rest, names = (
        (lines[:-1], lines[-1].text.removeprefix(_NO_CHANGE).rstrip(".")) if is_more else (lines, "")
    )
    return (*rest, Line(f"{_NO_CHANGE}{', '.join(filter(None, (name, names)))}."))
