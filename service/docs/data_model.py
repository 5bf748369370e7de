"""`docs/data-model.md` from the records, which are the contract of all tables and neutral files."""

from datetime import date, datetime

from service.docs.tables import code, joined, prose, table
from warehouse.records import RECORDS, Field, Record, fields_of

_TYPES = {
    str: "text",
    float: "number",
    int: "whole number",
    bool: "true or false",
    datetime: "time",
    date: "date",
}
_INTRODUCTION = """
# Data model

One table per kind of row. The same columns are those of the neutral files (CSV, Parquet or NDJSON, named
after the table) that a source of `kind: files` reads, so that any organisation can feed Payoff without an
API.

- **Times** are ISO 8601 with a zone in files and plain UTC in the warehouse; a **date** is `YYYY-MM-DD`.
- **Empty means unknown**, never zero. A required column may not be empty.
- In files a further column is ignored with a warning; a missing required column, a bad time or a word that is
  not listed is an error with file, line and column.
- In the warehouse every table has one more column, `source`: the name of the source that gave the row.
  Loading a row again replaces the one with the same key.
- A file that is absent is not collected, and its figures are unknown. `coverage` says for which time a file
  is complete: inside of it a day without an event is zero.
"""
_FOCUS = (
    "In files the columns have their FOCUS names: "
    "`BillingCurrency` for `billing_currency`, and so on for the others."
)


def data_model_page() -> str:
    """The page, with every table, its key and its columns."""
    contents = ", ".join(f"[{record.table}](#{record.table})" for record in RECORDS)
    return joined(_INTRODUCTION, f"Tables: {contents}.", *(_section(record) for record in RECORDS))


def _section(record: type[Record]) -> str:
    key = ", ".join(code(column) for column in record.key)
    focus = _FOCUS if record.table == "costs" else ""
    columns = table(["column", "type", "required", "words"], (_row(field) for field in fields_of(record)))
    return joined(f"## {record.table}", prose(record.__doc__), f"Key: {key}.", focus, columns)


def _row(field: Field) -> list[str]:
    words = ", ".join(code(choice) for choice in field.choices)
    return [code(field.name), _TYPES[field.type], "yes" if field.required else "", words]
