"""What is wrong with a survey export: where, in which column, and what to do about it.

Messages are kept with the run that failed, so an answer is quoted only where it cannot be about a person.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.errors import FatalError

SHOWN_PROBLEMS = 20
_SAFE_REPEATS = 5
_NUMBER = re.compile(r"[-+]?\d{1,3}([.,]\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person must mend, with its line in the file and the name of its column."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.text}"


class SurveyError(FatalError):
    """A file that cannot be read as it should; nothing of it is stored."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        n, shown = len(self.problems), self.problems[:SHOWN_PROBLEMS]
        more = f", the first {len(shown)}" if n > len(shown) else ""
        head = f"{path}: {n} error{'s' if n > 1 else ''}{more}:"
        super().__init__("\n".join([head, *(f"  {path.name}, {problem}" for problem in shown)]))


def quoted(answer: str, known: Iterable[str], seen: Counter[str]) -> str:
    """An unknown answer as a message may say it.

    It is quoted where it is a short number, resembles an answer that is known, or was given by several
    people; anything else may be somebody's own words.
    """
    near = difflib.get_close_matches(answer.casefold(), [word.casefold() for word in known], n=1, cutoff=0.7)
    if near or _NUMBER.fullmatch(answer) or (seen[answer] >= _SAFE_REPEATS and "@" not in answer):
        return f'"{answer if len(answer) <= 60 else answer[:57] + "…"}"'
    return f"an answer of {len(answer)} characters (not shown here: it may be somebody's own words)"
