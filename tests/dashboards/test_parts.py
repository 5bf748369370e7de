"""What is taken from an answer about everything is what a query for the part says, to the bit."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from metrics import leakage as leaks
from metrics import open_changes as waiting
from metrics.cohorts import cohorts
from metrics.compute import compute
from metrics.leakage import leakage
from metrics.open_changes import open_changes
from metrics.scope import Filter
from tests.dashboards.organisation import TEAMS
from warehouse.snapshot import Snapshot

WINDOW = (date(2025, 1, 1), date(2025, 12, 2))
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
