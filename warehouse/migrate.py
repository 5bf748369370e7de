"""Numbered SQL migrations: each runs once, in one transaction, and is recorded with its checksum.

A migration that was applied is never edited; what changes is a new file. ``schema.sql`` is the state
after all of them, written by ``python -m warehouse.migrate`` and compared by the tests.
"""

import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

import duckdb

from warehouse.errors import MigrationError

RECORD = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER NOT NULL, name VARCHAR NOT NULL, checksum VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file ``migrations/<number>_<name>.sql``."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations in order.

    Raises
    ------
    MigrationError : a number is missing or given twice.
    """
    folder = files("warehouse").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    found = tuple(
        Migration(int(name[:4]), name[5:-4], folder.joinpath(name).read_text(encoding="utf-8"))
        for name in names
    )
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise MigrationError(f"migrations are not numbered 1 to {len(found)}: {', '.join(names)}")
    return found


def applied(con: duckdb.DuckDBPyConnection) -> Mapping[int, str]:
    """The checksum of every migration that this file has seen, by number; empty for a new file."""
    exists = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_migrations' "
        "AND database_name = current_database()"
    ).fetchall()[0][0]
    if not exists:
        return {}
    return dict(con.execute("SELECT number, checksum FROM schema_migrations ORDER BY number").fetchall())


def pending(
    con: duckdb.DuckDBPyConnection, steps: Sequence[Migration] | None = None
) -> tuple[Migration, ...]:
    """The migrations that this file has not seen yet.

    Raises
    ------
    MigrationError : the file is newer than this version, or an applied migration reads differently now.
    """
    known = {step.number: step for step in (migrations() if steps is None else steps)}
    seen = applied(con)
    for number, checksum in seen.items():
        if number not in known:
            raise MigrationError(
                f"the warehouse has migration {number}, this version ends at {len(known)}: a newer Payoff "
                "wrote it. Install that version again, or restore the copy that was made before its upgrade."
            )
        if known[number].checksum != checksum:
            raise MigrationError(
                f"migration {number:04d}_{known[number].name}.sql was edited after it had been applied. "
                "Restore its text and put the change into a new migration."
            )
    return tuple(step for step in known.values() if step.number not in seen)


def migrate(
    con: duckdb.DuckDBPyConnection, *, now: datetime, steps: Sequence[Migration] | None = None
) -> tuple[Migration, ...]:
    """Apply what is pending and return it; each migration is there in full or not at all."""
    todo = pending(con, steps)
    for step in todo:
        con.begin()
        try:
            con.execute(RECORD)
            con.execute(step.sql)
            con.execute(
                "INSERT INTO schema_migrations VALUES (?, ?, ?, ?)",
                [step.number, step.name, step.checksum, now.astimezone(UTC).replace(tzinfo=None)],
            )
            con.commit()
        except duckdb.Error as error:
            con.rollback()
            raise MigrationError(
                f"migration {step.number:04d}_{step.name}.sql failed, the tables are as before: {error}"
            ) from error
    return todo


def schema_sql(con: duckdb.DuckDBPyConnection) -> str:
    """The tables of a migrated file as SQL, by name, one column per line."""
    columns = con.execute(
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = 'main' "
        "ORDER BY table_name, column_index"
    ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column, kind, nullable in columns:
        tables.setdefault(table, []).append(f"    {_quoted(column)} {kind}{'' if nullable else ' NOT NULL'}")
    bodies = (f"CREATE TABLE {name} (\n" + ",\n".join(lines) + "\n);\n" for name, lines in tables.items())
    return "-- The state after all migrations; written by `python -m warehouse.migrate`.\n\n" + "\n".join(
        bodies
    )


def _quoted(column: str) -> str:
    return f'"{column}"' if re.fullmatch("on|at", column) else column


def main() -> None:
    """Write the schema of a fresh warehouse to stdout."""
    with duckdb.connect() as con:
        migrate(con, now=datetime.now(UTC))
        sys.stdout.write(schema_sql(con))


if __name__ == "__main__":
    main()
