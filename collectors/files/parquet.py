"""Neutral files in Parquet: typed columns, or the same text as in CSV."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from collectors.files.blocks import BLOCK_ROWS, Block
from collectors.files.ndjson import json_text
from warehouse.records import Field

_WANTED: Mapping[type, str] = {
    str: "text",
    float: "numbers",
    int: "whole numbers",
    bool: "booleans",
    datetime: "timestamps with a time zone",
    date: "dates",
}


class ParquetFile:
    """A Parquet file; columns are text as in CSV, or native (a timestamp must carry a zone)."""

    unit = "row"
    is_open = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return list(pq.read_schema(self._path).names)

    def type_problem(self, name: str, field: Field) -> str | None:
        type_ = _plain(pq.read_schema(self._path).field(name).type)
        if pa.types.is_timestamp(type_) and type_.tz is None and field.type is datetime:
            return "holds timestamps without a time zone: write them as timestamps in UTC"
        if _fits(type_, field):
            return None
        return f"holds {type_}: write {_WANTED[field.type]}, or the same as text"

    def fast(self, names: Sequence[str]) -> Iterator[Block]:
        return self.exact(names)

    def exact(self, names: Sequence[str]) -> Iterator[Block]:
        start = 1
        with pq.ParquetFile(self._path, pre_buffer=False) as file:
            for batch in file.iter_batches(BLOCK_ROWS, columns=list(names)):
                columns = {name: _normal(batch.column(name)) for name in names}
                yield Block(columns, batch.num_rows, range(start, start + batch.num_rows))
                start += batch.num_rows


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def _is_text(type_: pa.DataType) -> bool:
    t = pa.types
    return bool(t.is_string(type_) or t.is_large_string(type_) or t.is_string_view(type_))


def _fits(type_: pa.DataType, field: Field) -> bool:
    t = pa.types
    if _is_text(type_) or t.is_null(type_):
        return True
    if field.type is str:
        return not field.choices and bool(t.is_integer(type_) or t.is_nested(type_))
    number = t.is_integer(type_) or t.is_floating(type_)
    fits: Mapping[type, bool] = {
        datetime: t.is_timestamp(type_) and type_.tz is not None,
        date: t.is_date(type_),
        float: number or t.is_decimal(type_),
        int: number,
        bool: t.is_boolean(type_) or t.is_integer(type_),
    }
    return fits[field.type]


def _normal(column: pa.Array) -> pa.Array:
    """The column without encodings: text as ``string`` with empty as null, nested values as JSON text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return pa.array([json_text(_json_value(v)) for v in column.to_pylist()], pa.string())
    if pa.types.is_null(column.type):
        return column.cast(pa.string())
    if not _is_text(column.type):
        return column
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _json_value(value: Any) -> Any:
    """A map as an object; Arrow gives it as a list of pairs."""
    is_pairs = isinstance(value, list) and all(isinstance(pair, tuple) for pair in value)
    return dict(value) if is_pairs else value
