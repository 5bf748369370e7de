"""Goals are judged by the whole interval, over the same 90 days whatever a reader looks at; by hand."""

import math
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from metrics.catalog import CATALOG
from metrics.errors import ParameterError
from metrics.goals.goal import JudgedGoal, Reading, check_target, verdict_on
from metrics.goals.judging import goal_frame, judged_goals
from metrics.scope import Snapshot
from tests.world import publish_world
from warehouse.goals import Aim, Edit, Goals

# The world ends on 1 December 2025; November has 23 deployments, of which the first four failed, and May has
# 20 that all failed.
DEPLOYED = {"service_id": "a", "status": "success"}
BROKEN = {"service_id": "a", "cause": "change"}
WORLD = {
    "covered": {"from": "2025-01-01", "to": "2025-12-01", "scope": "a"},
    "teams": [{"team_id": "t"}, {"team_id": "u"}],
    "services": [{"service_id": "a", "team_id": "t"}],
    "deployments": [
        DEPLOYED
        | {
            "repeat": 23,
            "deployment_id": "d{i}",
            "sha": "d{i}",
            "finished_at": "2025-11-{i:02}T12:00:00Z",
        },
        DEPLOYED
        | {
            "repeat": 20,
            "deployment_id": "e{i}",
            "sha": "e{i}",
            "finished_at": "2025-05-{i:02}T12:00:00Z",
        },
    ],
    "incidents": [
        BROKEN
        | {
            "repeat": 4,
            "incident_id": "i{i}",
            "deployment_id": "d{i}",
            "started_at": "2025-11-{i:02}T13:00:00Z",
        },
        BROKEN
        | {
            "repeat": 20,
            "incident_id": "j{i}",
            "deployment_id": "e{i}",
            "started_at": "2025-05-{i:02}T13:00:00Z",
        },
    ],
}
SUMMER, DUE = datetime(2025, 6, 30, 8), date(2026, 3, 31)  # noqa: DTZ001 - stored times are plain UTC


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with publish_world(tmp_path_factory.mktemp("goals"), WORLD) as opened:
        yield opened


def goal_of(
    snapshot: Snapshot,
    target: float,
    *,
    metric: str = "change_fail_rate",
    scope: str = "*",
    due_on: date = DUE,
    at: datetime = SUMMER,
    on: date | None = None,
    version: int | None = None,
) -> JudgedGoal:
    """The only goal there is, judged."""
    held = CATALOG.get(metric)
    aim = Aim(target, held.unit if held else "ratio", version or (held.version if held else 1), due_on, "x")
    goals = Goals().with_edits([Edit("e", "set", metric, scope, "finance", at, aim)])
    (judged,) = judged_goals(snapshot, goals, on=on)
    return judged


@pytest.mark.parametrize("scope", ["*", "team:t", "service:a"])
def test_the_figure_is_that_of_the_90_days_up_to_today(snapshot: Snapshot, scope: str) -> None:
    """4 of 23 are 17.4 %, Wilson 7.0 to 37.1 %: see the cases of the metric."""
    now = goal_of(snapshot, 0.2, scope=scope).now
    assert (now.start, now.end) == (date(2025, 9, 3), date(2025, 12, 2))
    assert (now.n, now.status) == (23, "ok")
    assert (now.value, now.low, now.high) == pytest.approx((0.173913, 0.069787, 0.371376), abs=1e-6)


@pytest.mark.parametrize(("target", "verdict"), [(0.38, "met"), (0.2, "too_close"), (0.06, "not_met")])
def test_only_a_whole_interval_on_one_side_of_the_target_decides(
    snapshot: Snapshot, target: float, verdict: str
) -> None:
    assert goal_of(snapshot, target).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "lower", "higher"),
    [
        (10.0, 20.0, "met", "not_met"),  # wholly below 24
        (20.0, 24.0, "met", "too_close"),  # 24 itself is at most 24, and at least 24
        (20.0, 30.0, "too_close", "too_close"),
        (24.0, 30.0, "too_close", "met"),
        (25.0, 30.0, "not_met", "met"),
        (math.nan, math.nan, "too_few", "too_few"),  # a value without an interval decides nothing
        (10.0, math.nan, "too_few", "too_few"),
        (25.0, math.nan, "not_met", "met"),  # the bound that is known is enough
    ],
)
def test_the_operator_follows_from_what_is_better(low: float, high: float, lower: str, higher: str) -> None:
    reading = Reading(DUE, DUE, 22.0, low, high, 40, "ok")
    assert verdict_on("lower", 24.0, reading) == lower
    assert verdict_on("higher", 24.0, reading) == higher


def test_a_goal_without_data_is_not_known_and_never_missed(snapshot: Snapshot) -> None:
    unknown = goal_of(snapshot, 0.5, metric="self_service_share", due_on=date(2025, 9, 30))
    assert (unknown.verdict, unknown.is_over, unknown.now.status) == ("not_known", True, "not_collected")
    assert math.isnan(unknown.now.value)
    nowhere = goal_of(snapshot, 0.5, scope="team:gone")
    assert (nowhere.verdict, nowhere.progress) == ("not_known", "unknown")


