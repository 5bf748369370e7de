"""The planted effects are in the rows, within sampling error, and the null world has none."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from collectors.demo import source as demo
from collectors.demo.truth import Truth, Variant

pytestmark = pytest.mark.xdist_group("demo")
END_ON = date(2026, 3, 15)


class Rows(NamedTuple):
    """A world's tables, and of every service the instant from which its (only) team has adopted."""

    tables: dict[str, pd.DataFrame]
    truth: Truth
    adopted_at: dict[str, pd.Timestamp]


def rows_of(variant: Variant) -> Rows:
    world = demo.world(demo.Config(variant=variant, end_on=END_ON))
    tables = {name: seen.table.to_pandas() for name, seen in world.tables.items()}
    teams = tables["services"].set_index("service_id").team_id
    moved = set(tables["ownership"].loc[tables["ownership"].duplicated("service_id"), "service_id"])
    adopted = {
        service: pd.Timestamp(world.truth.adoption_on[team] or "2100-01-01")
        for service, team in teams.items()
        if service not in moved and service not in world.truth.without_incident_coverage
    }
    return Rows(tables, world.truth, adopted)


@pytest.fixture(scope="module")
def effect() -> Rows:
    return rows_of("effect")


@pytest.fixture(scope="module")
def null() -> Rows:
    return rows_of("null")


def production(rows: Rows) -> pd.DataFrame:
    """Production deployments that count, in order of time, of services with one owner."""
    d = rows.tables["deployments"]
    d = d[(d.environment == "production") & ((d.status == "success") | d.reached_production.eq(True))]
    d = d[d.service_id.isin(rows.adopted_at)].sort_values("finished_at").reset_index(drop=True)
    return d.assign(
        is_repair=d.trigger.isin(["manual", "hotfix"]),
        month=d.finished_at.dt.to_period("M"),
        adopted=d.finished_at >= d.service_id.map(rows.adopted_at),
    )


def regression(frame: pd.DataFrame, value: str, unit: str = "service_id") -> float:
    """The coefficient of ``adopted`` on the value beside effects of unit and month, rows weighing alike.

    With one effect that is the same at once and for all, this is unbiased under staggered adoption.
    """
    cells = frame.groupby([unit, "month", "adopted"])[value].agg(["mean", "size"]).reset_index()
    columns = [pd.get_dummies(cells[name], dtype=float).to_numpy() for name in (unit, "month")]
    design = np.column_stack([cells.adopted.astype(float), *columns])
    weight = np.sqrt(cells["size"].to_numpy())
    found = np.linalg.lstsq(design * weight[:, None], cells["mean"].to_numpy() * weight, rcond=None)
    return float(found[0][0])


def lead_time_factor(rows: Rows) -> float:
    deployed = production(rows)
    deployed = deployed[(deployed.status == "success") & (deployed.trigger != "manual")]
    changes = rows.tables["changes"]
    changes = changes[~changes.is_bot & (changes.merged_at >= "2024-04-01")].sort_values("merged_at")
    joined = pd.merge_asof(
        changes,
        deployed.sort_values("started_at"),
        left_on="merged_at",
        right_on="started_at",
        by="service_id",
        direction="forward",
    ).dropna(subset=["finished_at"])
    joined["log_hours"] = np.log((joined.finished_at - joined.first_commit_at).dt.total_seconds())
    joined["adopted"], joined["month"] = joined.adopted.astype(bool), joined.finished_at.dt.to_period("M")
    return float(np.exp(regression(joined, "log_hours")))


def failed_deployments(rows: Rows) -> pd.DataFrame:
    """Production deployments with evidence of failure by service and order, and hours to recovery."""
    deployed = production(rows)
    planned = deployed[~deployed.is_repair]
    repairs = deployed[deployed.is_repair][["service_id", "finished_at"]]
    incidents = rows.tables["incidents"]
    incidents = incidents[incidents.cause.eq("change") | incidents.deployment_id.notna()]
    incidents = incidents[["service_id", "started_at", "resolved_at"]].dropna().sort_values("started_at")
    marks = pd.concat(
        [
            repairs.assign(at=repairs.finished_at, end=repairs.finished_at, rank=1),
            incidents.assign(at=incidents.started_at, end=incidents.resolved_at, rank=0),
        ]
    ).sort_values("at")[["service_id", "at", "end", "rank"]]
    columns = planned[["service_id", "finished_at", "deployment_id"]]
    caused = pd.merge_asof(
        marks, columns, left_on="at", right_on="finished_at", by="service_id", tolerance=pd.Timedelta(days=5)
    ).dropna(subset=["deployment_id"])
    caused = caused.sort_values("rank").drop_duplicates("deployment_id").set_index("deployment_id")
    hours = (caused.end - caused.finished_at).dt.total_seconds() / 3600
    failed = deployed.status.eq("failure") | deployed.deployment_id.isin(caused.index)
    return deployed.assign(failed=failed.astype(float), hours=deployed.deployment_id.map(hours))


def fail_rate_factor(rows: Rows) -> float:
    """Pooled: failures after adoption over those expected at the same services' rates before."""
    deployed = failed_deployments(rows)
    before = deployed[~deployed.adopted].groupby("service_id").failed.mean()
    after = deployed[deployed.adopted]
    return float(after.failed.sum() / after.service_id.map(before).sum())


def recovery_factor(rows: Rows) -> float:
    failed = failed_deployments(rows).dropna(subset=["hours"])
    failed["log_hours"] = np.log(failed.hours)
    return float(np.exp(regression(failed, "log_hours")))


