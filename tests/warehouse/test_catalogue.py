"""The configuration's teams and services over those that sources bring."""

from datetime import UTC, date, datetime
from pathlib import Path

from warehouse.catalogue import lift_catalogue, overlay_catalogue
from warehouse.engine import Warehouse
from warehouse.load import load_page
from warehouse.records import Ownership, Service, Team, to_tables

BORN = datetime(2025, 1, 1, tzinfo=UTC)


def _row(warehouse: Warehouse) -> tuple[object, ...]:
    query = "SELECT service_id, team_id, repo_id, created_at, tier FROM services"
    (row,) = warehouse.connection.execute(query).fetchall()
    return tuple(row)


def test_the_configuration_adds_the_team_and_keeps_what_the_source_knows(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path) as warehouse:
        found = Service("shop", repo_id="acme/shop", created_at=BORN, tier="2")
        load_page(warehouse, "git", "commits", "*", tables=to_tables([found]))
        overlay_catalogue(warehouse, "config", [Service("shop", team_id="web", tier="1")])
        assert _row(warehouse) == ("shop", "web", "acme/shop", BORN.replace(tzinfo=None), "1")


def test_laying_it_over_twice_changes_no_row(tmp_path: Path) -> None:
    records = [Service("shop", team_id="web"), Ownership("shop", "web", date(2025, 1, 1))]
    with Warehouse.open(tmp_path) as warehouse:
        for _ in range(2):
            overlay_catalogue(warehouse, "config", records)
        owners = warehouse.connection.execute("SELECT team_id, from_on FROM ownership").fetchall()
    assert owners == [("web", date(2025, 1, 1))]


def test_a_corrected_hand_over_leaves_no_old_day_behind(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path) as warehouse:
        for day in (date(2025, 1, 1), date(2025, 2, 1)):
            overlay_catalogue(warehouse, "config", [Service("shop"), Ownership("shop", "web", day)])
        owners = warehouse.connection.execute("SELECT from_on FROM ownership").fetchall()
    assert owners == [(date(2025, 2, 1),)]


def test_what_leaves_the_configuration_leaves_and_what_a_source_brought_comes_back(tmp_path: Path) -> None:
    found = Service("shop", repo_id="acme/shop", created_at=BORN, tier="2")
    records = [
        Service("shop", team_id="web", tier="1"),
        Service("till"),
        Team("web"),
        Ownership("till", "web"),
    ]
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "git", "commits", "*", tables=to_tables([found]))
        for laid in (records, records, []):
            overlay_catalogue(warehouse, "config", laid)
        assert _row(warehouse) == ("shop", None, "acme/shop", BORN.replace(tzinfo=None), "2")
        for table in ("teams", "ownership", "overlaid_services"):
            assert warehouse.connection.execute(f"FROM {table}").fetchall() == []


def test_a_source_meets_its_own_row_below_the_configuration(tmp_path: Path) -> None:
    found = Service("shop", repo_id="acme/shop")
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "git", "commits", "*", tables=to_tables([found]))
        overlay_catalogue(warehouse, "config", [Service("shop", team_id="web")])
        lift_catalogue(warehouse, "config")
        again = load_page(warehouse, "git", "commits", "*", tables=to_tables([found]))
        assert (again.total.unchanged, again.total.taken_over) == (1, 0)


def test_a_row_that_its_source_brought_meanwhile_is_newer_than_the_one_kept_aside(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "git", "commits", "*", tables=to_tables([Service("shop", tier="2")]))
        overlay_catalogue(warehouse, "config", [Service("shop", team_id="web")])
        load_page(warehouse, "git", "commits", "*", tables=to_tables([Service("shop", tier="3")]))
        overlay_catalogue(warehouse, "config", [])
        assert _row(warehouse) == ("shop", None, None, None, "3")


def test_what_is_kept_aside_has_the_columns_of_its_table(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path) as warehouse:
        for table in ("teams", "services"):
            columns = [
                warehouse.connection.execute(f"DESCRIBE {name}").fetchall()
                for name in (table, f"overlaid_{table}")
            ]
            assert columns[0] == columns[1]
