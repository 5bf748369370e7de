"""The demo world: what was planted in requests and adoption is found again, and nothing where nothing is.

Intervals are those that the figures state. The truth was written down before any of these figures existed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from collectors.base import Context
from collectors.demo import source as demo
from collectors.demo.truth import Truth, Variant
from metrics.compute import compute
from metrics.deflection import deflection
from metrics.evidence import evidence
from metrics.roi.measure_baseline import measured_baselines
from metrics.scope import Filter
from tests.world import publish_loaded
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings
from warehouse.load import load_page
from warehouse.publish import Snapshot

pytestmark = pytest.mark.xdist_group("demo_adoption")
END = date(2026, 3, 15)
NOW = datetime(2026, 3, 15, tzinfo=UTC)
START = date(2024, 3, 1)
LAST_ADOPTION_IS_OVER = date(2026, 1, 1)
RESOURCES = ("catalogue", "changes", "deployments", "tickets", "action_runs")

ADOPTION = (
    "team_adoption_rate", "self_service_share", "fallback_rate", "golden_path_share", "how_to_ticket_rate",
    "activation_rate", "retention", "time_to_first_deployment", "request_latency", "action_success_rate",
    "action_duration", "ticket_waiting_time", "ticket_touch_time",
)  # fmt: skip
COUNTED = (
    "counted", "adopted", "not_adopted", "self_service", "manual", "fell_back", "golden_path", "activated",
    "retained", "succeeded",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    snapshot: Snapshot
    truth: Truth

    @property
    def adopters(self) -> Filter:
        return Filter(teams=tuple(team for team, on in self.truth.adoption_on.items() if on))


def _known(directory: Path, variant: Variant) -> Iterator[Known]:
    config = demo.Config(end_on=END, variant=variant)
    context = Context(NOW, directory / "cache", lambda login: login, lambda name: name == "production")
    with Warehouse.open(directory, threads=2, clock=lambda: NOW) as warehouse:
        for resource in demo.build("demo", config, context).resources():
            for page in resource.pages(None) if resource.name in RESOURCES else ():
                load_page(warehouse, "demo", resource.name, "*", tables=page.tables, coverage=page.coverage)
        publish_loaded(warehouse, FactSettings(), {}, NOW)
    with Snapshot.open(directory / "marts") as snapshot:
        yield Known(snapshot, demo.truth(config))


@pytest.fixture(scope="module")
def effect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    yield from _known(tmp_path_factory.mktemp("effect"), "effect")


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    yield from _known(tmp_path_factory.mktemp("null"), "null")


def test_runs_and_tickets_of_every_quarter_and_action_are_the_true_counts(effect: Known) -> None:
    frame = compute("self_service_share", effect.snapshot, START, END, by="action", period="quarter")
    frame = frame.set_index(["period_start", "scope_id"])
    for quarter in effect.truth.quarters:
        for action, count in quarter.self_service.items():
            row = frame.loc[(quarter.quarter_start, action)]
            assert (row["numerator"], row["n_manual"]) == (count, quarter.manual_tickets[action])


def test_how_to_tickets_of_every_quarter_are_the_true_counts(effect: Known) -> None:
    frame = compute("how_to_ticket_rate", effect.snapshot, START, END, by="organisation", period="quarter")
    assert frame["numerator"].tolist() == [quarter.how_to_tickets for quarter in effect.truth.quarters]


def test_before_adoption_engineers_ask_as_often_as_planted(effect: Known) -> None:
    row = compute(
        "how_to_ticket_rate", effect.snapshot, date(2024, 4, 1), date(2024, 7, 1), by="organisation"
    ).iloc[0]
    # Planted per head and 62 busy days; of this quarter's 65 weekdays one is a holiday (0.08), and its
    # 26 other days are quiet (0.05). The rate is per active engineer, and not every head was active.
    busy = (64 + 0.08 + 26 * 0.05) / 62
    heads = effect.snapshot.sql("SELECT sum(engineers) AS heads FROM teams").to_pylist()[0]["heads"]
    planted = effect.truth.how_to_tickets_per_engineer_quarter * busy * heads / row["engineer_quarters"]
    assert row["low"] < planted < row["high"]
    assert 0.9 * heads < row["n"] <= heads


def test_the_deflection_of_adopting_teams_is_found_and_in_the_null_world_there_is_none(
    effect: Known, null: Known
) -> None:
    before, after = (START, date(2024, 10, 1)), (LAST_ADOPTION_IS_OVER, END)
    found = deflection(effect.snapshot, before, after, where=effect.adopters)
    nothing = deflection(null.snapshot, before, after, where=null.adopters)
    assert found.low is not None
    assert found.high is not None
    assert nothing.low is not None
    assert nothing.high is not None
    assert found.low < 1 - effect.truth.effects.how_to_tickets < found.high
    assert found.low > 0
    assert nothing.low < 0 < nothing.high


@pytest.mark.parametrize("when", ["before", "beside"])
def test_the_baseline_of_every_action_holds_the_planted_touch_hours_in_its_interval(
    effect: Known, null: Known, when: str
) -> None:
    for known in (effect, null):
        found = measured_baselines(known.snapshot, START, END, when=when)  # type: ignore[arg-type]
        for action in known.truth.actions:
            touch = found[action.name].touch_hours
            assert touch.low is not None
            assert touch.high is not None
            assert touch.low < action.touch_mean < touch.high, action.name
            assert found[action.name].grade == "measured"


def test_tickets_took_as_long_as_planted(effect: Known) -> None:
    frame = compute("request_latency", effect.snapshot, START, END, by="action").set_index("scope_id")
    for action in effect.truth.actions:
        row = frame.loc[action.name]
        assert row["low"] < action.wait_median < row["high"], action.name


def test_waiting_hours_of_the_baseline_are_working_hours(effect: Known) -> None:
    """Against a count with numpy's business days, and the hours of the first day and the last."""
    tickets = effect.snapshot.sql(
        "SELECT action, created_at, resolved_at FROM fact_tickets "
        "WHERE type = 'request' AND resolved_at IS NOT NULL"
    ).to_pandas()
    tickets["hours"] = _worked_until(tickets.resolved_at) - _worked_until(tickets.created_at)
    found = measured_baselines(effect.snapshot, START, END, when="beside", wait_cap_hours=1e6)
    means = tickets.groupby("action").hours.mean()
    for action, baseline in found.items():
        assert baseline.wait_hours.mean == pytest.approx(means[action], abs=1e-6)


