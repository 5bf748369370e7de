"""Which names mean what, written down before facts are made: ``environments`` and the two maps.

All are worked out anew from the configuration and the names that the tables hold, so that a corrected
mapping takes effect with the next publication, without collecting again.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from warehouse.mapping import Catalogue, Mapping, ServiceMapRow, TeamMapRow, as_table
from warehouse.mentions import Disputed, Mention, Unmapped, disputed, unmapped
from warehouse.owners import Claim
from warehouse.records import Service
from warehouse.rules import Kind, Rule

_KINDS: tuple[Kind, ...] = ("service", "team", "queue")
# Where rows name a service, a team or a queue in the words of their source.
_NAMED: Sequence[tuple[Kind, str, str]] = (
    *(
        ("service", table, "service_id")
        for table in (
            "deployments",
            "changes",
            "incidents",
            "tickets",
            "action_runs",
            "builds",
            "slos",
            "quality_gates",
        )
    ),
    *(
        ("team", table, "team_id")
        for table in (
            "tickets",
            "action_runs",
            "survey_responses",
            "survey_invitations",
            "ai_usage",
            "team_members",
            "mandates",
        )
    ),
    ("queue", "tickets", "queue"),
)
# A ticket is looked up by its queue where it names neither a team nor a service.
_SPOKEN_FOR: dict[Kind, str] = {"queue": "team_id IS NOT NULL OR service_id IS NOT NULL"}
# A dry run counts in no figure: the service that it tries out may never come to be.
_COUNTS_NOWHERE = {"action_runs": "coalesce(dry_run, FALSE)"}
# Names that need an answer although no row may bear them: a service without an incident is covered too.
_SCOPES = """
SELECT 'coverage', source, scope_id, 0, 'service', 0 FROM coverage WHERE scope_id <> '*'
UNION
SELECT 'coverage', source, scope_id, 0, 'team', 0 FROM coverage
WHERE scope_id <> '*' AND resource IN ('tickets', 'action_runs')
UNION
SELECT 'services', c.source, s.service_id, 0, 'service', 0
FROM (SELECT DISTINCT source, repo_id FROM commits) c
JOIN services s ON s.repo_id = c.repo_id
UNION
SELECT 'commit_paths', source, service_id, 0, 'service', 0 FROM commit_paths
"""


@dataclass(frozen=True, slots=True)
class Identified:
    """What the names of sources did not say clearly."""

    unmapped: tuple[Unmapped, ...]
    disputed: tuple[Disputed, ...]


def identify(
    con: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    is_production: Callable[[str], bool],
    zone: ZoneInfo,
) -> Identified:
    """Replace ``environments``, ``service_map`` and ``team_map``; what is not mapped, or not clearly.

    Belongs into a transaction of the caller.
    """
    _replace(con, "environments", _environments(con, is_production))
    mentions = _mentions(con)
    mapping = Mapping(rules, _catalogue(con), zone)
    services = mapping.services(_named(mentions, "service"))
    teams = mapping.teams(_named(mentions, "team"), _named(mentions, "queue"))
    _replace(con, "service_map", as_table(services, ServiceMapRow))
    _replace(con, "team_map", as_table(teams, TeamMapRow))
    found = (
        *unmapped(mentions, services, rules),
        *(item for kind in _KINDS[1:] for item in unmapped(mentions, _of(teams, kind), rules, kind)),
    )
    identified = Identified(
        tuple(sorted(found, key=lambda item: item.order)),
        tuple(item for kind in _KINDS for item in disputed(mentions, rules, kind)),
    )
    _replace(con, "unmapped_names", _unmapped_table(identified.unmapped))
    _replace(con, "disputed_names", _disputed_table(identified.disputed))
    return identified


def read_identified(rows: Callable[[str], pa.Table]) -> Identified:
    """What `identify` found, from tables that ``rows`` reads by query."""
    by_name: dict[tuple[str, Kind, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows("FROM unmapped_names ORDER BY ALL").to_pylist():
        by_name[row["source"], row["kind"], row["outside_id"]].append(row)
    found = [
        Unmapped(
            *name,
            {row["table_name"]: row["n_rows"] for row in group},
            {row["table_name"]: row["share"] for row in group},
            tuple(group[0]["points_to"].split()),
        )
        for name, group in by_name.items()
    ]
    says: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for row in rows("FROM disputed_names ORDER BY ALL").to_pylist():
        says[row["kind"], row["outside_id"]].append(row["says"])
    return Identified(
        tuple(sorted(found, key=lambda item: item.order)),
        tuple(Disputed(*name, tuple(answers)) for name, answers in says.items()),
    )


def _unmapped_table(found: Sequence[Unmapped]) -> pa.Table:
    rows = [
        (item.source, item.kind, item.outside_id, table, n, item.shares[table], " ".join(item.points_to))
        for item in found
        for table, n in item.by_table.items()
    ]
    names = ("source", "kind", "outside_id", "table_name", "n_rows", "share", "points_to")
    types = (*([pa.string()] * 4), pa.int64(), pa.float64(), pa.string())
    return _table(rows, names, types)


def _disputed_table(found: Sequence[Disputed]) -> pa.Table:
    rows = [(item.kind, item.outside_id, says) for item in found for says in item.says]
    return _table(rows, ("kind", "outside_id", "says"), [pa.string()] * 3)


def _table(rows: Sequence[tuple[Any, ...]], names: Sequence[str], types: Sequence[pa.DataType]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=list(names))


def _named(mentions: Sequence[Mention], kind: Kind) -> set[tuple[str, str]]:
    return {(mention.source, mention.outside_id) for mention in mentions if mention.kind == kind}


def _of(rows: Sequence[TeamMapRow], kind: Kind) -> list[TeamMapRow]:
    return [row for row in rows if row.kind == kind]


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
        f"SELECT '{table}', source, {column}, count(*), '{kind}', "
        f"count_if({_needs_no_answer(kind, table)}) FROM {table} WHERE {column} IS NOT NULL GROUP BY ALL"
        for kind, table, column in _NAMED
    )
    query = " UNION ALL ".join([*queries, f"({_SCOPES})"])
    return [Mention(*row) for row in con.execute(f"{query} ORDER BY ALL").fetchall()]


def _needs_no_answer(kind: Kind, table: str) -> str:
    reasons = (_SPOKEN_FOR.get(kind), _COUNTS_NOWHERE.get(table))
    return " OR ".join(f"({reason})" for reason in reasons if reason) or "FALSE"


def _catalogue(con: duckdb.DuckDBPyConnection) -> Catalogue:
    services = con.execute("SELECT service_id, team_id, tier FROM services ORDER BY service_id").fetchall()
    # Who says nothing of days says it for all time.
    claims = con.execute(
        "SELECT service_id, team_id, source, from_on, to_on FROM ownership UNION ALL "
        "SELECT s.service_id, s.team_id, s.source, NULL, NULL FROM services s "
        "ANTI JOIN ownership o ON o.service_id = s.service_id WHERE s.team_id IS NOT NULL ORDER BY ALL"
    ).fetchall()
    teams = con.execute("SELECT team_id FROM teams ORDER BY team_id").fetchall()
    return Catalogue(
        services=[Service(service_id, team_id=team_id, tier=tier) for service_id, team_id, tier in services],
        claims=[Claim(*row) for row in claims],
        team_ids=[team_id for (team_id,) in teams],
    )
