"""Leakage and deflection, and what groupings and filters a metric takes."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from metrics.compute import compute
from metrics.deflection import deflection
from metrics.errors import ParameterError
from metrics.evidence import evidence
from metrics.leakage import leakage, leaked_tickets
from metrics.scope import Filter
from tests.world import publish_world

COVERED = {"scope": "*", "from": "2025-01-01", "to": "2025-07-01", "resources": ["tickets", "action_runs"]}
WINDOW = (date(2025, 1, 1), date(2025, 2, 1))


def ticket(ticket_id: str, at: str, **rest: Any) -> dict[str, Any]:
    row = {
        "ticket_id": ticket_id,
        "type": "request",
        "action": "db",
        "team_id": "t",
        "url": f"https://x/{ticket_id}",
    }
    return {**row, "created_at": f"{at}:00Z", **rest}


def run(run_id: str, at: str, **rest: Any) -> dict[str, Any]:
    row = {
        "run_id": run_id,
        "action": "db",
        "team_id": "t",
        "status": "success",
        "url": f"https://x/{run_id}",
    }
    return {**row, "requested_at": f"{at}:00Z", "finished_at": f"{at}:30Z", **rest}


LEAKS = {
    "covered": COVERED,
    "teams": [{"team_id": "t"}, {"team_id": "u"}],
    "mandates": [{"team_id": "u", "action": "db", "from_on": "2025-01-20"}],
    # The action is there from the 10th on; two runs of t must not double its tickets.
    "action_runs": [
        run("dry", "2025-01-02T10:00", dry_run=True),
        run("a", "2025-01-10T10:00"),
        run("b", "2025-01-11T10:00"),
    ],
    "tickets": [
        ticket("early", "2025-01-09T10:00"),
        ticket("x", "2025-01-12T10:00", resolved_at="2025-01-12T12:00:00Z", touch_hours=1.5),
        ticket("y", "2025-01-13T10:00"),
        ticket("z", "2025-01-21T10:00", team_id="u"),
        ticket("env", "2025-01-21T10:00", action="env"),
        ticket("how", "2025-01-21T10:00", type="how_to"),
    ],
}


def test_leakage_is_the_tickets_that_could_have_been_a_run_by_action_and_team(tmp_path: Path) -> None:
    with publish_world(tmp_path, LEAKS) as snapshot:
        found = leakage(snapshot, *WINDOW)
        rows = leaked_tickets(snapshot, *WINDOW)
        of_team = leaked_tickets(snapshot, *WINDOW, where=Filter(teams=("u",)))
    columns = ["action", "team_id", "n_tickets", "n_runs", "n_mandated", "n_touch_known"]
    assert found[columns].to_numpy().tolist() == [["db", "t", 2, 2, 0, 1], ["db", "u", 1, 0, 1, 0]]
    assert found["touch_hours"].tolist()[0] == 1.5
    assert rows["ticket_id"].tolist() == ["z", "y", "x"]
    assert of_team["url"].tolist() == ["https://x/z"]


def test_the_rows_behind_a_share_lead_to_runs_and_tickets(tmp_path: Path) -> None:
    with publish_world(tmp_path, LEAKS) as snapshot:
        rows = evidence("self_service_share", snapshot, *WINDOW, by="action", scope_id="db")
        figures = compute("self_service_share", snapshot, *WINDOW, by="action", minimum_n=1).set_index(
            "scope_id"
        )
    assert sorted(rows["url"]) == [f"https://x/{name}" for name in ("a", "b", "early", "x", "y", "z")]
    assert rows["role"].value_counts().to_dict() == {"manual": 4, "self_service": 2}
    assert (figures.loc["db", "numerator"], figures.loc["db", "n"]) == (2, 6)


def how_to(month: int, count: int) -> list[dict[str, Any]]:
    return [
        ticket(f"h{month}-{i}", f"2025-{month:02}-{i + 1:02}T10:00", type="how_to", action=None)
        for i in range(count)
    ]


def test_deflection_compares_rates_per_engineer_and_has_an_interval(tmp_path: Path) -> None:
    world = {
        "covered": COVERED,
        "teams": [{"team_id": "t", "engineers": 10}],
        "tickets": how_to(1, 20) + how_to(4, 10),
    }
    with publish_world(tmp_path, world) as snapshot:
        found = deflection(
            snapshot, (date(2025, 1, 1), date(2025, 4, 1)), (date(2025, 4, 1), date(2025, 7, 1))
        )
    # Both quarters are whole: 20 and 10 per 10 engineers. Clopper-Pearson for 10 of 30 is 0.172867 to
    # 0.528120 (tables), as odds 0.208996 and 1.119182, and exposures are equal.
    assert (found.before, found.after, found.value) == pytest.approx((2.0, 1.0, 0.5))
    assert (found.low, found.high) == (pytest.approx(-0.1192, abs=2e-4), pytest.approx(0.7910, abs=2e-4))


def test_deflection_from_no_ticket_or_from_an_unknown_rate_says_why_there_is_none(tmp_path: Path) -> None:
    world = {"covered": COVERED, "teams": [{"team_id": "t", "engineers": 10}], "tickets": how_to(4, 3)}
    second = (date(2025, 4, 1), date(2025, 7, 1))
    with publish_world(tmp_path, world) as snapshot:
        nothing = deflection(snapshot, (date(2025, 1, 1), date(2025, 4, 1)), second)
        unknown = deflection(snapshot, (date(2024, 10, 1), date(2025, 1, 1)), second)
    assert (nothing.value, nothing.n_after, nothing.reason) == (
        None,
        3,
        "there was no how-to ticket before, so nothing could fall",
    )
    assert unknown.reason == "the rate before is not_collected"


def test_a_metric_refuses_a_grouping_and_a_filter_that_it_does_not_have(tmp_path: Path) -> None:
    with publish_world(tmp_path, LEAKS) as snapshot:
        with pytest.raises(
            ParameterError, match="is not given by action; it takes: service, team, organisation"
        ):
            compute("golden_path_share", snapshot, *WINDOW, by="action")
        with pytest.raises(ParameterError, match="cannot be narrowed to actions"):
            compute("change_fail_rate", snapshot, *WINDOW, where=Filter(actions=("db",)))
        with pytest.raises(ParameterError, match="cannot be narrowed to services"):
            evidence("team_adoption_rate", snapshot, *WINDOW, by="team", where=Filter(services=("s",)))


def test_a_filter_by_team_and_action_leaves_only_theirs(tmp_path: Path) -> None:
    with publish_world(tmp_path, LEAKS) as snapshot:
        where = Filter(teams=("t",), actions=("db",))
        frame = compute("self_service_share", snapshot, *WINDOW, by="team", where=where, minimum_n=1)
        other = compute("self_service_share", snapshot, *WINDOW, by="action", where=where, minimum_n=1)
    assert frame[["scope_id", "n"]].to_numpy().tolist() == [["t", 5]]
    assert other[["scope_id", "n"]].to_numpy().tolist() == [["db", 5]]


def test_two_half_windows_add_up_to_the_whole(tmp_path: Path) -> None:
    with publish_world(tmp_path, LEAKS) as snapshot:
        parts = [
            compute("self_service_share", snapshot, *days, by="organisation", minimum_n=0)["n"].iloc[0]
            for days in (WINDOW, (WINDOW[0], date(2025, 1, 12)), (date(2025, 1, 12), WINDOW[1]))
        ]
    assert parts[0] == parts[1] + parts[2] == 7


def test_a_ticket_that_comes_twice_counts_once(tmp_path: Path) -> None:
    world = {**LEAKS, "tickets": [*LEAKS["tickets"], ticket("x", "2025-01-12T10:00", touch_hours=2.0)]}
    with publish_world(tmp_path, world) as snapshot:
        frame = compute("self_service_share", snapshot, *WINDOW, by="team", minimum_n=0).set_index("scope_id")
        counted = leakage(snapshot, *WINDOW, where=Filter(teams=("t",)))
    assert frame.loc["t", "n_manual"] == 4
    assert counted["n_tickets"].tolist() == [2]


def test_an_exposure_has_no_digits_that_depend_on_the_order_of_its_days(tmp_path: Path) -> None:
    # 8 engineers on each of the 91 days of a quarter are 8 engineer-quarters, to the last digit; added up day
    # by day in some order they are 7.999999999999988, and in another run something else.
    given = {
        "covered": COVERED,
        "teams": [{"team_id": "t", "engineers": 8}],
        "tickets": [ticket("a", "2025-05-01T10:00", type="how_to")],
    }
    with publish_world(tmp_path, given) as snapshot:
        frame = compute("how_to_ticket_rate", snapshot, date(2025, 4, 1), date(2025, 7, 1), by="team")
    assert (frame["engineer_quarters"].iloc[0], frame["value"].iloc[0]) == (8.0, 0.125)
