"""The trust gate: what is stale, partial or below coverage is named, with its source."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from metrics.quarters import quarter_named
from metrics.trust import SourceState, Trust, source_states, verdict_on
from tests.world import publish_world

QUARTER = quarter_named("2026-Q3")
NOW = datetime(2026, 10, 12, tzinfo=UTC)
SERVICES = [
    {"service_id": "pay", "team_id": "money"},
    {"service_id": "web", "team_id": "money", "created_at": "2026-08-15T00:00:00Z"},
]


def covered(resource: str, scope: str, start: str, end: str) -> dict[str, str]:
    return {
        "resource": resource,
        "scope_id": scope,
        "from_at": f"{start}T00:00:00Z",
        "to_at": f"{end}T00:00:00Z",
    }


def states(
    tmp_path: Path, *coverage: Mapping[str, str], trust: Trust | None = None
) -> dict[str, SourceState]:
    given: dict[str, Any] = {"teams": [{"team_id": "money"}, {"team_id": "shop"}], "services": SERVICES}
    with publish_world(tmp_path, given | {"coverage": list(coverage)}, now=NOW) as snapshot:
        return {state.resource: state for state in source_states(snapshot, QUARTER, trust or Trust())}


def test_a_source_that_is_known_in_full_is_printed(tmp_path: Path) -> None:
    found = states(tmp_path, covered("tickets", "*", "2026-01-01", "2026-10-12"))["tickets"]
    assert (found.verdict, found.coverage, found.n_known, found.n_scopes) == ("ok", 1.0, 2, 2)
    assert found.stamp == ""


def test_a_service_is_expected_since_it_exists(tmp_path: Path) -> None:
    # pay: 92 of 92 days; web exists since 15 August: 47 of 47 days.
    found = states(
        tmp_path,
        covered("deployments", "pay", "2026-07-01", "2026-10-12"),
        covered("deployments", "web", "2026-08-15", "2026-10-12"),
    )
    assert found["deployments"].coverage == pytest.approx(1.0)


def test_a_service_without_a_source_makes_it_partial(tmp_path: Path) -> None:
    # 92 of 92 + 47 days.
    found = states(tmp_path, covered("incidents", "pay", "2026-07-01", "2026-10-12"))["incidents"]
    assert found.coverage == pytest.approx(92 / 139)
    assert (found.n_known, found.n_scopes) == (1, 2)
    assert found.verdict == "refused"


def test_below_coverage_is_refused_and_names_the_source(tmp_path: Path) -> None:
    found = states(tmp_path, covered("costs", "*", "2026-07-01", "2026-08-01"))["costs"]
    # 31 of 92 days, and nothing since.
    assert found.verdict == "refused"
    assert found.stamp == (
        "costs from test: below coverage: 33.7 % of the quarter is known, and 80 % is the minimum; "
        "stale: the newest data is of 2026-08-01 00:00 UTC"
    )


def test_partial_is_stamped_and_its_limits_are_configured(tmp_path: Path) -> None:
    gap = covered("costs", "*", "2026-07-08", "2026-10-12")
    found = states(tmp_path / "a", gap)["costs"]
    # 85 of 92 days.
    assert (found.verdict, found.reasons) == ("stamped", ("partial: 92.4 % of the quarter is known",))
    assert states(tmp_path / "b", gap, trust=Trust(full_coverage=0.9))["costs"].verdict == "ok"
    assert states(tmp_path / "c", gap, trust=Trust(minimum_coverage=0.95))["costs"].verdict == "refused"


def test_a_source_that_stopped_before_the_quarter_ended_is_stale(tmp_path: Path) -> None:
    # Three days of 92 are missing, which the limits allow, but 48 hours before the end nothing came any more.
    stopped = covered("costs", "*", "2026-07-01", "2026-09-28")
    trust = Trust(full_coverage=0.95)
    found = states(tmp_path / "a", stopped, trust=trust)["costs"]
    assert found.reasons == ("stale: the newest data is of 2026-09-28 00:00 UTC",)
    trust = Trust(full_coverage=0.95, when_stale="refuse")
    assert states(tmp_path / "b", stopped, trust=trust)["costs"].verdict == "refused"


def test_a_source_that_goes_on_after_the_quarter_is_not_stale_for_it(tmp_path: Path) -> None:
    assert states(tmp_path, covered("costs", "*", "2026-07-01", "2026-10-01"))["costs"].verdict == "ok"


def test_a_figure_has_the_worst_verdict_of_what_it_rests_on(tmp_path: Path) -> None:
    found = states(
        tmp_path,
        covered("tickets", "*", "2026-07-01", "2026-10-12"),
        covered("action_runs", "money", "2026-07-01", "2026-10-12"),
    )
    # Runs are known of one of two teams.
    assert verdict_on(found.values(), ["tickets"]) == ("ok", ())
    verdict, stamps = verdict_on(found.values(), ["tickets", "action_runs"])
    assert verdict == "refused"
    assert stamps == (
        "action_runs from test: below coverage: 50.0 % of the quarter is known, and 80 % is the minimum",
    )


def test_what_nobody_collects_has_no_verdict(tmp_path: Path) -> None:
    found = states(tmp_path, covered("costs", "*", "2025-01-01", "2026-01-01"))["costs"]
    assert (found.is_collected, found.verdict) == (False, "ok")


def test_thresholds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be above"):
        Trust(minimum_coverage=0.9, full_coverage=0.8)
