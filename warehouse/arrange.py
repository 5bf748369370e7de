"""Incoming Arrow tables in the shape of their warehouse table, or an error that says what does not fit."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import LoadError
from warehouse.records import BY_TABLE, Field, Record, arrow_schema, fields_of


def source_column(table: str) -> str:
    """The column that names the configured source; inputs have a ``source`` of their own, said by people."""
    return "loaded_from" if table == "inputs" else "source"


def arranged(name: str, table: pa.Table, source: str, where: str) -> pa.Table:
    """The rows with all columns of the warehouse table ``name``, in its types, and their source.

    Raises
    ------
    LoadError : unknown table or column, missing required value, word that is not allowed, wrong type.
    """
    record = BY_TABLE.get(name)
    if record is None:
        raise LoadError(f"{where}: there is no table {name!r}; the tables are {', '.join(sorted(BY_TABLE))}.")
    _check_columns(record, table.column_names, where)
    columns = [_column(record, field, table, where) for field in fields_of(record)]
    arranged = pa.table(columns, names=[field.name for field in fields_of(record)])
    return arranged.append_column(source_column(name), pa.repeat(source, table.num_rows))


def _check_columns(record: type[Record], names: Sequence[str], where: str) -> None:
    known = [field.name for field in fields_of(record)]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise LoadError(
            f"{where}: {record.table} has no column {', '.join(unknown)}; its columns are {', '.join(known)}."
        )


def _column(record: type[Record], field: Field, table: pa.Table, where: str) -> pa.ChunkedArray:
    kind = arrow_schema(record).field(field.name).type
    if field.name in table.column_names:
        column = _cast(record, field, table[field.name], kind, where)
    else:
        column = pa.chunked_array([pa.nulls(table.num_rows, kind)])
    if field.required and column.null_count:
        row = pc.index(pc.is_null(column), pa.scalar(True)).as_py()
        raise LoadError(
            f"{where}: {record.table}.{field.name} is required and missing in {column.null_count} of "
            f"{len(column)} rows, first in {_named(record, table, row)}. Nothing of this page was stored."
        )
    _check_words(record, field, column, table, where)
    return column


def _cast(
    record: type[Record], field: Field, column: pa.ChunkedArray, kind: pa.DataType, where: str
) -> pa.ChunkedArray:
    """Times with a zone become UTC without one: Arrow keeps the instant, whatever the zone was."""
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LoadError(
            f"{where}: {record.table}.{field.name} must be {kind}, not {column.type}: {error}"
        ) from error


def _check_words(
    record: type[Record], field: Field, column: pa.ChunkedArray, table: pa.Table, where: str
) -> None:
    if not field.choices:
        return
    wrong = set(pc.unique(column).to_pylist()) - {None, *field.choices}
    if wrong:
        word = min(wrong)
        row = pc.index(column, pa.scalar(word)).as_py()
        raise LoadError(
            f"{where}: {record.table}.{field.name} is {word!r} in {_named(record, table, row)}; allowed are "
            f"{', '.join(field.choices)}."
        )


def _named(record: type[Record], table: pa.Table, row: int) -> str:
    """A row by its key, without its other values: they may hold what a log must not."""
    values = table.slice(row, 1).to_pylist()[0]
    known = [f"{name}={values[name]}" for name in record.key if values.get(name) is not None]
    return f"row {row + 1} ({', '.join(known)})" if known else f"row {row + 1}"
