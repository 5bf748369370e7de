"""The shared event logs with answers worked by hand, read as files and run through the whole flow."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from collectors.base import Context
from collectors.files import source as files
from metrics.alternatives import change_fail_rate_readings
from metrics.compute import compute
from metrics.evidence import evidence
from tests.world import publish_loaded
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings
from warehouse.load import load_page
from warehouse.publish import Snapshot

SHARED = Path(__file__).parents[3] / "shared" / "known_answers"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there")
NOW = datetime(2025, 12, 1, tzinfo=UTC)


@contextmanager
def _snapshot(name: str, directory: Path) -> Iterator[Snapshot]:
    context = Context(NOW, directory / "cache", lambda login: login, lambda name: name == "production")
    source = files.build("answers", files.Config(path=SHARED / name), context)
    with Warehouse.open(directory, threads=1, clock=lambda: NOW) as warehouse:
        for resource in source.resources():
            for page in resource.pages(None):
                load_page(
                    warehouse,
                    "answers",
                    resource.name,
                    resource.scope_id,
                    tables=page.tables,
                    coverage=page.coverage,
                )
        publish_loaded(warehouse, FactSettings(), {}, NOW)
    with Snapshot.open(directory / "marts") as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def july(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with _snapshot("july_pay", tmp_path_factory.mktemp("july")) as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with _snapshot("nine_rates", tmp_path_factory.mktemp("nine")) as snapshot:
        yield snapshot


def _expected(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SHARED / name / "expected.json").read_text())
    return content


def _july(snapshot: Snapshot, metric: str, **rest: Any) -> pd.Series:
    frame = compute(metric, snapshot, date(2025, 7, 1), date(2025, 8, 1), **rest)
    assert len(frame) == 1
    return frame.iloc[0]


def _july_ids(snapshot: Snapshot, metric: str, role: str, column: str = "deployment_id") -> list[str]:
    rows = evidence(metric, snapshot, date(2025, 7, 1), date(2025, 8, 1))
    return sorted(rows.loc[rows["role"] == role, column], key=lambda text: (len(text), text))


def test_july_deployment_frequency(july: Snapshot) -> None:
    expected, row = _expected("july_pay")["deployment_frequency"], _july(july, "deployment_frequency")
    assert (row.n, row.deployment_days, row.status) == (expected["n"], expected["deployment_days"], "ok")
    assert row.value == pytest.approx(expected["per_day"], abs=1e-6)
    assert row.per_week == pytest.approx(expected["per_week"], abs=1e-6)


def test_july_change_lead_time(july: Snapshot) -> None:
    expected = _expected("july_pay")["change_lead_time_hours"]
    row = _july(july, "change_lead_time", minimum_n=0)
    assert (row.n, row.value, row.p75) == (expected["n"], expected["p50"], expected["p75"])
    assert row.p90 == pytest.approx(expected["p90"])
    for reason, changes in expected["excluded"].items():
        assert _july_ids(july, "change_lead_time", reason, "change_id") == changes
    assert _july(july, "change_lead_time").status == expected["status"]


def test_july_lead_time_from_the_merge(july: Snapshot) -> None:
    expected = _expected("july_pay")["merge_to_deployment_hours"]
    row = _july(july, "change_lead_time", clock="merged")
    assert (row.n, row.value) == (expected["n"], pytest.approx(expected["p50"], abs=1e-6))


def test_july_change_fail_rate(july: Snapshot) -> None:
    expected = _expected("july_pay")["change_fail_rate"]
    row = _july(july, "change_fail_rate", minimum_n=0)
    assert (row.n, row.value) == (expected["n"], expected["value"])
    assert [row.low, row.high] == pytest.approx(expected["wilson95"], abs=1e-6)
    assert _july_ids(july, "change_fail_rate", "failed") == expected["failed"]
    rows = evidence("change_fail_rate", july, date(2025, 7, 1), date(2025, 8, 1)).set_index("deployment_id")
    assert rows["incident_link_methods"].dropna().to_dict() == expected["links"]
    assert _july(july, "change_fail_rate").status == expected["status"]


def test_july_failed_deployment_recovery_time(july: Snapshot) -> None:
    expected = _expected("july_pay")["failed_deployment_recovery_time_minutes"]
    row = _july(july, "failed_deployment_recovery_time", minimum_n=0)
    assert row.value * 60 == pytest.approx(expected["value"])
    rows = evidence("failed_deployment_recovery_time", july, date(2025, 7, 1), date(2025, 8, 1))
    minutes = rows.dropna(subset="hours").set_index("deployment_id")["hours"] * 60
    assert minutes.to_dict() == pytest.approx(expected["resolved"])
    assert _july_ids(july, "failed_deployment_recovery_time", "open") == expected["open"]
    other = _july(july, "failed_deployment_recovery_time", minimum_n=0, clock="first_incident")
    assert other.value * 60 == pytest.approx(expected["other_clock"]["first_incident"])
    assert _july(july, "failed_deployment_recovery_time").status == expected["status"]


def test_july_deployment_rework_rate(july: Snapshot) -> None:
    expected = _expected("july_pay")["deployment_rework_rate"]
    row = _july(july, "deployment_rework_rate", minimum_n=0)
    assert (row.n, row.value) == (expected["n"], expected["value"])
    unplanned = _july_ids(july, "deployment_rework_rate", "rollback")
    unplanned += _july_ids(july, "deployment_rework_rate", "hotfix")
    assert unplanned == expected["unplanned"]
    assert _july(july, "deployment_rework_rate").status == expected["status"]


@pytest.mark.parametrize(("by", "scope"), [("team", "team T"), ("service", "A"), ("service", "B")])
def test_nine_rates_change_fail_rate(nine: Snapshot, by: Any, scope: str) -> None:
    expected = _expected("nine_rates")["change_fail_rate"][scope]
    frame = compute("change_fail_rate", nine, date(2025, 9, 1), date(2025, 10, 1), by=by, minimum_n=0)
    row = frame.set_index("scope_id").loc[scope.removeprefix("team ")]
    assert (row["n"], row["value"]) == (expected["n"], pytest.approx(expected["value"], abs=1e-6))


def test_nine_rates_evidence_names_every_reason(nine: Snapshot) -> None:
    rows = evidence("change_fail_rate", nine, date(2025, 9, 1), date(2025, 10, 1)).set_index("deployment_id")
    assert rows.loc["A2", "why"] == "own failure in production; repaired by the hotfix A3"
    assert rows.loc["A4", "why"] == "incident i1 i2 (window); replaced by the rollback A5"


def test_nine_rates_recovery_and_rework(nine: Snapshot) -> None:
    expected, window = _expected("nine_rates"), (date(2025, 9, 1), date(2025, 10, 1))
    recovery = compute("failed_deployment_recovery_time", nine, *window, by="team", minimum_n=0).iloc[0]
    assert recovery["value"] == expected["failed_deployment_recovery_time_hours"]["p50"]
    rework = compute("deployment_rework_rate", nine, *window, by="team", minimum_n=0).iloc[0]
    assert rework["value"] == pytest.approx(expected["deployment_rework_rate"]["value"], abs=1e-6)


def test_nine_rates_alternative_readings(nine: Snapshot) -> None:
    expected = list(_expected("nine_rates")["alternative_readings_of_change_fail_rate"].values())
    ours, *others = change_fail_rate_readings(nine, date(2025, 9, 1), date(2025, 10, 1))
    assert ours.is_ours
    assert (ours.numerator, ours.denominator) == (2, 7)
    for reading, answer in zip(others, expected, strict=True):
        if isinstance(answer, list):
            assert [reading.numerator, reading.denominator] == answer, reading.label
        else:
            assert reading.value == pytest.approx(answer, abs=1e-6)
