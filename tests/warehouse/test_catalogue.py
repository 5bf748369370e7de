"""The configuration's teams and services over those that sources bring."""

from datetime import UTC, date, datetime
from pathlib import Path

from warehouse.catalogue import overlay_catalogue
from warehouse.engine import Warehouse
from warehouse.load import load_page
from warehouse.records import Ownership, Service, to_tables

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
