"""Requests of the demo world: tickets, self-service runs and the true counts of both."""

import json
from datetime import date

import pandas as pd
import pytest

from collectors.demo import source as demo
from collectors.demo.world import World

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def world() -> World:
    return demo.world(demo.Config(end_on=date(2026, 3, 15)))


@pytest.fixture(scope="module")
def tables(world: World) -> dict[str, pd.DataFrame]:
    return {name: seen.table.to_pandas() for name, seen in world.tables.items()}


def test_touch_and_waiting_hours_of_manual_requests_follow_their_distributions(
    world: World, tables: dict[str, pd.DataFrame]
) -> None:
    tickets = tables["tickets"]
    done = tickets[(tickets.type == "request") & tickets.resolved_at.notna()]
    waited = (done.resolved_at - done.created_at).dt.total_seconds() / 3600
    for action in world.truth.actions:
        touch = done.touch_hours[done.action == action.name]
        assert touch.median() == pytest.approx(action.touch_median, rel=0.08)
        assert touch.mean() == pytest.approx(action.touch_mean, rel=0.08)
        assert waited[done.action == action.name].median() == pytest.approx(action.wait_median, rel=0.12)


def counted_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Successful runs without dry runs, those of one target within 30 minutes once."""
    runs = runs[(runs.status == "success") & ~runs.dry_run].sort_values("requested_at")
    since = runs.requested_at - runs.groupby("target").requested_at.shift(1)
    return runs[since.isna() | (since > pd.Timedelta(minutes=30))]


def test_runs_and_tickets_by_quarter_are_the_true_counts(
    world: World, tables: dict[str, pd.DataFrame]
) -> None:
    runs, tickets = counted_runs(tables["action_runs"]), tables["tickets"]
    by_quarter = runs.groupby([runs.requested_at.dt.to_period("Q").dt.start_time, "action"]).size()
    manual = tickets[tickets.type == "request"]
    asked = manual.groupby([manual.created_at.dt.to_period("Q").dt.start_time, "action"]).size()
    for quarter in world.truth.quarters:
        start = pd.Timestamp(quarter.quarter_start)
        for name, count in quarter.self_service.items():
            assert by_quarter.get((start, name), 0) == count
        for name, count in quarter.manual_tickets.items():
            assert asked.get((start, name), 0) == count


def test_a_failed_run_without_a_retry_may_fall_back_to_a_ticket_within_48_hours(
    world: World, tables: dict[str, pd.DataFrame]
) -> None:
    runs, tickets = tables["action_runs"], tables["tickets"]
    failed = runs[runs.status == "failure"].sort_values("finished_at")
    tickets = tickets[tickets.type == "request"].sort_values("created_at")
    # A quarter falls back; chance tickets of the same team and action come on top.
    joined = pd.merge_asof(
        failed,
        tickets[["created_at", "team_id", "action", "ticket_id"]],
        left_on="finished_at",
        right_on="created_at",
        by=["team_id", "action"],
        direction="forward",
        tolerance=pd.Timedelta(hours=48),
    )
    assert 0.2 < joined.ticket_id.notna().mean() < 0.6
    named = sum(quarter.fallbacks for quarter in world.truth.quarters)
    assert 0.15 < named / len(failed) < 0.35


def test_truth_is_plain_data_for_json(world: World) -> None:
    plain = world.truth.as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["effects"]["change_lead_time"] == 0.7
