"""What happened to services now and in the baseline, at the same length of period."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.roi.facts import QuarterFacts
from metrics.roi.terms import UnknownQuantityError
from metrics.uncertainty import Floats


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared: a table, the column that is summed, the one that sums its squares, and the one that
    counts rows. The variance of a count is the count itself."""

    table: str
    column: str
    squares: str
    rows: str


DOWNTIME = Measure("failures", "hours", "squared_hours", "failed")
INCIDENTS = Measure("incidents", "n", "n", "n")


@dataclass(frozen=True, slots=True)
class Compared:
    """Per scope: what the baseline's pace would have brought less what came, with its sampling error.

    ``completeness`` is the share of the quarter, 0 to 1, over the services of the scope.
    """

    known: NDArray[np.bool_]
    fall: Floats
    sd: Floats
    n_observations: Floats
    completeness: Floats
    note: str


def compared(facts: QuarterFacts, measure: Measure) -> Compared:
    """The fall at the volume that each period had.

    A service is compared where it is covered in both periods; one that began to exist after the baseline
    had nothing in it. One that was not covered then says nothing and is left out.

    Raises
    ------
    UnknownQuantityError : there is no baseline before the quarter, or no service can be compared.
    """
    cells = _cells(facts)
    pace = cells["days"] / cells["days_before"].where(cells["days_before"] > 0)
    return _compared(facts, cells, pace.fillna(0.0), measure, _note(facts, cells))


def at_constant_volume(facts: QuarterFacts, measure: Measure) -> Compared:
    """The fall per deployment times the deployments of this quarter: what growth hides, or pretends.

    Raises
    ------
    UnknownQuantityError : as `compared`.
    """
    cells = _cells(facts)
    cells = cells[cells["days_before"] > 0]
    before = facts.before("failures").groupby("service_id")["deployments"].sum()
    now = (
        facts.now("failures")
        .groupby(["service_id", "team_id"])["deployments"]
        .sum()
        .rename("deployments_now")
    )
    cells = cells.merge(now, how="left", left_on=["service_id", "team_id"], right_index=True)
    pace = cells["deployments_now"].fillna(0.0) / cells["service_id"].map(before)
    cells, pace = cells[pace.notna()], pace[pace.notna()]
    if cells.empty:
        raise UnknownQuantityError("no service was deployed in both the baseline and this quarter")
    return _compared(facts, cells, pace, measure, f"{cells['service_id'].nunique()} services compared")


def _cells(facts: QuarterFacts) -> pd.DataFrame:
    """One row per service and owner in the quarter: its days now and before, where it can be compared."""
    if not facts.has_baseline:
        raise UnknownQuantityError(f"no baseline before this quarter (it is {facts.facts.baseline})")
    before = facts.before("service_cover").groupby("service_id")["days"].sum()
    created = pd.to_datetime(facts.facts.whole["services"].set_index("service_id")["created_on"])
    cells = facts.now("service_cover")
    cells = cells.assign(days_before=cells["service_id"].map(before).astype(float).fillna(0.0))
    is_new = cells["service_id"].map(created) >= pd.Timestamp(facts.facts.baseline.end)
    cells = cells[(cells["days"] > 0) & ((cells["days_before"] > 0) | is_new)]
    if cells.empty:
        raise UnknownQuantityError(
            "no service has deployments and incidents collected in both the baseline and this quarter"
        )
    return cells.reset_index(drop=True)


def _compared(
    facts: QuarterFacts, cells: pd.DataFrame, pace: pd.Series, measure: Measure, note: str
) -> Compared:
    before = (
        facts.before(measure.table)
        .groupby("service_id")[list({measure.column, measure.squares, measure.rows})]
        .sum()
        .astype(float)
    )
    then = before.reindex(cells["service_id"]).fillna(0.0).reset_index(drop=True)
    pace = pace.reset_index(drop=True)
    share = cells["days"] / cells.groupby("service_id")["days"].transform("sum")
    then = then.assign(
        team_id=cells["team_id"].reset_index(drop=True),
        expected=then[measure.column] * pace,
        variance=then[measure.squares] * pace**2,
        rows=then[measure.rows] * share.reset_index(drop=True),
    )
    now = facts.now(measure.table)
    now = now[now["service_id"].isin(cells["service_id"].unique())]
    days = facts.sums(cells, "days")
    return Compared(
        known=days > 0,
        fall=facts.sums(then, "expected") - facts.sums(now, measure.column),
        sd=np.sqrt(facts.sums(then, "variance") + facts.sums(now, measure.squares)),
        n_observations=np.round(facts.sums(then, "rows") + facts.sums(now, measure.rows)),
        completeness=_completeness(facts, days),
        note=note,
    )


def _completeness(facts: QuarterFacts, days: Floats) -> Floats:
    """Compared days of services over all days of services, of the part of the quarter that has passed."""
    everything = facts.sums(facts.now("service_cover"), "days_of_anything")
    return np.divide(days * facts.passed_share, everything, out=np.zeros(len(days)), where=everything > 0)


def _note(facts: QuarterFacts, cells: pd.DataFrame) -> str:
    n_all, n = facts.now("service_cover")["service_id"].nunique(), cells["service_id"].nunique()
    note = f"{n} services compared"
    if n_all > n:
        note += f", {n_all - n} left out: deployments or incidents not collected then or now"
    return note
