"""Facts under our names: by the source a row came from, and never more rows than were loaded."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from hypothesis import HealthCheck, given, settings

from tests.warehouse.test_mapping import claims_strategy, rules_strategy, team_rules_strategy
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings, prepare
from warehouse.identities import identify
from warehouse.links import link
from warehouse.load import load_page
from warehouse.names import parse_name
from warehouse.owners import Claim
from warehouse.records import (
    ActionRun,
    Change,
    Coverage,
    Deployment,
    Incident,
    Ownership,
    Record,
    Service,
    Team,
    TeamMember,
    Ticket,
    to_tables,
)
from warehouse.rules import Rule

ZONE = ZoneInfo("UTC")
START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = ("ci", "git")
FACTS = (
    ("deployments", "deployment"),
    ("incidents", "incident"),
    ("changes", "change"),
    ("tickets", "ticket"),
    ("runs", "run"),
)


def loaded(warehouse: Warehouse, claims: list[Claim]) -> None:
    """Each source brings a row of each kind for each name and day; their names are the same."""
    services: list[Record] = [Service("shop", team_id="red"), Service("pay", team_id="blue")]
    owners = [Ownership(claim.service_id, claim.team, claim.from_on, claim.to_on) for claim in claims]
    load_page(warehouse, "config", "config", "*", tables=to_tables([*services, *owners]))
    for source in SOURCES:
        rows = [row for name in ("web", "shop", "PX1") for row in _rows(source, name)]
        load_page(warehouse, source, "rows", "*", tables=to_tables(rows))


def _rows(source: str, name: str) -> list[Record]:
    found: list[Record] = [Coverage("deployments", START, START + timedelta(days=12), name)]
    for day in range(10):
        key, at = f"{source}-{name}-{day}", START + timedelta(days=day, hours=1)
        found.append(Deployment(key, name, "production", "success", sha=key, finished_at=at))
        found.append(Incident(key, at, name))
        found.append(Change(key, name, merged_at=at))
        found.append(Ticket(key, "request", at, team_id=name, service_id=name, queue=name))
        found.append(ActionRun(key, "new", at, "success", team_id=name, service_id=name))
    return found


def identified(warehouse: Warehouse, rules: list[Rule]) -> None:
    with warehouse.transaction() as con:
        identify(con, rules, lambda name: name == "production", ZONE)
    link(warehouse.connection, attribution_window_hours=24)


def prepared(warehouse: Warehouse) -> duckdb.DuckDBPyConnection:
    con = warehouse.connection
    con.execute("ATTACH ':memory:' AS marts")
    prepare(con, FactSettings())
    return con


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return con.execute(query).fetchall()


def test_two_sources_that_share_a_name_get_each_its_own_service(tmp_path: Path) -> None:
    rules = [
        Rule(parse_name("web"), "shop", source="ci"),
        Rule(parse_name("web"), "pay", source="git", to_on=date(2026, 1, 3)),
    ]
    with Warehouse.open(tmp_path) as warehouse:
        loaded(warehouse, [])
        identified(warehouse, rules)
        con = prepared(warehouse)
        for fact, key in (("deployments", "deployment"), ("incidents", "incident"), ("changes", "change")):
            found = rows(
                con,
                f"SELECT service_id, team_id, count(*) FROM marts.fact_{fact} "
                f"WHERE {key}_id LIKE '%-web-%' GROUP BY ALL ORDER BY ALL",
            )
            # Of the ten days of git, two are before 3 January; the other eight mean nothing.
            assert found == [("pay", "blue", 2), ("shop", "red", 10), ("web", "unassigned", 8)], fact
        covered = rows(con, "SELECT service_id FROM marts.service_coverage ORDER BY ALL")
        assert covered == [("pay",), ("shop",)]


def test_a_service_whose_incidents_are_known_to_be_none_is_covered_by_its_outside_name(
    tmp_path: Path,
) -> None:
    quiet = Coverage("incidents", START, START + timedelta(days=1), "PX9")
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "config", "config", "*", tables=to_tables([Service("shop")]))
        load_page(warehouse, "pager", "incidents", "PX9", tables={}, coverage=[quiet])
        identified(warehouse, [Rule(parse_name("PX9"), "shop", source="pager")])
        con = prepared(warehouse)
        assert rows(con, "SELECT service_id, resource FROM marts.service_coverage") == [("shop", "incidents")]


def test_tickets_and_runs_find_their_team_by_its_name_there_or_by_the_queue(tmp_path: Path) -> None:
    at = START + timedelta(hours=1)
    rows_of_desk: list[Record] = [
        Ticket("named", "request", at, team_id="Team Red", queue="OPS"),
        Ticket("queued", "request", at, queue="OPS"),
        Ticket("till", "request", at, queue="TILL"),
        Ticket("lost", "request", at, queue="HR"),
        Ticket("placed", "request", at, team_id="Team Red", queue="help"),
        Ticket("served", "request", at, service_id="shop", queue="help"),
        ActionRun("run", "new", at, "success", team_id="Team Red"),
        TeamMember("someone", "Team Red"),
    ]
    rules = [
        Rule(parse_name("Team Red"), team_id="red", kind="team", source="desk"),
        Rule(parse_name("OPS"), team_id="blue", kind="queue"),
        Rule(parse_name("TILL"), "shop", kind="queue", source="desk"),
    ]
    covered = [
        Coverage(kind, START, START + timedelta(days=1), "Team Red") for kind in ("tickets", "action_runs")
    ]
    known: list[Record] = [Service("shop", team_id="green"), *map(Team, ("red", "blue", "green"))]
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "config", "config", "*", tables=to_tables(known))
        load_page(warehouse, "desk", "rows", "*", tables=to_tables(rows_of_desk), coverage=covered)
        identified(warehouse, rules)
        con = prepared(warehouse)
        assert rows(con, "SELECT ticket_id, team_id, service_id FROM marts.fact_tickets ORDER BY ALL") == [
            ("lost", "unassigned", None),
            ("named", "red", None),
            ("placed", "red", None),
            ("queued", "blue", None),
            ("served", "green", "shop"),
            ("till", "green", "shop"),
        ]
        assert rows(con, "SELECT team_id, exclusion FROM marts.fact_runs") == [("red", None)]
        teams = rows(con, "SELECT DISTINCT team_id FROM marts.team_coverage")
        assert teams == [("red",)]
        unknown = rows(con, "SELECT kind, outside_id FROM unmapped_names")
        assert unknown == [("queue", "HR")]


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rules_strategy, team_rules_strategy, claims_strategy)
def test_whatever_rules_and_owners_say_no_fact_is_lost_or_doubled(
    tmp_path_factory: object, rules: list[Rule], team_rules: list[Rule], claims: list[Claim]
) -> None:
    folder: Path = tmp_path_factory.mktemp("mapped")  # type: ignore[attr-defined]
    with Warehouse.open(folder) as warehouse:
        loaded(warehouse, claims)
        identified(warehouse, [*rules, *team_rules])
        con = prepared(warehouse)
        for fact, key in FACTS:
            (counts,) = rows(con, f"SELECT count(*), count(DISTINCT {key}_id) FROM marts.fact_{fact}")
            assert counts == (60, 60)  # two sources, three names, ten days


def test_a_dry_run_for_a_service_that_is_not_there_leaves_no_name_unmapped(tmp_path: Path) -> None:
    tried = ActionRun("tried", "new", START, "success", team_id="red", service_id="basket", dry_run=True)
    meant = ActionRun("meant", "new", START, "success", team_id="red", service_id="cart")
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "config", "config", "*", tables=to_tables([Team("red")]))
        load_page(warehouse, "actions", "runs", "*", tables=to_tables([tried, meant]))
        with warehouse.transaction() as con:
            found = identify(con, [], lambda name: name == "production", ZONE)
        # Of two runs one names what is not there and counts: half of the table.
        assert [(item.outside_id, item.share) for item in found.unmapped] == [("cart", 0.5)]
