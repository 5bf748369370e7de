"""Answers that a snapshot carries are those of the function that is asked, to the bit, or none."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dashboards.questions.published import Published
from dashboards.words.windows import context_start
from metrics.catalog import CATALOG, Metric
from metrics.compute import compute
from metrics.cubes import writing
from metrics.packing import is_same
from metrics.roi import door
from metrics.roi.assumptions import Assumption
from metrics.roi.door import roi
from metrics.roi.result import RoiResult
from metrics.roi.scenario import Scenario
from service.running import keeping
from tests.metrics.roi.reference import LEDGER, NOW, QUARTER, given, stated
from tests.world import publish_world
from warehouse.kept import TABLE, write_kept
from warehouse.snapshot import Snapshot

SEED = 1
# One of each kind of statistic and of grouping; `tests.metrics.test_cubes` has all.
FIGURES = (
    "change_lead_time",
    "deployment_frequency",
    "self_service_share",
    "how_to_ticket_rate",
    "time_to_first_deployment",
)
QUARTER_DAYS = (date(2025, 10, 1), date(2026, 1, 1))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The reference quarter with an empty ledger, as it is published: with answers, those of figures too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "ROWS_WORTH_KEEPING", 0)
        patch.setattr(keeping, "CATALOG", {name: CATALOG[name] for name in FIGURES})
        folder = tmp_path_factory.mktemp("kept")
        with publish_world(folder, given(), {"currency": "EUR"}, NOW, answers=keeping.answers_of) as opened:
            patch.undo()
            yield opened


class Said:
    """The same snapshot that says something else of itself, or has no answers."""

    def __init__(
        self, snapshot: Snapshot, said: Mapping[str, Any] | None = None, *, is_old: bool = False
    ) -> None:
        self.snapshot, self.said, self.is_old = snapshot, said or {}, is_old

    @property
    def settings(self) -> Mapping[str, Any]:
        return {**self.snapshot.settings, **self.said}

    def sql(self, query: str, parameters: Mapping[str, Any] = MappingProxyType({})) -> pa.Table:
        return self.snapshot.sql(query.replace(TABLE, "nothing") if self.is_old else query, parameters)


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[RoiResult]:
    """The results that were not read but worked out."""
    results: list[RoiResult] = []
    original = door._worked_out

    def counting(*given: Any) -> RoiResult:
        results.append(original(*given))
        return results[-1]

    monkeypatch.setattr(door, "_worked_out", counting)
    return results


def test_the_kept_result_is_the_computed_one_to_the_bit(
    snapshot: Snapshot, worked_out: list[RoiResult]
) -> None:
    kept = roi(snapshot, QUARTER, [], SEED)
    assert worked_out == []
    computed = roi(Said(snapshot, is_old=True), QUARTER, [], SEED)
    assert worked_out == [computed]
    assert repr(kept) == repr(computed)
    assert kept.lines  # there was something to get wrong


@pytest.mark.parametrize(
    ("assumptions", "seed", "scenario"),
    [
        (LEDGER, SEED, None),
        ([stated("salary", 90_000)], SEED, None),
        ([], SEED + 1, None),
        ([], SEED, Scenario(self_service_share=0.9)),
    ],
    ids=["ledger", "one figure", "seed", "scenario"],
)
def test_another_question_is_worked_out(
    snapshot: Snapshot,
    worked_out: list[RoiResult],
    assumptions: list[Assumption],
    seed: int,
    scenario: Scenario | None,
) -> None:
    asked = roi(snapshot, QUARTER, assumptions, seed, scenario=scenario)
    assert worked_out == [asked]


def test_a_second_scenario_is_the_same_to_the_bit_although_it_takes_the_past_from_the_first(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Scenario(figures=(("realisation", 0.4),)), Scenario(0.8, (("attribution", 0.7),))
    fresh = roi(Said(snapshot, is_old=True), QUARTER, LEDGER, SEED, scenario=second)
    opened = Said(snapshot, is_old=True)
    roi(opened, QUARTER, LEDGER, SEED, scenario=first)
    monkeypatch.setattr(door, "load_facts", None)  # nothing is read again from here on
    assert repr(roi(opened, QUARTER, LEDGER, SEED, scenario=second)) == repr(fresh)


def test_a_figure_that_changed_in_a_digit_is_not_answered_by_the_old_one(
    snapshot: Snapshot, worked_out: list[RoiResult]
) -> None:
    before = stated("salary", 90_000)
    roi(snapshot, QUARTER, [before], SEED)
    roi(snapshot, QUARTER, [replace(before, high=90_000.01)], SEED)
    assert len(worked_out) == 2


@pytest.mark.parametrize(
    "said",
    [
        {"roi": {"recovery_cap_hours": 24}},
        {"roi": {"horizon_quarters": 8}},
        {"as_of": "2025-12-20T00:00:00+00:00"},
    ],
    ids=["cap", "horizon", "as_of"],
)
def test_another_configuration_is_not_answered_by_the_old_result(
    snapshot: Snapshot, worked_out: list[RoiResult], said: dict[str, Any]
) -> None:
    asked = roi(Said(snapshot, said), QUARTER, [], SEED)
    assert worked_out == [asked]


def test_another_program_works_it_out_again(
    snapshot: Snapshot, worked_out: list[RoiResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.kept._program", lambda: "another version")
    roi(snapshot, QUARTER, [], SEED)
    assert len(worked_out) == 1


@pytest.mark.parametrize("name", FIGURES)
def test_figures_of_a_card_are_kept_as_they_are_computed(
    snapshot: Snapshot, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quarter, the twelve months that are shown at first, and the months of a trend; for one team too."""
    window = Published(snapshot).windows["12-months"]
    asks: list[dict[str, Any]] = [
        {"start": QUARTER_DAYS[0], "end": QUARTER_DAYS[1]},
        {"start": window.start, "end": window.end},
        {"start": context_start(window, 1), "end": window.end, "period": "month", "minimum_n": 1},
    ]
    without = Said(snapshot, is_old=True)
    computed = [compute(name, without, by="organisation", **ask) for ask in asks]
    monkeypatch.setattr("metrics.compute.measured", None)  # nothing can be worked out from here on
    for ask, frame in zip(asks, computed, strict=True):
        assert is_same(compute(name, snapshot, by="organisation", **ask), frame), ask