def test_once_its_last_day_is_over_a_goal_is_judged_by_the_90_days_up_to_it(snapshot: Snapshot) -> None:
    """By 10 November 4 of 10 had failed. Wilson: centre (0.4 + 0.192073) / 1.384146 = 0.427753,
    half 1.959964 · √(0.024 + 0.0096036) / 1.384146 = 0.259573."""
    goal = goal_of(snapshot, 0.1, due_on=date(2025, 11, 10))
    assert (goal.now.start, goal.now.end, goal.now.n) == (date(2025, 8, 13), date(2025, 11, 11), 10)
    assert (goal.now.low, goal.now.high) == pytest.approx((0.168180, 0.687326), abs=1e-5)
    assert (goal.verdict, goal.is_over) == ("not_met", True)


def test_too_few_stay_too_few(snapshot: Snapshot) -> None:
    """By 5 November there were five deployments, and a rate needs ten."""
    goal = goal_of(snapshot, 0.1, due_on=date(2025, 11, 5))
    assert (goal.verdict, goal.now.status, goal.now.n) == ("too_few", "too_few", 5)


def test_progress_is_against_the_90_days_before_it_was_set(snapshot: Snapshot) -> None:
    """Set on 30 June: 20 of 20 had failed, at least 20 / (20 + 1.959964²) = 83.9 %, now at most 37.1 %."""
    goal = goal_of(snapshot, 0.2)
    assert (goal.since, goal.before.start, goal.before.end) == (
        date(2025, 6, 30),
        date(2025, 4, 1),
        date(2025, 6, 30),
    )
    assert goal.before.low == pytest.approx(20 / 23.841459, abs=1e-6)
    assert goal.progress == "better"
    assert goal.warning == ""


def test_days_that_count_before_and_now_say_nothing_of_progress(snapshot: Snapshot) -> None:
    goal = goal_of(snapshot, 0.2, at=datetime(2025, 11, 15))  # noqa: DTZ001
    assert (goal.progress, goal.before.end) == ("too_early", date(2025, 11, 15))


def test_a_target_that_was_met_already_gets_a_warning(snapshot: Snapshot) -> None:
    """In the 90 days to 29 November there are the same 23 deployments, at most 37.1 %."""
    assert "met already when it was set" in goal_of(snapshot, 0.5, at=datetime(2025, 11, 30)).warning  # noqa: DTZ001
    assert goal_of(snapshot, 0.3, at=datetime(2025, 11, 30)).warning == ""  # noqa: DTZ001


def test_a_metric_that_means_something_else_now_gets_a_warning(snapshot: Snapshot) -> None:
    assert "another meaning" in goal_of(snapshot, 0.2, version=99).warning
    gone = goal_of(snapshot, 0.2, metric="mean_time_to_repair")
    assert (gone.verdict, "no metric" in gone.warning) == ("not_known", True)


def test_an_earlier_day_sees_the_goal_and_the_figures_of_then(snapshot: Snapshot) -> None:
    """On 10 November: 4 of 10, and the goal of June; on 1 June there was none."""
    then = goal_of(snapshot, 0.2, on=date(2025, 11, 10))
    assert (then.now.n, then.is_over, then.verdict) == (10, False, "too_close")
    with pytest.raises(ValueError, match="not enough values"):
        goal_of(snapshot, 0.2, on=date(2025, 6, 1))


def test_a_pending_goal_of_today_is_judged_although_the_snapshot_is_older(snapshot: Snapshot) -> None:
    goal = goal_of(snapshot, 0.2, at=datetime(2026, 1, 15))  # noqa: DTZ001
    assert (goal.verdict, goal.progress) == ("too_close", "too_early")


def test_the_frame_has_a_row_per_goal_and_its_columns_without_any(snapshot: Snapshot) -> None:
    frame = goal_frame([goal_of(snapshot, 0.2), goal_of(snapshot, 0.2, scope="team:u")])
    assert list(frame["verdict"]) == ["too_close", "not_known"]
    assert list(goal_frame([]).columns) == list(frame.columns)
    assert {"value", "low", "high", "n", "since", "value_before", "operator"} <= set(frame.columns)


@pytest.mark.parametrize(
    ("metric", "scope", "target", "said"),
    [
        ("change_fail_rate", "organisation", 15, "Write 0.15 for 15 %"),
        ("change_fail_rate", "organisation", 0, "between 0 and 1"),
        ("golden_path_share", "organisation", 1, "no interval ever reaches"),
        ("change_lead_time", "organisation", -2, "above 0 hours"),
        ("change_lead_time", "organisation", math.inf, "above 0 hours"),
        ("team_adoption_rate", "service", 0.5, "can be of: team, organisation"),
    ],
)
def test_a_target_that_can_never_be_reached_is_refused(
    metric: str, scope: str, target: float, said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        check_target(CATALOG[metric], scope, target)  # type: ignore[arg-type]
