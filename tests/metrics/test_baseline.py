"""The manual baseline: hours per ticket as a distribution, with its interval, cap and grade."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics.roi.baseline import Baseline, Distribution, distribution_of
from metrics.roi.measure_baseline import measured_baselines
from tests.world import publish_world


def test_hours_of_five_tickets_give_quantiles_and_a_capped_mean() -> None:
    found = distribution_of(np.array([1.0, 2.0, 3.0, 4.0, 100.0]), cap=40, seed=1)
    # (1 + 2 + 3 + 4 + 40) / 5; the median knows no cap; p90 lies 0.6 of the way from 4 to 100.
    assert (found.n, found.n_capped, found.mean) == (5, 1, 10.0)
    assert (found.p25, found.p50, found.p75) == (2.0, 3.0, 4.0)
    assert found.p90 == pytest.approx(61.6)


def test_without_a_ticket_nothing_is_known_and_nothing_is_zero() -> None:
    assert distribution_of(np.empty(0), cap=40, seed=1) == Distribution(n=0, cap=40)
    assert Distribution(n=0, cap=40).mean is None


def test_unknown_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        distribution_of(np.array([1.0, np.nan]), cap=40, seed=1)


def test_the_same_seed_gives_the_same_interval() -> None:
    hours = np.random.default_rng(3).lognormal(0, 1, 300)
    assert distribution_of(hours, cap=40, seed=5) == distribution_of(hours, cap=40, seed=5)


@pytest.mark.parametrize("n", [400, 50_000])
def test_the_interval_of_the_mean_is_as_wide_as_its_standard_error_says(n: int) -> None:
    hours = np.random.default_rng(4).lognormal(0, 0.6, n)
    found = distribution_of(hours, cap=1e9, seed=5)
    assert found.high is not None
    assert found.low is not None
    # Both for few tickets and for so many that blocks of them are resampled: 2 · 1.96 standard errors.
    expected = 2 * 1.96 * hours.std() / np.sqrt(n)
    assert found.high - found.low == pytest.approx(expected, rel=0.1)


def request(ticket_id: str, day: int, **rest: object) -> dict[str, object]:
    """A request for a database, created at 10 on a day of January 2025 and resolved two hours later."""
    times = {"created_at": f"2025-01-{day:02}T10:00:00Z", "resolved_at": f"2025-01-{day:02}T12:00:00Z"}
    return {"ticket_id": ticket_id, "type": "request", "action": "db", "team_id": "t", **times, **rest}


def baselines(directory: Path, given: Mapping[str, Any], **rest: Any) -> dict[str, Baseline]:
    covered = {
        "scope": "*",
        "from": "2025-01-01",
        "to": "2025-02-01",
        "resources": ["tickets", "action_runs"],
    }
    with publish_world(directory, {"covered": covered, "teams": [{"team_id": "t"}], **given}) as snapshot:
        return measured_baselines(snapshot, date(2025, 1, 1), date(2025, 2, 1), minimum_n=2, **rest)


def a_run(run_id: str, day: int, **rest: object) -> dict[str, object]:
    at = f"2025-01-{day:02}T09:00:00Z"
    return {"run_id": run_id, "action": "db", "team_id": "t", "status": "success", "requested_at": at, **rest}


def test_a_baseline_is_of_the_requests_before_the_teams_first_run(tmp_path: Path) -> None:
    # Two runs on the 8th must not double the tickets; the tickets of the 6th and 7th come before.
    given = {
        "tickets": [
            request("a", 6, touch_hours=1.0),
            request("b", 7, touch_hours=3.0),
            request("c", 9, touch_hours=50.0),
            request("open", 7, resolved_at=None),
            request("other", 7, type="how_to", touch_hours=9.0),
        ],
        "action_runs": [a_run("r", 8), a_run("s", 8), a_run("dry", 2, dry_run=True)],
    }
    found = baselines(tmp_path, given)["db"]
    assert (found.n, found.when, found.grade, found.n_measured) == (2, "before", "measured", 2)
    assert (found.touch_hours.mean, found.wait_hours.mean) == (2.0, 2.0)
    assert found.window == (date(2025, 1, 1), date(2025, 2, 1))


def test_beside_self_service_all_requests_count_and_an_outlier_counts_as_the_cap(tmp_path: Path) -> None:
    given = {"tickets": [request("a", 6, touch_hours=2.0), request("c", 9, touch_hours=50.0)]}
    given["action_runs"] = [a_run("r", 8)]
    found = baselines(tmp_path, given)["db"]
    assert (found.n, found.when) == (2, "beside")
    # (2 + 40) / 2.
    assert (found.touch_hours.mean, found.touch_hours.n_capped) == (21.0, 1)


def test_hours_from_statuses_make_a_baseline_estimated(tmp_path: Path) -> None:
    moves = [
        {"ticket_id": f"t{i}", "at": f"2025-01-06T{hour}:00:00Z", "from_status": old, "to_status": new}
        for i in range(3)
        for hour, old, new in ((11, "Open", "In Progress"), (12, "In Progress", "Done"))
    ]
    given = {"tickets": [request(f"t{i}", 6) for i in range(3)], "ticket_transitions": moves}
    found = baselines(tmp_path, given)["db"]
    assert (found.grade, found.n_estimated, found.touch_hours.p50) == ("estimated", 3, 1.0)


def test_too_few_tickets_leave_a_baseline_to_be_assumed_and_none_leaves_nothing(tmp_path: Path) -> None:
    found = baselines(tmp_path, {"tickets": [request("a", 6, touch_hours=2.0)]})
    assert (found["db"].grade, found["db"].n) == ("assumed", 1)
    assert baselines(tmp_path / "empty", {}) == {}
