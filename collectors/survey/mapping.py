"""Each column of an export gets exactly one meaning, before any answer is looked at.

In this order: added by the tool, personal, the team, an item, left out on purpose. A question without a
meaning is an error that names it: an answer is never lost without somebody having said so.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from collectors.survey.config import Config, ItemEntry
from collectors.survey.layout import Column, Layout
from collectors.survey.people import holds_address, is_personal_name
from collectors.survey.problems import Problem
from collectors.survey.table import Row
from warehouse.names import Name


@dataclass(frozen=True, slots=True)
class MappedItem:
    """An item and the column that its answers stand in."""

    entry: ItemEntry
    column: Column

    @property
    def version(self) -> str | None:
        """The configured version, else a digest of the wording; ``None`` where the wording is not known."""
        return self.entry.version or wording_version(self.column.wording)


@dataclass(slots=True)
class Meaning:
    """What is read of a file, what is dropped, and what is wrong with it."""

    items: list[MappedItem] = field(default_factory=list)
    team: Column | None = None
    personal: list[Column] = field(default_factory=list)
    technical: list[Column] = field(default_factory=list)
    ignored: list[Column] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def meaning_of(layout: Layout, config: Config, responses: Sequence[Row]) -> Meaning:
    """The meaning of every column of a file."""
    meaning = Meaning()
    for column in layout.columns:
        _place(column, meaning, layout, config, responses)
    meaning.problems += _missing(meaning, config)
    found = {item.entry.item for item in meaning.items}
    meaning.absent += dict.fromkeys(entry.item for entry in config.items if entry.item not in found)
    return meaning


def wording_version(wording: str) -> str | None:
    """A short digest of a question's words; case, spacing and a mark for "required" do not matter."""
    words = unicodedata.normalize("NFKC", wording).casefold().rstrip(" *").split()
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:8] if words else None


def _place(
    column: Column, meaning: Meaning, layout: Layout, config: Config, responses: Sequence[Row]
) -> None:
    entries = [entry for entry in config.items if _means(entry.column, column)]
    if _is_personal(column, config, responses):
        meaning.personal.append(column)
        if entries:
            meaning.problems.append(Problem(1, column.name, _PERSONAL_ITEM))
    elif column.index in layout.technical:
        meaning.technical.append(column)
    elif config.team_column is not None and _means(config.team_column, column):
        meaning.team = column
    elif len(entries) == 1:
        meaning.items.append(MappedItem(entries[0], column))
    elif entries:
        names = ", ".join(entry.item for entry in entries)
        meaning.problems.append(Problem(1, column.name, f"is meant by several items ({names}): keep one"))
    elif _any_means(config.ignore, column) or not any(row.cells[column.index] for row in responses):
        meaning.ignored.append(column)
    else:
        meaning.problems.append(Problem(1, column.name, _UNMAPPED))


_PERSONAL_ITEM = (
    "is about a person (by its name, or it holds an e-mail address) and cannot be an item: remove it"
)
_UNMAPPED = "holds answers and has no meaning: add it under `items`, or under `ignore` to leave it out"


def _is_personal(column: Column, config: Config, responses: Sequence[Row]) -> bool:
    return (
        any(is_personal_name(name) for name in column.names)
        or _any_means(config.personal, column)
        or holds_address(row.cells[column.index] for row in responses)
    )


def _means(name: Name, column: Column) -> bool:
    return any(name.matches(known) for known in column.names)


def _any_means(names: Iterable[Name], column: Column) -> bool:
    return any(_means(name, column) for name in names)


def _missing(meaning: Meaning, config: Config) -> Iterator[Problem]:
    """Items twice, none at all, and a team column that is not there. A wave may leave out an item."""
    found = [item.entry.item for item in meaning.items]
    for item in sorted({item for item in found if found.count(item) > 1}):
        yield Problem(1, "", f"several columns are the item {item}: name one of them exactly")
    if not found:
        yield Problem(1, "", "no column is an item: add the questions under `items`")
    if config.team_column is not None and meaning.team is None:
        yield Problem(1, "", f"no column is the team ({config.team_column.text}): correct `team_column`")
