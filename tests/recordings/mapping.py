"""A mapping file: how the expected rows of a data set read in the columns that Payoff keeps.

    dataset: github/rest_hub4j_deployments
    stanza:                        # what a user would write; ${SERVER} replays, ${FOLDER} is the data set
      kind: github
      base_url: ${SERVER}
    lists:                         # where a list was only recorded in parts: what they are, see `unite`
      /repos/acme/shop/actions/runs: {items: workflow_runs, recorded: [/repos/acme/shop/actions/runs/7]}
    tables:                        # the expected rows of a table: SQL over the CSV files, all text
      deployments: SELECT id AS deployment_id, scope AS service_id, … FROM deployments
    not_kept:                      # columns that no query names, and why (for a whole file: `file: why`)
      deployments: {ref: which branch it was changes no figure}
    unfinished: {runs: ["17"]}     # items by list that an earlier run left open, asked for singly
    differences:                   # where the expectation is not ours, each with its reason
      - {table: deployments, key: ["17"], column: status, expected: …, collected: …, reason: …}

`pseudonym(x)` is available in the queries. A table's rows are compared on the columns that its query gives.
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from collectors import registry
from collectors.base import Context, pseudonymiser
from collectors.rest_state import State
from tests.collectors.contract import Store, place_of
from tests.recordings.server import ROOT, RecordedService
from warehouse.records import BY_TABLE, Field, fields_of

PSEUDONYM = pseudonymiser(b"a key of the tests")
Cell = tuple[str, tuple[str, ...], str]
"""Table, key of the row, column ("" where the row as a whole is only on one side)."""


@dataclass(frozen=True)
class Mapping:
    """One mapping file."""

    dataset: str
    stanza: dict[str, Any]
    tables: dict[str, str]
    not_kept: dict[str, Any] = field(default_factory=dict)
    differences: list[dict[str, Any]] = field(default_factory=list)
    unfinished: dict[str, list[str]] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    @classmethod
    def read(cls, path: Path) -> "Mapping":
        return cls(**yaml.safe_load(path.read_text()))

    @property
    def files(self) -> dict[str, Path]:
        """The files of expected rows by name."""
        return {path.stem: path for path in sorted((ROOT / self.dataset / "expected").glob("*.csv"))}

    def collect(self, service: RecordedService, cache: Path) -> Store:
        """What the real source stores when it reads the whole recording."""
        text = yaml.safe_dump(self.stanza).replace("${SERVER}", service.base_url)
        stanza = yaml.safe_load(text.replace("${FOLDER}", str(ROOT / self.dataset)))
        for path, parts in self.lists.items():
            service.unite(path, **parts)
        kind = stanza.pop("kind")
        context = Context(
            self.now, cache, PSEUDONYM, lambda name: name in ("production", "prod"), sleep=lambda _: None
        )
        source = registry.build(
            stanza.pop("name", kind), kind, registry.config_class(kind)(**stanza), context
        )
        store = Store()
        for resource in source.resources():
            left = frozenset(self.unfinished.get(resource.name, ()))
            for page in resource.pages(State(unfinished=left).as_cursor() if left else None):
                store.put(place_of(resource), page)
        return store

    def unexplained(self) -> list[str]:
        """Columns of expected files that no query names and no reason covers."""
        named = {word for query in self.tables.values() for word in re.findall(r"\w+", query)}
        missing = []
        for name, path in self.files.items():
            why = self.not_kept.get(name, {})
            if isinstance(why, str):
                continue
            with path.open(newline="") as file:
                header = next(csv.reader(file))
            missing += [f"{name}.{column}" for column in header if column not in named and column not in why]
        return missing

    def expected(self) -> dict[str, dict[tuple[str, ...], dict[str, Any]]]:
        """The expected rows of each table by key, in our columns and types."""
        with duckdb.connect() as con:
            con.create_function("pseudonym", PSEUDONYM, ["VARCHAR"], "VARCHAR")  # type: ignore[list-item, arg-type]
            for name, path in self.files.items():
                con.execute(f"CREATE VIEW \"{name}\" AS FROM read_csv('{path}', all_varchar = true)")
            return {table: _keyed(table, _typed(con, table, query)) for table, query in self.tables.items()}


def differing(
    expected: dict[str, dict[tuple[str, ...], dict[str, Any]]], store: Store, service: RecordedService
) -> dict[Cell, tuple[Any, Any]]:
    """Every cell in which both sides differ: what was expected and what was collected."""
    found: dict[Cell, tuple[Any, Any]] = {}
    for table, rows in expected.items():
        collected = {tuple(str(part) for part in key): row for key, row in store.rows.get(table, {}).items()}
        for key in rows.keys() ^ collected.keys():
            found[table, key, ""] = ("a row", None) if key in rows else (None, "a row")
        for key in rows.keys() & collected.keys():
            for column, value in rows[key].items():
                have = service.as_recorded(collected[key][column])
                if value != have:
                    found[table, key, column] = (value, have)
    return found


def listed(differences: list[dict[str, Any]]) -> dict[Cell, tuple[Any, Any]]:
    """The differences of a mapping file, each of which must have its reason."""
    assert all(entry["reason"] for entry in differences)
    return {
        (entry["table"], tuple(str(part) for part in entry["key"]), entry.get("column", "")): (
            _plain(entry.get("expected")),
            _plain(entry.get("collected")),
        )
        for entry in differences
    }


def _plain(value: Any) -> Any:
    """Times without their zone, as tables hold them."""
    return (
        value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
    )


def _typed(con: duckdb.DuckDBPyConnection, table: str, query: str) -> pa.Table:
    """The answer to a query with every column in the type that the table has."""
    fields = {one.name: one for one in fields_of(BY_TABLE[table])}
    names = [row[0] for row in con.execute(f"DESCRIBE {query}").fetchall()]
    columns = ", ".join(f'CAST("{name}" AS {_sql_type(fields[name])}) AS "{name}"' for name in names)
    return con.sql(f"SELECT {columns} FROM ({query})").to_arrow_table()


def _sql_type(one: Field) -> str:
    types = {datetime: "TIMESTAMP", str: "VARCHAR", float: "DOUBLE", int: "BIGINT", bool: "BOOLEAN"}
    return types.get(one.type, "DATE")


def _keyed(table: str, rows: pa.Table) -> dict[tuple[str, ...], dict[str, Any]]:
    keyed: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows.to_pylist():
        key = tuple(str(row[name]) for name in BY_TABLE[table].key)
        assert key not in keyed, f"{table}: two expected rows {key}"
        keyed[key] = row
    return keyed
