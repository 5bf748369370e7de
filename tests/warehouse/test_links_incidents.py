"""Which deployment an incident is linked to, by which method; the service is the shop, times are hours."""

from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.links_world import hour, linked, rolled
from warehouse.names import Name
from warehouse.records import Incident, Record, Service
from warehouse.rules import Rule


def incident(at_hour: float, **more: Any) -> Incident:
    """The incident i1 of the shop."""
    return Incident("i1", hour(at_hour), **{"service_id": "shop", **more})


def link_of(directory: Path, records: list[Record], **options: Any) -> tuple[str, str] | None:
    """Deployment and method of i1."""
    with linked(directory, [Service("shop"), Service("till"), *records], **options) as world:
        found = world.incidents()
        assert world.report.n_incidents_unlinked == 1 - len(found)
        return found.get("i1")


def test_a_stated_deployment_wins_however_long_ago(tmp_path: Path) -> None:
    records = [rolled("d1", "1", 0), rolled("d2", "2", 99), incident(100, deployment_id="d1")]
    assert link_of(tmp_path, records) == ("d1", "explicit")


def test_a_stated_deployment_of_another_service_is_believed(tmp_path: Path) -> None:
    records = [rolled("t1", "1", 0, service_id="till"), rolled("d1", "2", 1), incident(2, deployment_id="t1")]
    assert link_of(tmp_path, records) == ("t1", "explicit")


def test_a_stated_deployment_that_is_not_of_production_is_passed_over(tmp_path: Path) -> None:
    records = [
        rolled("s1", "1", 1, environment="staging"),
        rolled("d1", "1", 2),
        incident(3, deployment_id="s1"),
    ]
    assert link_of(tmp_path, records) == ("d1", "window")


def test_a_stated_sha_is_its_latest_deployment_before_the_incident(tmp_path: Path) -> None:
    records = [
        rolled("d1", "1", 0),
        rolled("d2", "1", 50),
        rolled("d3", "2", 99),
        rolled("d4", "1", 101),
        incident(100, deployment_id="1"),
    ]
    assert link_of(tmp_path, records) == ("d2", "explicit")


def test_a_stated_sha_that_another_service_deployed_says_nothing(tmp_path: Path) -> None:
    records = [rolled("t1", "1", 0, service_id="till"), rolled("d1", "2", 1), incident(2, deployment_id="1")]
    assert link_of(tmp_path, records) == ("d1", "window")


def test_a_stated_sha_may_be_that_of_a_failure_that_reached_production(tmp_path: Path) -> None:
    failed = {"status": "failure", "reached_production": True}
    records = [rolled("d1", "1", 0), rolled("d2", "2", 1, **failed), incident(2, deployment_id="2")]
    assert link_of(tmp_path, records) == ("d2", "explicit")


def test_a_stated_sha_that_never_reached_production_says_nothing(tmp_path: Path) -> None:
    failed = {"status": "failure", "reached_production": False}
    records = [rolled("d1", "1", 0), rolled("d2", "2", 1, **failed), incident(2, deployment_id="2")]
    assert link_of(tmp_path, records) == ("d1", "window")


@pytest.mark.parametrize(
    ("at_hour", "expected"),
    [
        (9.99, None),
        (10, ("d1", "window")),  # it ran from its finish on
        (34, ("d1", "window")),  # 24 h later: the boundary is inside
        (34 + 1e-6, None),
    ],
)
def test_the_running_deployment_explains_an_incident_inside_the_window(
    tmp_path: Path, at_hour: float, expected: tuple[str, str] | None
) -> None:
    assert link_of(tmp_path, [rolled("d1", "1", 10), incident(at_hour)]) == expected


def test_the_window_is_configured(tmp_path: Path) -> None:
    records = [rolled("d1", "1", 10), incident(12)]
    assert link_of(tmp_path / "a", records, window_hours=1.5) is None
    assert link_of(tmp_path / "b", records, window_hours=2) == ("d1", "window")


def test_what_ran_before_the_running_one_is_never_blamed(tmp_path: Path) -> None:
    # d2 replaced d1 and is outside of the window itself, so nothing is blamed for being older still.
    assert link_of(tmp_path, [rolled("d1", "1", 0), rolled("d2", "2", 1), incident(26)]) is None


def test_another_service_is_never_blamed_by_time(tmp_path: Path) -> None:
    assert link_of(tmp_path, [rolled("t1", "1", 1, service_id="till"), incident(2)]) is None


@pytest.mark.parametrize(
    "more", [{"status": "failure", "reached_production": True}, {"environment": "staging"}]
)
def test_only_a_success_in_production_is_running(tmp_path: Path, more: dict[str, Any]) -> None:
    assert link_of(tmp_path, [rolled("d1", "1", 1), rolled("d2", "2", 2, **more), incident(3)]) == (
        "d1",
        "window",
    )


def test_a_rollback_is_running_too(tmp_path: Path) -> None:
    records = [rolled("d1", "2", 1), rolled("d2", "1", 2, is_rollback=True), incident(3)]
    assert link_of(tmp_path, records) == ("d2", "window")


def test_of_two_deployments_at_one_instant_the_later_identifier_is_running(tmp_path: Path) -> None:
    assert link_of(tmp_path, [rolled("a", "1", 1), rolled("b", "2", 1), incident(2)]) == ("b", "window")


def test_an_incident_of_no_known_service_is_not_linked(tmp_path: Path) -> None:
    assert link_of(tmp_path, [rolled("d1", "1", 1), incident(2, service_id=None)]) is None


def test_the_pager_has_its_own_name_for_the_service(tmp_path: Path) -> None:
    rules = [Rule(Name("PD123"), "shop")]
    records: list[Record] = [rolled("d1", "1", 1), incident(2, service_id="PD123")]
    assert link_of(tmp_path, records, rules=rules) == ("d1", "window")


def test_many_incidents_of_one_deployment_have_a_row_each(tmp_path: Path) -> None:
    incidents = [Incident(f"i{n}", hour(2 + n), service_id="shop") for n in range(3)]
    with linked(tmp_path, [Service("shop"), rolled("d1", "1", 1), *incidents]) as world:
        assert world.rows("SELECT count(*) FROM link_incidents") == [(3,)]
        assert world.report.n_incidents_window == 3
