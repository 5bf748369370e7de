"""Folders for tests of the whole flow: a configuration, neutral files, and what the warehouse holds."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from service.configuration.config import Settings, load_config

NOW = datetime(2025, 2, 1, tzinfo=UTC)
DEPLOYMENTS = "deployment_id,service_id,environment,status,finished_at,url\n"
COVERAGE = (
    "resource,scope_id,from_at,to_at\n"
    "deployments,*,2025-01-01T00:00:00Z,2025-02-01T00:00:00Z\n"
    "changes,*,2025-01-01T00:00:00Z,2025-02-01T00:00:00Z\n"
    "incidents,*,2025-01-01T00:00:00Z,2025-02-01T00:00:00Z\n"
)
# What a run writes about itself: when it ran, where it stopped, which snapshot it made, which key it has.
OWN_RECORDS = (
    "cursors",
    "job_runs",
    "pseudonym_keys",
    "check_results",
    "snapshots",
    "snapshot_rows",
    "schema_migrations",
)


def write_config(folder: Path, text: str) -> Path:
    """``config.yaml`` in a folder, with ``storage`` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text("storage: {directory: data, lock_wait_seconds: 0}\n" + text)
    return path


def configured(folder: Path, text: str) -> Settings:
    """The settings of such a file."""
    return load_config(write_config(folder, text))


def deployment_rows(*days: int, service: str = "pay", status: str = "success") -> str:
    """CSV lines of deployments at noon of these days of January 2025."""
    return "".join(
        f"{service}-{day},{service},production,{status},2025-01-{day:02d}T12:00:00Z,"
        f"https://ci.example.com/{service}/{day}\n"
        for day in days
    )


def write_files(folder: Path, **tables: str) -> Path:
    """One CSV per table; ``coverage`` is January 2025 where it is not given."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"coverage": COVERAGE, **tables}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def contents(directory: Path) -> dict[str, tuple[int, int]]:
    """Rows and the sum of their hashes by table, of all that is known of the world.

    Until when a resource is covered moves with the clock of a run, so that end is left out.
    """
    with duckdb.connect(str(directory / "warehouse.duckdb"), read_only=True) as con:
        names = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
        return {name: _digest(con, name) for (name,) in names if name not in OWN_RECORDS}


def _digest(con: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int]:
    columns = "* EXCLUDE (to_at)" if name == "coverage" else "*"
    row = con.execute(
        f'SELECT count(*), coalesce(sum(hash(r)), 0) FROM (SELECT {columns} FROM "{name}") r'
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def everything(folder: Path) -> dict[str, str]:
    """All rows of all tables of the warehouse, as text."""
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb"), read_only=True) as con:
        names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: repr(con.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}
