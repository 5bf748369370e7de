"""Facts of tickets and runs: hours, grades, teams by date, what is out and why. Hours are 9 to 17, UTC."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.world import publish_world

# 2025-01-06 is a Monday.
COVERED = {"scope": "*", "from": "2025-01-01", "to": "2025-03-01", "resources": ["tickets", "action_runs"]}
TEAMS = [{"team_id": "t", "engineers": 5}, {"team_id": "u"}]


def facts(
    directory: Path, table: str, given: Mapping[str, Any], settings: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    world = {"covered": COVERED, "teams": TEAMS, **given}
    with publish_world(directory, world, settings) as snapshot:
        rows = snapshot.sql(f"SELECT * FROM {table}").to_pylist()
    key = "ticket_id" if table == "fact_tickets" else "run_id"
    assert len({row[key] for row in rows}) == len(rows)
    return {row[key]: row for row in rows}


def ticket(ticket_id: str, **rest: Any) -> dict[str, Any]:
    times = {"created_at": "2025-01-06T08:00:00Z", "resolved_at": "2025-01-08T12:00:00Z"}
    return {"ticket_id": ticket_id, "type": "request", "action": "db", "team_id": "t", **times, **rest}


def move(ticket_id: str, at: str, old: str, new: str) -> dict[str, Any]:
    return {"ticket_id": ticket_id, "at": f"2025-01-{at}:00Z", "from_status": old, "to_status": new}


def run(run_id: str, at: str, **rest: Any) -> dict[str, Any]:
    row = {"run_id": run_id, "action": "db", "team_id": "t", "status": "success", "target": "x"}
    return {**row, "requested_at": f"2025-01-{at}:00Z", **rest}


def test_waiting_and_touch_time_come_from_the_status_history_in_working_hours(tmp_path: Path) -> None:
    history = [
        move("a", "06T10:00", "Open", "In Progress"),  # open from 8: one working hour, 9 to 10
        move("a", "06T12:00", "In Progress", "Waiting for customer"),  # 2 h of work
        move("a", "07T10:00", "Waiting for customer", "In Progress"),  # 5 h + 1 h of waiting
        move("a", "08T12:00", "In Progress", "Done"),  # 7 h + 3 h at work: 8 at most
    ]
    row = facts(tmp_path, "fact_tickets", {"tickets": [ticket("a")], "ticket_transitions": history})["a"]
    assert (row["lead_hours"], row["waiting_hours"], row["touch_hours"]) == (19, 7, 10)
    assert (row["touch_basis"], row["touch_grade"], row["elapsed_hours"]) == ("statuses", "estimated", 52)


def test_logged_work_is_measured_and_wins_over_stated_and_estimated_hours(tmp_path: Path) -> None:
    given = {
        "tickets": [ticket("a", touch_hours=9.0), ticket("b", touch_hours=2.5), ticket("c")],
        "worklogs": [
            {"ticket_id": "a", "at": "2025-01-07T10:00:00Z", "hours": 0.5},
            {"ticket_id": "a", "at": "2025-01-07T11:00:00Z", "hours": 1.0},
        ],
        "ticket_transitions": [move("a", "06T10:00", "Open", "In Progress")],
    }
    rows = facts(tmp_path, "fact_tickets", given, {"tickets": {"stated_touch_grade": "estimated"}})
    found = {key: (row["touch_hours"], row["touch_basis"], row["touch_grade"]) for key, row in rows.items()}
    assert found == {
        "a": (1.5, "logged", "measured"),
        "b": (2.5, "stated", "estimated"),
        "c": (None, None, None),
    }


def test_time_in_a_status_that_nobody_explained_is_unknown_and_not_zero(tmp_path: Path) -> None:
    history = [
        move("a", "06T10:00", "Open", "Parked"),
        move("a", "07T10:00", "Parked", "In Progress"),
        move("a", "08T12:00", "In Progress", "Done"),
    ]
    row = facts(tmp_path, "fact_tickets", {"tickets": [ticket("a")], "ticket_transitions": history})["a"]
    assert (row["waiting_hours"], row["touch_hours"], row["touch_grade"]) == (None, None, None)
    assert row["lead_hours"] == 19


def test_a_move_in_an_impossible_year_leaves_the_hours_unknown(tmp_path: Path) -> None:
    history = [
        move("a", "06T10:00", "Open", "In Progress"),
        {**move("a", "06T10:00", "In Progress", "Done"), "at": "1970-01-01T00:00:00Z"},
    ]
    row = facts(tmp_path, "fact_tickets", {"tickets": [ticket("a")], "ticket_transitions": history})["a"]
    assert (row["waiting_hours"], row["touch_hours"], row["lead_hours"]) == (None, None, 19)


def test_without_a_history_the_wait_ends_with_the_first_response_and_an_open_ticket_has_no_hours(
    tmp_path: Path,
) -> None:
    given = {
        "tickets": [
            ticket("a", first_response_at="2025-01-07T09:30:00Z"),
            ticket("b", resolved_at=None, touch_hours=3.0),
        ]
    }
    rows = facts(tmp_path, "fact_tickets", given)
    assert rows["a"]["waiting_hours"] == 8.5
    assert [rows["b"][name] for name in ("lead_hours", "waiting_hours", "touch_hours")] == [None] * 3


def test_work_after_the_resolution_of_a_ticket_moved_on_later_is_not_its_waiting_time(tmp_path: Path) -> None:
    history = [
        move("a", "06T10:00", "Open", "In Progress"),
        move("a", "08T12:00", "In Progress", "Done"),
        move("a", "20T12:00", "Done", "Open"),
        move("a", "27T12:00", "Open", "Done"),
    ]
    row = facts(tmp_path, "fact_tickets", {"tickets": [ticket("a")], "ticket_transitions": history})["a"]
    assert row["waiting_hours"] == 1


def test_a_ticket_of_a_service_belongs_to_its_owner_on_the_day_unless_it_names_its_team(
    tmp_path: Path,
) -> None:
    given = {
        "services": [{"service_id": "s", "team_id": "t"}],
        "ownership": [
            {"service_id": "s", "team_id": "t", "to_on": "2025-01-16"},
            {"service_id": "s", "team_id": "u", "from_on": "2025-01-16"},
        ],
        "tickets": [
            ticket("a", team_id=None, service_id="s"),
            ticket(
                "b",
                team_id=None,
                service_id="s",
                created_at="2025-01-20T08:00:00Z",
                resolved_at=None,
            ),
            ticket("c", service_id="s", created_at="2025-01-20T08:00:00Z", resolved_at=None),
            ticket("d", team_id=None),
        ],
    }
    rows = facts(tmp_path, "fact_tickets", given)
    assert {key: row["team_id"] for key, row in rows.items()} == {
        "a": "t",
        "b": "u",
        "c": "t",
        "d": "unassigned",
    }


def test_runs_of_one_target_within_half_an_hour_count_once_and_later_ones_again(tmp_path: Path) -> None:
    runs = [
        run("a", "06T10:00"),
        run("b", "06T10:30"),
        run("c", "06T11:01"),
        run("d", "06T10:10", target="y"),
        run("e", "06T10:11", target=None),
        run("f", "06T10:12", target=None),
    ]
    rows = facts(tmp_path, "fact_runs", {"action_runs": runs})
    assert {key for key, row in rows.items() if row["is_successful"]} == {"a", "c", "d", "e", "f"}
    assert rows["b"]["exclusion"] == "repeated"


def test_a_failed_run_and_its_successful_retry_are_one_failure_and_one_success(tmp_path: Path) -> None:
    runs = [run("a", "06T10:00", status="failure"), run("b", "06T10:10")]
    rows = facts(tmp_path, "fact_runs", {"action_runs": runs})
    assert (rows["a"]["is_failed"], rows["b"]["is_successful"]) == (True, True)


@pytest.mark.parametrize(
    ("rest", "exclusion"),
    [
        ({"dry_run": True}, "dry_run"),
        ({"dry_run": True, "status": "failure"}, "dry_run"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "in_progress"}, "in_progress"),
        ({"status": "awaiting_approval"}, "awaiting_approval"),
        ({"requested_at": "2025-03-02T10:00:00Z"}, "outside_coverage"),
    ],
)
def test_dry_cancelled_and_unfinished_runs_and_those_outside_coverage_are_out(
    tmp_path: Path, rest: dict[str, Any], exclusion: str
) -> None:
    row = facts(tmp_path, "fact_runs", {"action_runs": [run("a", "06T10:00", **rest)]})["a"]
    assert (row["exclusion"], row["is_successful"], row["is_failed"]) == (exclusion, False, False)


def test_the_wait_for_an_approval_is_apart_from_the_duration_of_a_run(tmp_path: Path) -> None:
    one = run("a", "06T10:00", approved_at="2025-01-06T13:00:00Z", finished_at="2025-01-06T13:30:00Z")
    row = facts(tmp_path, "fact_runs", {"action_runs": [one]})["a"]
    assert (row["approval_hours"], row["duration_hours"], row["elapsed_hours"]) == (3, 0.5, 3.5)


def test_a_mandate_holds_from_its_day_on_for_its_team_and_action(tmp_path: Path) -> None:
    given = {
        "mandates": [{"team_id": "t", "action": "db", "from_on": "2025-01-07"}],
        "action_runs": [
            run("a", "06T10:00"),
            run("b", "07T10:00"),
            run("c", "07T10:00", team_id="u"),
            run("d", "07T12:00", action="env"),
        ],
    }
    rows = facts(tmp_path, "fact_runs", given)
    assert {key for key, row in rows.items() if row["is_mandated"]} == {"b"}


def test_engineers_are_those_active_in_the_quarter_in_the_team_of_the_day(tmp_path: Path) -> None:
    given = {
        "services": [{"service_id": "s", "team_id": "t"}],
        "team_members": [
            {"person": "p", "team_id": "t", "to_on": "2025-02-01"},
            {"person": "p", "team_id": "u", "from_on": "2025-02-01"},
            {"person": "q", "team_id": "t"},
            {"person": "idle", "team_id": "t"},
        ],
        "changes": [
            {"change_id": "1", "service_id": "s", "author": "p", "merged_at": "2025-01-10T10:00:00Z"},
            {"change_id": "2", "service_id": "s", "author": "q", "merged_at": "2025-01-10T10:00:00Z"},
            {"change_id": "3", "service_id": "s", "author": "p", "merged_at": "2025-01-11T10:00:00Z"},
            {
                "change_id": "4",
                "service_id": "s",
                "author": "bot",
                "is_bot": True,
                "merged_at": "2025-01-11T10:00:00Z",
            },
        ],
    }
    with publish_world(
        tmp_path, {"covered": COVERED, "teams": [*TEAMS, {"team_id": "v", "engineers": 4}], **given}
    ) as snapshot:
        rows = snapshot.sql("SELECT * FROM engineer_days").to_pylist()
    found = {(row["team_id"], str(row["day"])): (row["engineers"], row["basis"]) for row in rows}
    assert found["t", "2025-01-31"] == (2, "active")
    assert found["t", "2025-02-01"] == (1, "active")
    assert found["u", "2025-01-31"] == (0, "active")
    assert found["u", "2025-02-01"] == (1, "active")
    assert found["v", "2025-02-01"] == (4, "stated")


def test_what_two_resources_cover_from_the_same_instant_on_is_one_interval(tmp_path: Path) -> None:
    # Many scopes, since equal intervals came out in one order or the other by chance.
    at = {"from_at": "2025-01-01T00:00:00Z", "to_at": "2025-02-01T00:00:00Z"}
    resources = (("changes", "*"), ("commits", "*"), ("tickets", "*"), ("tickets", "queue"))
    given = {
        "services": [{"service_id": f"s{i}"} for i in range(600)],
        "teams": [{"team_id": f"t{i}"} for i in range(600)],
        "coverage": [{"resource": name, "scope_id": scope, **at} for name, scope in resources],
    }
    with publish_world(tmp_path, given) as snapshot:
        for table, key in (("service_coverage", "service_id"), ("team_coverage", "team_id")):
            counts = snapshot.sql(f"SELECT {key}, resource, count(*) AS n FROM {table} GROUP BY ALL")
            assert set(counts.column("n").to_pylist()) == {1}
