"""What a figure stands on: every scope and period, how much of it is covered, and how new the data is.

Metrics that need the same coverage share it, so it is asked once for a snapshot and a question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.catalog import Metric, metric_named
from metrics.periods import period_ends, period_starts
from metrics.remembered import memory_of
from metrics.scope import Question, Snapshot, fetch

KEYS = ["scope_id", "period_start"]
_NEVER = np.datetime64("NaT", "us")
# Every service that a request may name, whether it is known to the map or not.
_NAMED_SERVICES = """
SELECT service_id AS scope_id FROM service_map WHERE service_id IS NOT NULL
UNION SELECT service_id FROM fact_tickets WHERE service_id IS NOT NULL
UNION SELECT service_id FROM fact_runs WHERE service_id IS NOT NULL
ORDER BY scope_id
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """Shared between figures, so nobody changes it.

    ``cells`` are one row per scope and period, in this order, with ``covered_<resource>_days``; ``places``
    tells the row of each; ``until`` is by scope until when each resource is known.
    """

    cells: pd.DataFrame
    places: Mapping[tuple[str, date], int]
    until: pd.DataFrame


def ground(snapshot: Snapshot, metric: Metric, question: Question) -> Ground:
    """The ground of a metric's figures; every scope has a cell in every period, so a gap is a row."""
    return memory_of(snapshot).of(
        ("ground", metric.is_of_teams, repr(question)),
        lambda: (_of_named_services if metric.is_of_teams and question.by == "service" else _asked)(
            snapshot, metric, question
        ),
        lambda found: len(found.cells) + len(found.until),
    )


def known_until(name: str, snapshot: Snapshot, question: Question) -> pd.DataFrame:
    """Until when each resource that a metric needs is known, UTC without a zone.

    Returns
    -------
    Indexed by scope_id; a column for each of the metric's needs, missing where nothing is known.
    """
    metric = metric_named(name)
    until = ground(snapshot, metric, question).until[[f"{need}_until" for need in metric.needs]]
    return until.rename(columns={f"{need}_until": need for need in metric.needs})


def as_of(snapshot: Snapshot) -> datetime:
    """The instant up to which the snapshot speaks, UTC without a zone."""
    value = datetime.fromisoformat(str(snapshot.settings["as_of"]))
    return value.replace(tzinfo=None)


def day_of(snapshot: Snapshot) -> date:
    """The local day that the snapshot speaks up to, in the reporting zone."""
    zone = ZoneInfo(str(snapshot.settings.get("reporting_zone", "UTC")))
    return as_of(snapshot).replace(tzinfo=UTC).astimezone(zone).date()


def is_stale(
    snapshot: Snapshot, frame: pd.DataFrame, needs: Sequence[str], question: Question, found: Ground
) -> NDArray[np.bool_]:
    """True where a cell reaches beyond what is known and that is older than the configured age."""
    known = np.minimum.reduce([found.until[f"{need}_until"].to_numpy("datetime64[us]") for need in needs])
    places = found.until.index.get_indexer(pd.Index(frame["scope_id"]))
    # A scope of which nothing is known has no place, -1, and so the last one.
    newest = np.append(known, _NEVER)[places]
    now = as_of(snapshot)
    oldest = now - timedelta(hours=float(snapshot.settings.get("stale_after_hours", 48)))
    ends = period_ends(frame["period_start"], question).to_numpy("datetime64[us]")
    reached = np.minimum(ends, np.datetime64(now, "us"))
    stale: NDArray[np.bool_] = (newest < np.datetime64(oldest, "us")) & (newest < reached)
    return stale


def _of_named_services(snapshot: Snapshot, metric: Metric, question: Question) -> Ground:
    """What teams ask for is known by team, so for a service that requests name it is what everybody's is."""
    everybody = ground(snapshot, metric, replace(question, by="organisation"))
    services = fetch(snapshot, _NAMED_SERVICES, {})
    cells, until = (
        services.merge(found.drop(columns="scope_id"), how="cross")
        for found in (everybody.cells, everybody.until.reset_index())
    )
    return Ground(cells, _places(cells), until.set_index("scope_id"))


def _asked(snapshot: Snapshot, metric: Metric, question: Question) -> Ground:
    covered = fetch(snapshot, _days_of(metric, question), question.parameters)
    cells = _grid(snapshot, metric, question).merge(covered, on=KEYS, how="outer")
    days = [column for column in cells.columns if column not in KEYS]
    cells[days] = cells[days].astype("float64").fillna(0.0)
    cells = cells.sort_values(KEYS, ignore_index=True)
    until = _in_any_window("freshness", snapshot, metric, question)
    return Ground(cells, _places(cells), until.set_index("scope_id"))


def _places(cells: pd.DataFrame) -> Mapping[tuple[str, date], int]:
    return {key: place for place, key in enumerate(zip(*(cells[key].tolist() for key in KEYS), strict=True))}


def _in_any_window(name: str, snapshot: Snapshot, metric: Metric, question: Question) -> pd.DataFrame:
    """What the query of this name says; it looks at no window, so all windows of a page share it."""
    bound = question.parameters | {"as_of": as_of(snapshot)}
    return memory_of(snapshot).of(
        (name, metric.is_of_teams, question.by, repr(question.where)),
        lambda: fetch(snapshot, _coverage_sql(name, is_of_teams=metric.is_of_teams), bound),
        len,
    )


@cache
def _coverage_sql(name: str, *, is_of_teams: bool) -> str:
    folder = files("metrics.coverage")
    if not is_of_teams:
        return folder.joinpath(f"{name}.sql").read_text()
    scopes = folder.joinpath("team_scopes.sql").read_text()
    return folder.joinpath(f"team_{name}.sql").read_text().replace("{scopes}", scopes)


def _grid(snapshot: Snapshot, metric: Metric, question: Question) -> pd.DataFrame:
    """Every scope in every period."""
    scopes = dict.fromkeys(_in_any_window("scopes", snapshot, metric, question)["scope_id"])
    quarter_start = int(snapshot.settings.get("quarter_start_month", 1))
    starts = period_starts(question, quarter_start)
    index = pd.MultiIndex.from_product([scopes, starts], names=KEYS)
    return index.to_frame(index=False)


def _days_of(metric: Metric, question: Question) -> str:
    """Covered days per cell; the smaller table of team days serves wherever no service is named."""
    needs_services = question.by == "service" or question.where.services or question.where.tiers
    days = (
        "service_days"
        if needs_services
        else "(SELECT CAST(NULL AS VARCHAR) AS service_id, CAST(NULL AS VARCHAR) AS tier, * FROM team_days)"
    )
    return _coverage_sql("cells", is_of_teams=metric.is_of_teams).replace("{days}", days)