def how_to_factor(rows: Rows) -> float:
    """Tickets per engineer and day after adoption over before, in adopting teams."""
    tickets = rows.tables["tickets"]
    asked = tickets[tickets.type == "how_to"]
    adopted = pd.to_datetime(pd.Series(rows.truth.adoption_on)).dropna()
    asked = asked[asked.team_id.isin(adopted.index)]
    is_after = asked.created_at >= asked.team_id.map(adopted)
    engineers = rows.tables["teams"].set_index("team_id").engineers[adopted.index]
    first, end = pd.Timestamp(rows.truth.started_on), pd.Timestamp(END_ON)
    before_days = (engineers * (adopted - first).dt.days).sum()
    after_days = (engineers * (end - adopted).dt.days).sum()
    return float(is_after.sum() / after_days / ((~is_after).sum() / before_days))


def survey_gain(rows: Rows) -> float:
    """Points on the platform items, with the tendency of each team removed."""
    r = rows.tables["survey_responses"]
    r = r[r.survey_id.str.startswith("platform") & (r.answer != "don't know")]
    adopted = pd.to_datetime(pd.Series(rows.truth.adoption_on)).fillna(pd.Timestamp("2100-01-01"))
    r = r.assign(
        points=r.answer.astype(float),
        month=r.survey_id,
        adopted=r.responded_at.dt.to_period("Q").dt.start_time + pd.Timedelta(days=40)
        >= r.team_id.map(adopted),
    )
    return regression(r, "points", "team_id")


def unit_cost_factor(rows: Rows) -> float:
    costs = rows.tables["costs"]
    costs = costs[costs.service_name.eq("Compute") & costs.consumed_quantity.notna()]
    team = costs.tags.str.extract('"team": "([^"]+)"')[0]
    adopted = pd.to_datetime(pd.Series(rows.truth.adoption_on)).fillna(pd.Timestamp("2100-01-01"))
    costs = costs.assign(
        log_unit=np.log(costs.effective_cost / costs.consumed_quantity),
        month=costs.charge_period_start.dt.to_period("M"),
        unit=costs.tags,
        adopted=costs.charge_period_start >= team.map(adopted),
    )
    return float(np.exp(regression(costs, "log_unit", "unit")))


# Tolerances are three standard errors, as the spread of these estimates over 16 other worlds gives them:
# 0.022, 0.03, 0.05, 0.03, 0.025 and 0.001.
FOUND: list[tuple[Callable[[Rows], float], str, float]] = [
    (lead_time_factor, "change_lead_time", 0.066),
    (fail_rate_factor, "change_fail_rate", 0.09),
    (recovery_factor, "failed_deployment_recovery_time", 0.15),
    (how_to_factor, "how_to_tickets", 0.09),
    (survey_gain, "survey_score", 0.075),
    (unit_cost_factor, "unit_cost", 0.01),
]


@pytest.mark.parametrize(("estimate", "name", "tolerance"), FOUND)
def test_the_planted_effect_is_found_and_in_the_null_world_it_is_not(
    effect: Rows, null: Rows, estimate: Callable[[Rows], float], name: str, tolerance: float
) -> None:
    assert estimate(effect) == pytest.approx(getattr(effect.truth.effects, name), abs=tolerance)
    nothing = 0.0 if name == "survey_score" else 1.0
    assert estimate(null) == pytest.approx(nothing, abs=tolerance)


def test_the_null_world_has_the_same_adoption(effect: Rows, null: Rows) -> None:
    assert effect.truth.adoption_on == null.truth.adoption_on
    shares = [
        production(rows).groupby("adopted").via.apply(lambda via: (via == "golden_path").mean())
        for rows in (effect, null)
    ]
    assert shares[0][True] == pytest.approx(shares[1][True], abs=0.02)
    assert shares[0][True] > 0.75
    assert shares[0][False] < 0.05


def test_adoption_is_staggered_and_some_teams_never_adopt(effect: Rows) -> None:
    months = [on for on in effect.truth.adoption_on.values() if on is not None]
    assert effect.truth.adoption_on["platform"] is None
    assert len(effect.truth.adoption_on) - len(months) >= 8
    assert len(set(months)) >= 12
    # March 2024 is month 0: the first adopt in month 7.
    assert min(months) == date(2024, 10, 1)


def test_the_golden_path_carries_half_of_a_teams_deployments_from_its_adoption_month_on(effect: Rows) -> None:
    deployed = production(effect)
    deployed["gap"] = deployed.month.dt.start_time - deployed.service_id.map(effect.adopted_at)
    first = deployed[(deployed.gap >= pd.Timedelta(0)) & (deployed.gap < pd.Timedelta(days=31))]
    before = deployed[(deployed.gap < pd.Timedelta(0)) & (deployed.gap > pd.Timedelta(days=-92))]
    assert (first.via == "golden_path").mean() > 0.65
    assert (before.via == "golden_path").mean() < 0.05


def test_lead_times_halve_over_the_two_years(effect: Rows) -> None:
    changes = effect.tables["changes"]
    changes = changes[~changes.is_bot]
    hours = (changes.merged_at - changes.first_commit_at).dt.total_seconds() / 3600
    month = changes.merged_at.dt.to_period("Q")
    # From first commit to merge is about 0.8 of the lead time: 50 hours make 40, 25 make 20.
    assert 34 < hours[month == "2024Q2"].median() < 48
    assert 15 < hours[month == "2026Q1"].median() < 24


def test_failures_and_recovery_before_adoption_are_as_documented(effect: Rows) -> None:
    before = failed_deployments(effect)
    before = before[~before.adopted]
    assert before.failed.mean() == pytest.approx(effect.truth.baseline_change_fail_rate, abs=0.02)
    assert before.hours.median() == pytest.approx(effect.truth.baseline_recovery_median_hours, abs=0.5)