def _worked_until(at: pd.Series) -> np.ndarray:
    days = at.to_numpy().astype("datetime64[D]")
    whole = 8.0 * np.busday_count(np.datetime64("2024-01-01"), days)
    of_day = (at.to_numpy() - days) / np.timedelta64(1, "h")
    return np.asarray(whole + np.where(np.is_busday(days), np.clip(of_day - 9, 0, 8), 0.0))


def test_at_the_end_as_many_teams_have_adopted_as_planted(effect: Known, null: Known) -> None:
    for known in (effect, null):
        row = compute("team_adoption_rate", known.snapshot, date(2026, 3, 1), END, by="organisation").iloc[0]
        planned = len(known.adopters.teams or ()) / (len(known.truth.adoption_on) - 1)
        assert row["n"] == len(known.truth.adoption_on) - 1
        assert row["denominator_on"] == date(2026, 3, 14)
        assert row["low"] < planned < row["high"]


def test_every_planted_fallback_is_found_and_chance_adds_some(effect: Known) -> None:
    row = compute("fallback_rate", effect.snapshot, START, END, by="organisation").iloc[0]
    planted = sum(quarter.fallbacks for quarter in effect.truth.quarters)
    assert planted <= row["numerator"] + row["excluded_pending"]
    # A ticket that would have come anyway looks the same; it must not be most of them.
    assert row["numerator"] < 2 * planted


def test_nine_runs_in_a_hundred_fail(effect: Known) -> None:
    row = compute("action_success_rate", effect.snapshot, START, END, by="organisation").iloc[0]
    # Of the first runs 9 % fail and 89 % succeed; half of the failures are tried again with success.
    planted = (0.89 + 0.045) / (0.89 + 0.045 + 0.09)
    assert row["low"] < planted < row["high"]


@pytest.mark.parametrize("name", ADOPTION)
def test_every_figure_of_adoption_opens_its_rows(effect: Known, name: str) -> None:
    rows = evidence(name, effect.snapshot, START, END, by="organisation")
    figures = compute(name, effect.snapshot, START, END, by="organisation").iloc[0]
    assert {"role", "url"} <= set(rows.columns)
    counted = rows["role"].isin(COUNTED)
    expected = figures["numerator"] if name == "how_to_ticket_rate" else figures["n"]
    assert counted.sum() == expected
