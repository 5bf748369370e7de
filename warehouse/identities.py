"""Which names mean what, written down before facts are made: ``environments`` and ``service_map``.

Both are worked out anew from the configuration and the names that the tables hold, so that a corrected
mapping takes effect with the next publication, without collecting again.
"""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from warehouse.mapping import Mention, Rule, Unmapped, resolve, service_map_table, unmapped
from warehouse.records import Ownership, Service

_NAMED = ("deployments", "changes", "incidents", "tickets")


def identify(
    con: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    is_production: Callable[[str], bool],
    zone: ZoneInfo,
) -> tuple[Unmapped, ...]:
    """Replace ``environments`` and ``service_map``; the identifiers that belong to no known service.

    Belongs into a transaction of the caller.
    """
    _replace(con, "environments", _environments(con, is_production))
    mentions = _mentions(con)
    rows = resolve(
        {(mention.source, mention.outside_id) for mention in mentions},
        rules,
        _services(con),
        _ownership(con),
        zone=zone,
    )
    _replace(con, "service_map", service_map_table(rows))
    return unmapped(mentions, rows, rules)


def _replace(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    con.execute(f"DELETE FROM {table}")
    con.register("identity_rows", rows)
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM identity_rows")
    con.unregister("identity_rows")


def _environments(con: duckdb.DuckDBPyConnection, is_production: Callable[[str], bool]) -> pa.Table:
    names = [
        name
        for (name,) in con.execute("SELECT DISTINCT environment FROM deployments ORDER BY ALL").fetchall()
    ]
    return pa.table(
        {
            "name": pa.array(names, pa.string()),
            "is_production": pa.array([is_production(name) for name in names], pa.bool_()),
        }
    )


def _mentions(con: duckdb.DuckDBPyConnection) -> list[Mention]:
    queries = (
        f"SELECT '{table}', source, service_id, count(*) FROM {table} "
        "WHERE service_id IS NOT NULL GROUP BY ALL"
        for table in _NAMED
    )
    return [Mention(*row) for row in con.execute(" UNION ALL ".join(queries) + " ORDER BY ALL").fetchall()]


def _services(con: duckdb.DuckDBPyConnection) -> list[Service]:
    rows = con.execute("SELECT service_id, team_id, tier FROM services ORDER BY service_id").fetchall()
    return [Service(service_id=service_id, team_id=team_id, tier=tier) for service_id, team_id, tier in rows]


def _ownership(con: duckdb.DuckDBPyConnection) -> list[Ownership]:
    rows = con.execute("SELECT service_id, team_id, from_on, to_on FROM ownership ORDER BY ALL").fetchall()
    return [Ownership(*row) for row in rows]
