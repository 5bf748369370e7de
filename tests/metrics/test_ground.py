"""What figures share is asked once for a snapshot, and is the same for whoever asks."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from unittest.mock import Mock

import pyarrow as pa
import pytest

from metrics.compute import compute
from metrics.ground import day_of
from metrics.remembered import Memory
from metrics.scope import Filter
from tests.world import publish_world
from warehouse.snapshot import Snapshot

START, END = date(2025, 10, 1), date(2025, 11, 1)
ROWS: dict[str, Any] = {
    "teams": [{"team_id": "pay"}, {"team_id": "web"}],
    "services": [
        {"service_id": "api", "name": "api", "team_id": "pay"},
        {"service_id": "site", "name": "site", "team_id": "web"},
    ],
    "deployments": [
        {
            "repeat": 12,
            "deployment_id": "d{i}",
            "service_id": "api",
            "finished_at": "2025-10-10T12:00:00Z",
            "status": "success",
        }
    ],
    "covered": {"scope": "*", "from": "2025-01-01", "to": "2025-12-01"},
}


class Counting:
    """A snapshot that counts how often covered days are read, and how often until when they reach."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self.asked, self.asked_until = snapshot, 0, 0

    @property
    def settings(self) -> Mapping[str, Any]:
        return self._snapshot.settings

    def sql(self, query: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        self.asked += "FROM team_days" in query or "FROM service_days" in query
        self.asked_until += "FROM service_coverage" in query
        return self._snapshot.sql(query, parameters or {})


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with publish_world(tmp_path_factory.mktemp("ground"), ROWS) as opened:
        yield opened


def test_two_figures_of_one_question_read_the_coverage_once(snapshot: Snapshot) -> None:
    counting = Counting(snapshot)
    for name in ("change_fail_rate", "deployment_frequency", "deployment_rework_rate"):
        compute(name, counting, START, END, by="organisation")
    assert counting.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        {"by": "team"},
        {"period": "month"},
        {"where": Filter(teams=("pay",))},
        {"where": Filter(services=("api",))},
    ],
)
def test_another_question_has_its_own_coverage(snapshot: Snapshot, other: dict[str, Any]) -> None:
    counting = Counting(snapshot)
    compute("change_fail_rate", counting, START, END, by="organisation")
    shared = compute("change_fail_rate", counting, START, END, **{"by": "organisation", **other})
    alone = compute("change_fail_rate", Counting(snapshot), START, END, **{"by": "organisation", **other})
    assert counting.asked == 2
    assert shared.equals(alone)


def test_until_when_data_reaches_is_asked_once_for_all_windows(snapshot: Snapshot) -> None:
    counting = Counting(snapshot)
    compute("change_fail_rate", counting, START, END, by="organisation")
    compute("change_fail_rate", counting, date(2025, 7, 1), END, by="organisation", period="month")
    assert counting.asked_until == 1
    compute("change_fail_rate", counting, START, END, by="team")
    assert counting.asked_until == 2


def test_a_figure_does_not_change_what_the_next_one_stands_on(snapshot: Snapshot) -> None:
    asked = {"by": "service", "period": "month"}
    first = compute("deployment_frequency", snapshot, START, END, **asked)  # type: ignore[arg-type]
    first["covered_deployments_days"] = -1.0
    again = compute("deployment_frequency", snapshot, START, END, **asked)  # type: ignore[arg-type]
    assert set(again["covered_deployments_days"]) == {31.0}


def test_what_is_old_is_forgotten_before_the_memory_is_full() -> None:
    memory, asked = Memory(maximum_rows=10, maximum_answers=3), []

    def of(name: str, rows: int) -> str:
        return memory.of(name, lambda: asked.append(name) or name, lambda _: rows)

    for name in ("a", "b", "a", "c"):  # 4 + 4 rows; "a" is newer than "b" when "c" needs room
        of(name, 4)
    assert asked == ["a", "b", "c"]
    of("a", 4)
    of("b", 4)
    assert asked == ["a", "b", "c", "b"]
    of("too large", 11)
    of("too large", 11)
    assert asked[4:] == ["too large", "too large"]


@pytest.mark.parametrize(("zone", "day"), [("UTC", 28), ("Europe/Berlin", 28), ("America/New_York", 27)])
def test_the_day_of_a_snapshot_is_that_of_the_reporting_zone(zone: str, day: int) -> None:
    # 02:00 UTC is 21:00 of the day before in New York, whose 27th is then not over.
    settings = {"as_of": "2026-11-28T02:00:00+00:00", "reporting_zone": zone}
    assert day_of(Mock(settings=settings)) == date(2026, 11, day)
