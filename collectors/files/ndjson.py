"""Neutral files in NDJSON: one JSON object per line."""

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from collectors.files.blocks import BLOCK_ROWS, NOT_UTF8, Block, Broken
from warehouse.records import Field

_SAMPLE_LINES = 1_000


class NdjsonFile:
    """One JSON object per line; a key that a line leaves out is empty there."""

    unit = "line"
    is_open = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        with self._path.open("rb") as file:
            objects = [_object(line) for line in itertools.islice(file, _SAMPLE_LINES)]
        return list(dict.fromkeys(key for item in objects if isinstance(item, dict) for key in item))

    def type_problem(self, name: str, field: Field) -> str | None:
        return None

    def fast(self, names: Sequence[str]) -> Iterator[Block]:
        for block in self.exact(names):
            if block.broken:
                raise pa.ArrowInvalid(block.broken[0].reason)
            yield block

    def exact(self, names: Sequence[str]) -> Iterator[Block]:
        with self._path.open("rb") as file:
            lines = enumerate(file, start=1)
            while chunk := list(itertools.islice(lines, BLOCK_ROWS)):
                read = [(number, _object(line)) for number, line in chunk if line.strip()]
                rows = [(number, item) for number, item in read if isinstance(item, dict)]
                columns = {
                    n: pa.array([json_text(row.get(n)) for _, row in rows], pa.string()) for n in names
                }
                broken = tuple(Broken(n, "1", str(item)) for n, item in read if not isinstance(item, dict))
                yield Block(columns, len(rows), [number for number, _ in rows], broken)


def _object(line: bytes) -> dict[str, Any] | str:
    """The JSON object of a line, or why there is none."""
    try:
        item = json.loads(line)
    except UnicodeDecodeError:
        return NOT_UTF8
    except ValueError:
        return "the line is not JSON: write one complete object per line"
    if b"\\ud" in line.lower() and not _is_encodable(item):
        return "the line holds half a character (a lone surrogate): write the text as UTF-8"
    return item if isinstance(item, dict) else "the line is not a JSON object: write one object per line"


def _is_encodable(item: object) -> bool:
    try:
        json.dumps(item, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def json_text(value: Any) -> str | None:
    if isinstance(value, str):
        return value or None
    return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)
