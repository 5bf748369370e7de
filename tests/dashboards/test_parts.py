"""What is taken from an answer about everything is what a query for the part says, to the bit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.questions.health import health
from dashboards.questions.linkage import _METHODS, linkage, linkage_rows
from dashboards.questions.published import Published
from dashboards.questions.requests import request_health
from dashboards.words.windows import Window
from metrics import leakage as leaks
from metrics import open_changes as waiting
from metrics.cohorts import cohorts
from metrics.compute import compute
from metrics.leakage import leakage
from metrics.open_changes import open_changes
from metrics.scope import Filter
from tests.dashboards.organisation import END, TEAMS
from warehouse.snapshot import Snapshot

WINDOW = (date(2025, 1, 1), date(2025, 12, 2))
LOOKED_AT = Window(*WINDOW, "2025", date(2024, 2, 1), "before")
TIERS = ("tier 1", "tier 2", "tier 3")
OF_TEAMS = [Filter(), *(Filter(teams=(team,)) for team in (*TEAMS, "nobody")), Filter(teams=TEAMS[1:4])]
OF_SERVICES = [
    *OF_TEAMS,
    *(Filter(tiers=(tier,)) for tier in TIERS),
    Filter(teams=("payments", "search"), tiers=TIERS[:2]),
    *(Filter(services=(service,)) for service in ("payments-ledger", "search-silent", "search-new")),
]


@pytest.fixture(scope="module")
def snapshot(small_organisation: Path) -> Iterator[Snapshot]:
    with Snapshot.open(small_organisation) as opened:
        yield opened


def _same(found: pd.DataFrame, asked: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, asked, check_exact=True)


@pytest.mark.parametrize(
    "where", [OF_TEAMS[0], OF_TEAMS[1], OF_TEAMS[3], OF_TEAMS[-2], OF_TEAMS[-1]], ids=str
)
def test_every_cell_of_a_cohort_is_that_of_the_metric(snapshot: Snapshot, where: Filter) -> None:
    found = cohorts(snapshot, *WINDOW, period="month", where=where, minimum_n=1)
    assert len(found) or where.teams  # there is something to get wrong
    for months in (1, 2, 3, 7, 12):
        asked = {"by": "organisation", "period": "month", "where": where, "minimum_n": 1}
        figures = compute("retention", snapshot, *WINDOW, **asked, after_months=months)  # type: ignore[arg-type]
        is_whole = (figures["n"] > 0) & (figures["excluded_incomplete"] == 0)
        columns = ["period_start", "numerator", "value", "low", "high", "status"]
        cells = found[found["months_later"] == months]
        _same(cells[columns].reset_index(drop=True), figures.loc[is_whole, columns].reset_index(drop=True))


@pytest.mark.parametrize("where", OF_SERVICES, ids=str)
@pytest.mark.parametrize("limit", [3, 5000])
def test_waiting_changes_of_a_part(snapshot: Snapshot, where: Filter, limit: int) -> None:
    asked = waiting._asked(snapshot, where, limit).drop(columns="tier")
    _same(open_changes(snapshot, where=where, limit=limit), asked)


def test_more_waiting_changes_than_are_taken_along_are_asked_for(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [open_changes(snapshot, where=where) for where in OF_SERVICES]
    monkeypatch.setattr(waiting, "_MOST", 3)
    for where, before in zip(OF_SERVICES, asked, strict=True):
        _same(open_changes(snapshot, where=where), before)
    assert len(asked[0]) > 3


@pytest.mark.parametrize("where", [*OF_SERVICES, Filter(actions=("database",), teams=TEAMS[:2])], ids=str)
def test_leaks_of_a_part(snapshot: Snapshot, where: Filter) -> None:
    assert len(leakage(snapshot, *WINDOW)) > 5  # there is something to get wrong
    _same(leakage(snapshot, *WINDOW, where=where), leaks._read("leakage", snapshot, *WINDOW, where, 0))


_HEALTH = """
WITH scoped AS (
    SELECT DISTINCT service_id FROM service_map
    WHERE service_id IS NOT NULL
        AND in_scope(service_id, coalesce(team_id, 'unassigned'), tier, $services, $teams, $tiers)
),
days AS (
    SELECT service_id, max(deployments) AS deployments, max(incidents) AS incidents
    FROM service_days JOIN scoped USING (service_id) WHERE day >= $start AND day < $end GROUP BY service_id
),
incidents AS (
    SELECT deployment_id FROM fact_incidents
    WHERE started_on >= $start AND started_on < $end AND is_covered AND cause IN ('change', 'unknown')
        AND in_scope(service_id, team_id, tier, $services, $teams, $tiers)
)
SELECT
    (SELECT count(*) FROM scoped) AS n_services,
    (SELECT count(*) FROM days WHERE deployments > 0) AS n_with_deployments,
    (SELECT count(*) FROM days WHERE incidents > 0) AS n_with_incidents,
    (
        SELECT max(to_at) FROM service_coverage JOIN scoped USING (service_id)
        WHERE resource = 'deployments'
    ) AS data_to,
    (SELECT count(*) FROM incidents) AS n_incidents,
    (SELECT count(deployment_id) FROM incidents) AS n_linked
