"""Cohorts: whole groups only, blank where a month is not over, counts where a group is small."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from metrics.cohorts import cohorts
from tests.world import publish_world

# Runs are collected from January to the middle of June: the last month that is over is May.
NOW = datetime(2025, 6, 15, tzinfo=UTC)
TEAMS = ("a", "b", "c", "d", "e", "f")


def _runs(months_by_team: dict[str, tuple[int, ...]]) -> list[dict[str, Any]]:
    return [
        {"run_id": f"{team}{month}", "action": "db", "team_id": team, "status": "success"}
        | {"requested_at": f"2025-{month:02d}-10T10:00:00Z", "target": f"{team}{month}"}
        for team, months in months_by_team.items()
        for month in months
    ]


def _found(directory: Path, months_by_team: dict[str, tuple[int, ...]], **asked: Any) -> pd.DataFrame:
    given = {
        "teams": [{"team_id": team} for team in TEAMS],
        "action_runs": _runs(months_by_team),
        "coverage": [
            {"resource": resource, "scope_id": "*", "from_at": "2025-01-01T00:00:00Z"}
            | {"to_at": "2025-06-15T00:00:00Z"}
            for resource in ("action_runs", "deployments")
        ],
    }
    with publish_world(directory, given, now=NOW) as snapshot:
        return cohorts(snapshot, date(2025, 1, 1), date(2025, 6, 15), **asked)


def _cells(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = frame[["period_start", "months_later", "numerator", "size", "status"]]
    return [(str(row[0]), *row[1:]) for row in rows.itertuples(index=False)]


def test_a_cohort_of_five_has_shares_up_to_the_last_month_that_is_over(tmp_path: Path) -> None:
    # Five teams begin in February; three come back in March, none in April, one in May; June is not over.
    found = _found(tmp_path, {"a": (2, 3), "b": (2, 3), "c": (2, 3), "d": (2, 5), "e": (2,)}, period="month")
    assert _cells(found) == [
        ("2025-02-01", 0, 5, 5, "ok"),
        ("2025-02-01", 1, 3, 5, "ok"),
        ("2025-02-01", 2, 0, 5, "ok"),
        ("2025-02-01", 3, 1, 5, "ok"),
    ]
    assert list(found["value"]) == [1.0, 0.6, 0.0, 0.2]
    assert found["low"].isna().tolist() == [True, False, False, False]


def test_a_quarter_is_blank_once_a_month_of_one_of_its_teams_is_not_over(tmp_path: Path) -> None:
    # In the second quarter a begins in April and b in May; b's first month later, June, is not over.
    found = _found(tmp_path, {"a": (4, 5), "b": (5,)}, minimum_n=1)
    assert _cells(found) == [("2025-04-01", 0, 2, 2, "ok")]


def test_a_small_cohort_has_counts_and_no_share(tmp_path: Path) -> None:
    found = _found(tmp_path, {"a": (3, 4), "b": (3, 5)}, period="month")
    assert _cells(found) == [
        ("2025-03-01", 0, 2, 2, "too_few"),
        ("2025-03-01", 1, 1, 2, "too_few"),
        ("2025-03-01", 2, 1, 2, "too_few"),
    ]
    assert found["value"].isna().all()


def test_teams_that_may_have_begun_before_and_no_teams_at_all_make_no_cohort(tmp_path: Path) -> None:
    assert _found(tmp_path, {"a": (1, 2, 3)}).empty
