"""The tables: they are the record classes, they are upgraded in place, and nothing is lost on the way."""

from datetime import UTC, date, datetime
from importlib.resources import files

import duckdb
import pytest

from warehouse.arrange import source_column
from warehouse.errors import MigrationError
from warehouse.migrate import Migration, applied, migrate, migrations, schema_sql
from warehouse.records import RECORDS, Record, fields_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TYPES = {
    str: "VARCHAR",
    float: "DOUBLE",
    int: "BIGINT",
    bool: "BOOLEAN",
    datetime: "TIMESTAMP",
    date: "DATE",
}


@pytest.fixture
def migrated() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    migrate(con, now=NOW)
    return con


def test_schema_file_is_the_state_after_all_migrations(migrated: duckdb.DuckDBPyConnection) -> None:
    golden = files("warehouse").joinpath("schema.sql").read_text(encoding="utf-8")
    assert schema_sql(migrated) == golden, "run `python -m warehouse.migrate > warehouse/schema.sql`"


def test_schema_file_can_be_executed(migrated: duckdb.DuckDBPyConnection) -> None:
    con = duckdb.connect()
    con.execute(files("warehouse").joinpath("schema.sql").read_text(encoding="utf-8"))
    assert schema_sql(con) == schema_sql(migrated)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.table)
def test_table_has_the_columns_of_its_record_and_a_source(
    migrated: duckdb.DuckDBPyConnection, record: type[Record]
) -> None:
    rows = migrated.execute(
        "SELECT column_name, data_type, NOT is_nullable FROM duckdb_columns() WHERE table_name = ? "
        "ORDER BY column_index",
        [record.table],
    ).fetchall()
    expected = [(f.name, TYPES[f.type], f.required) for f in fields_of(record)]
    assert rows == [*expected, (source_column(record.table), "VARCHAR", True)]


def test_failing_migration_leaves_the_tables_as_they_were(migrated: duckdb.DuckDBPyConnection) -> None:
    before = schema_sql(migrated)
    broken = Migration(len(migrations()) + 1, "broken", "CREATE TABLE half (x INTEGER); SELECT nothing;")
    with pytest.raises(MigrationError, match=r"broken\.sql failed, the tables are as before"):
        migrate(migrated, now=NOW, steps=[*migrations(), broken])
    assert schema_sql(migrated) == before
    assert broken.number not in applied(migrated)


def test_file_of_a_newer_version_is_refused(migrated: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(MigrationError, match="a newer Payoff"):
        migrate(migrated, now=NOW, steps=migrations()[:1])


def test_edited_migration_is_refused(migrated: duckdb.DuckDBPyConnection) -> None:
    first, *rest = migrations()
    edited = Migration(first.number, first.name, first.sql + "\n")
    with pytest.raises(MigrationError, match="was edited after it had been applied"):
        migrate(migrated, now=NOW, steps=[edited, *rest])