"""


@pytest.mark.parametrize("where", OF_SERVICES, ids=str)
def test_the_state_of_the_data_of_a_part(snapshot: Snapshot, where: Filter) -> None:
    names = ("services", "teams", "tiers")
    asked = {"start": WINDOW[0], "end": WINDOW[1], **{name: where.parameters[name] for name in names}}
    (expected,) = snapshot.sql(_HEALTH, asked).to_pylist()
    found = health(Published(snapshot), _Looked(LOOKED_AT, where), END)
    assert {name: getattr(found, name) for name in expected} == expected


_REQUESTS = """
WITH scoped AS (
    SELECT DISTINCT team_id FROM request_scopes
    WHERE team_id IS NOT NULL AND team_id <> 'unassigned'
        AND ($teams IS NULL OR list_contains($teams, team_id))
),
days AS (
    SELECT team_id, max({0}) AS share FROM team_days JOIN scoped USING (team_id)
    WHERE day >= $start AND day < $end GROUP BY team_id
)
SELECT
    (SELECT count(*) FROM scoped) AS n_teams,
    (SELECT count(*) FROM days WHERE share > 0) AS n_known,
    (SELECT max(to_at) FROM team_coverage JOIN scoped USING (team_id) WHERE resource = '{0}') AS until
"""


@pytest.mark.parametrize("where", OF_TEAMS, ids=str)
def test_the_state_of_requests_of_a_part(snapshot: Snapshot, where: Filter) -> None:
    asked = {"start": WINDOW[0], "end": WINDOW[1], "teams": where.parameters["teams"]}
    for known in request_health(Facts(snapshot), _view(where), END):
        (expected,) = snapshot.sql(_REQUESTS.format(known.resource), asked).to_pylist()
        assert {name: getattr(known, name) for name in expected} == expected


@pytest.mark.parametrize("where", OF_SERVICES[:-3], ids=str)
@pytest.mark.parametrize("sources", [(), ("test",), ("another",)])
def test_what_is_tied_of_a_part_are_as_many_as_its_rows(
    snapshot: Snapshot, where: Filter, sources: tuple[str, ...]
) -> None:
    facts, view = Facts(snapshot), replace(_view(where), sources=sources)
    found = linkage(facts, view).set_index(["kind", "method"])["n"].to_dict()
    asked = {
        (kind, method): len(linkage_rows(facts, view, kind, method))
        for kind, (_, methods) in _METHODS.items()
        for method in methods
    }
    assert found == {line: n for line, n in asked.items() if n}
    assert len(found) > 5 or where != Filter() or sources == ("another",)


@dataclass(frozen=True)
class _Looked:
    window: Window
    where: Filter


def _view(where: Filter) -> View:
    return View(LOOKED_AT, where, 14, "a part", {}, {})
