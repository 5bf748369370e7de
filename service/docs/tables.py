"""Small pieces of Markdown that the generated pages share."""

import inspect
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; line breaks and bars inside of a cell are made harmless."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """``text`` as code, or nothing where it is empty."""
    return f"`{text}`" if text else ""


def prose(docstring: str | None) -> str:
    """A docstring as Markdown."""
    return inspect.cleandoc(docstring or "").replace("``", "`")


def joined(*blocks: str) -> str:
    """Blocks of Markdown with an empty line between them."""
    return "\n\n".join(block.strip() for block in blocks if block.strip()) + "\n"
