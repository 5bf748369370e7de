"""What is wrong with a configuration: every problem, with its path and line in the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where (``()`` is the file as a whole), and what to do about it."""

    where: Location
    text: str
    line: int | None = None

    def __str__(self) -> str:
        place = [f"line {self.line}" if self.line else "", location_text(self.where)]
        return ": ".join([*(part for part in [", ".join(filter(None, place))] if part), self.text])


def location_text(where: Location) -> str:
    """A path as people write it: ``sources[1].token``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return text.removeprefix(".")


class ConfigError(Exception):
    """The configuration cannot be used; ``str()`` lists every problem with its remedy.

    No message holds a value that came from a variable, from a file, or that belongs to a secret key.
    """

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        count = "1 error" if len(self.problems) == 1 else f"{len(self.problems)} errors"
        lines = [f"{path}: {count}", *(f"  {problem}" for problem in self.problems)]
        super().__init__("\n".join(lines))
