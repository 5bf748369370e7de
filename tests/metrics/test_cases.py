"""Every metric against rows and figures worked by hand, through the real load, link and publication.

A case file names the metric; a case gives rows, asks, and expects. ``repeat: n`` stands for n rows in
which ``{i}`` runs from 1 to n; ``covered`` is short for coverage of deployments, changes and incidents.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from metrics.catalog import CATALOG, STAGES
from metrics.compute import compute
from tests.world import publish_world
from warehouse.publish import Snapshot

CASES = Path(__file__).parent / "cases"
Rows = Mapping[str, Any]


def _cases() -> list[Any]:
    return [
        pytest.param(
            content["metric"],
            case,
            id=f"{content['metric']}: {case['name']}",
            marks=pytest.mark.xdist_group(content["metric"]),
        )
        for path in sorted(CASES.glob("*.yaml"))
        for content in [yaml.safe_load(path.read_text())]
        for case in content["cases"]
    ]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Rows, Rows], Path]:
    """The folder of a case's snapshot. Cases with the same rows and settings ask the same one."""
    made: dict[str, Path] = {}

    def folder(given: Rows, settings: Rows) -> Path:
        key = repr((given, settings))
        if key not in made:
            directory = tmp_path_factory.mktemp("case")
            with publish_world(directory, given, settings):
                made[key] = directory / "marts"
        return made[key]

    return folder


@pytest.mark.parametrize(("metric", "case"), _cases())
def test_a_metric_says_what_was_worked_by_hand(
    metric: str, case: dict[str, Any], published: Callable[[Rows, Rows], Path]
) -> None:
    ask = {"by": "service", "period": "window", **case["ask"]}
    with Snapshot.open(published(case["given"], case.get("settings", {}))) as snapshot:
        frame = compute(metric, snapshot, **ask)
    assert len(frame) == len(case["expect"]), frame.to_string()
    for expected in case["expect"]:
        _assert_row(frame, expected)


def test_every_metric_has_hand_worked_cases_with_an_empty_one() -> None:
    files = {
        content["metric"]: content
        for path in CASES.glob("*.yaml")
        for content in [yaml.safe_load(path.read_text())]
    }
    assert set(files) == set(CATALOG)
    for name, content in files.items():
        statuses = {row.get("status") for case in content["cases"] for row in case["expect"]}
        assert statuses & {"no_data", "not_collected"}, name


def _assert_row(frame: pd.DataFrame, expected: dict[str, Any]) -> None:
    rows = frame[frame["scope_id"] == expected["scope_id"]]
    if "period_start" in expected:
        rows = rows[rows["period_start"] == expected["period_start"]]
    assert len(rows) == 1, frame.to_string()
    row = rows.iloc[0]
    for name, value in expected.items():
        _assert_value(row, name, value)


def _assert_value(row: pd.Series, name: str, value: Any) -> None:
    found = row[name]
    if value is None:
        assert math.isnan(found), (name, row.to_dict())
    elif isinstance(value, int | float):
        assert found == pytest.approx(value, abs=5e-7), (name, row.to_dict())
    else:
        assert isinstance(value, str | date)
        assert found == value, (name, row.to_dict())


@pytest.mark.parametrize(
    ("metrics", "column"),
    [(STAGES, r"c\.\w+_hours"), (("ticket_touch_time", "ticket_waiting_time"), r"t\.\w+_hours")],
)
def test_durations_of_the_same_rows_differ_in_their_column_alone(
    metrics: tuple[str, ...], column: str
) -> None:
    # Each file can be run and read by itself; what counts and what is left out must not drift apart.
    rows = {re.sub(column, "hours", CATALOG[name].evidence_sql) for name in metrics}
    assert len(rows) == 1