def test_a_small_snapshot_keeps_no_figures(tmp_path: Path) -> None:
    with publish_world(tmp_path, given(), {"currency": "EUR"}, NOW, answers=keeping.answers_of) as small:
        kept = small.sql(f"SELECT count(*) AS n FROM {TABLE}").to_pylist()[0]["n"]
        assert 0 < kept < 20


def test_a_figure_that_fails_leaves_the_others_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    original = writing.measured

    def broken(snapshot: Snapshot, metric: Metric, *rest: Any) -> Any:
        if metric.name == "change_lead_time":
            raise ZeroDivisionError("a defect")
        return original(snapshot, metric, *rest)

    monkeypatch.setattr(keeping, "ROWS_WORTH_KEEPING", 0)
    monkeypatch.setattr(keeping, "CATALOG", {n: CATALOG[n] for n in ("change_lead_time", "change_fail_rate")})
    monkeypatch.setattr(keeping, "READINGS", ())
    monkeypatch.setattr(writing, "measured", broken)
    with publish_world(tmp_path, given(), {"currency": "EUR"}, NOW, answers=keeping.answers_of) as published:
        monkeypatch.setattr("metrics.compute.measured", None)
        assert len(compute("change_fail_rate", published, *QUARTER_DAYS, by="organisation")) == 1
        with pytest.raises(TypeError):
            compute("change_lead_time", published, *QUARTER_DAYS, by="organisation")
    assert "ZeroDivisionError('a defect')" in caplog.text


def test_a_model_that_fails_keeps_no_data_from_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(keeping, "result_in", broken)
    with publish_world(tmp_path, given(), {"currency": "EUR"}, NOW, answers=keeping.answers_of) as published:
        assert published.version == 1
    assert "ZeroDivisionError('a defect')" in caplog.text


def test_answers_come_last_into_a_snapshot_and_leave_its_rows_alone(tmp_path: Path) -> None:
    path = tmp_path / "marts.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE teams AS SELECT 'a' AS team_id")
    write_kept(path, {"key": b"\x00\xff"})
    with Snapshot.open(path) as opened:
        assert opened.sql("SELECT team_id FROM teams").to_pylist() == [{"team_id": "a"}]
        assert opened.sql(f"SELECT * FROM {TABLE}").to_pylist() == [{"key": "key", "body": b"\x00\xff"}]
    assert list(tmp_path.iterdir()) == [path]
