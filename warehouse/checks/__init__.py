"""Data checks that run with every publication.

Each ``<name>.sql`` beside this file begins with ``-- fail: message`` or ``-- warn: message``; the query
returns the offending rows. A line ``-- needs: table`` names a table of the new snapshot without which
there is nothing to check. A failed ``fail`` keeps the last good snapshot published.

Queries see the warehouse, the new snapshot as ``marts``, and two temporary tables of row counts,
``rows_before`` (last snapshot) and ``rows_now`` (table_name, source, n_rows).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, cast

import duckdb

from warehouse.records import RECORDS, Record

Severity = Literal["fail", "warn"]
SAMPLE_SIZE = 5
_HEADER = re.compile(r"-- (fail|warn): (.+)\n(?:-- needs: (\w+)\n)?")


@dataclass(frozen=True, slots=True)
class Check:
    """A query for rows that should not be there; ``needs`` is a table of the snapshot, or empty."""

    name: str
    severity: Severity
    message: str
    sql: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How many rows offend, and a few of them."""

    check: Check
    n_offending: int
    sample: Sequence[dict[str, Any]]

    @property
    def is_failure(self) -> bool:
        return self.n_offending > 0 and self.check.severity == "fail"

    @property
    def sample_json(self) -> str:
        return json.dumps(list(self.sample), default=str)


def all_checks() -> tuple[Check, ...]:
    """The checks of this folder by name, and one for the unique key of every record table."""
    folder = files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    written = (parse_check(name[:-4], folder.joinpath(name).read_text(encoding="utf-8")) for name in names)
    return (*written, *(_unique_key(record) for record in RECORDS if record.table != "coverage"))


def parse_check(name: str, text: str) -> Check:
    """The check that a file writes.

    Raises
    ------
    ValueError : the first line says neither ``-- fail: message`` nor ``-- warn: message``.
    """
    header = _HEADER.match(text)
    if header is None:
        raise ValueError(f"checks/{name}.sql must begin with `-- fail: message` or `-- warn: message`")
    severity, message, needs = header.groups()
    return Check(name, cast(Severity, severity), message, text[header.end() :].rstrip("; \n"), needs or "")


def _unique_key(record: type[Record]) -> Check:
    """Keys are compared by a hash first: at ten million commits that takes a third of the memory."""
    key = ", ".join(f'"{name}"' for name in record.key)
    repeated = f"SELECT hash({key}) FROM {record.table} GROUP BY ALL HAVING count(*) > 1"
    return Check(
        name=f"unique_{record.table}",
        severity="fail",
        message=f"{record.table}: a key comes more than once",
        sql=f"SELECT {key}, count(*) AS n_rows FROM {record.table} WHERE hash({key}) IN ({repeated}) "
        "GROUP BY ALL HAVING count(*) > 1",
    )


def run_checks(con: duckdb.DuckDBPyConnection) -> tuple[CheckResult, ...]:
    """The result of every check that applies, on a connection where the new snapshot is ``marts``."""
    return tuple(_results(con))


def _results(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    present = {
        row[0]
        for row in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'marts'"
        ).fetchall()
    }
    for check in all_checks():
        if not check.needs or check.needs in present:
            yield run_check(con, check)


def run_check(con: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    """How many rows offend; the rows are counted in the query that finds them."""
    result = con.execute(f"SELECT count(*) OVER () AS n_offending_, * FROM ({check.sql}) LIMIT {SAMPLE_SIZE}")
    names = [column[0] for column in result.description or ()][1:]
    rows = result.fetchall()
    sample = [dict(zip(names, row[1:], strict=True)) for row in rows]
    return CheckResult(check, rows[0][0] if rows else 0, sample)
