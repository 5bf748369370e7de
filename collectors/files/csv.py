"""Neutral files in CSV: comma-separated UTF-8 with a header line."""

import csv
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from collectors.files.blocks import BLOCK_ROWS, NOT_UTF8, Block, Broken
from warehouse.records import Field

_BLOCK_BYTES = 16 * 1024 * 1024
csv.field_size_limit(sys.maxsize)


class CsvFile:
    """Comma-separated UTF-8 text with a header line; quoted cells may hold line breaks."""

    unit = "line"
    is_open = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return next(self._rows(), (1, []))[1]

    def type_problem(self, name: str, field: Field) -> str | None:
        return None

    def fast(self, names: Sequence[str]) -> Iterator[Block]:
        options = pyarrow.csv.ConvertOptions(
            include_columns=list(names),
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        )
        with pyarrow.csv.open_csv(
            self._path,
            read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=options,
        ) as reader:
            for batch in reader:
                yield Block(dict(zip(batch.schema.names, batch.columns, strict=True)), batch.num_rows)

    def exact(self, names: Sequence[str]) -> Iterator[Block]:
        rows = self._rows()
        header = next(rows, (1, []))[1]
        at = [header.index(name) for name in names]
        while chunk := list(itertools.islice(rows, BLOCK_ROWS)):
            whole = [(line, row) for line, row in chunk if len(row) == len(header)]
            broken = [_ragged(line, row, header) for line, row in chunk if len(row) != len(header)]
            columns = {}
            for name, i in zip(names, at, strict=True):
                broken += [Broken(line, name, NOT_UTF8) for line, row in whole if _has_bad_bytes(row[i])]
                columns[name] = pa.array([_cell(row[i]) for _, row in whole], pa.string())
            yield Block(columns, len(whole), [line for line, _ in whole], tuple(broken))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not blank with the line it begins on; bytes that are not UTF-8 stay visible."""
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader, line = csv.reader(file), 1
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1


def _ragged(line: int, row: Sequence[str], header: Sequence[str]) -> Broken:
    first_missing = header[len(row)] if len(row) < len(header) else f"{len(header) + 1}"
    reason = (
        f"the row has {len(row)} cells and the header {len(header)}: "
        "add the missing commas, or quote a cell that holds a comma or a line break"
    )
    return Broken(line, first_missing, reason)


def _has_bad_bytes(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def _cell(text: str) -> str | None:
    if text and _has_bad_bytes(text):
        return text.encode(errors="replace").decode()
    return text or None
