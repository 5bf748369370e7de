"""Baselines measured from the organisation's own tickets, action by action."""

from datetime import date
from importlib.resources import files

import pandas as pd

from metrics.ground import as_of
from metrics.roi.baseline import Baseline, Distribution, Grade, When, distribution_of
from metrics.scope import Filter, Question, Snapshot, fetch

TOUCH_CAP_HOURS = 40.0
"""A working week: whoever worked longer on one request did something else besides."""
WAIT_CAP_HOURS = 320.0
"""Eight working weeks: a request that waited longer was forgotten."""
MINIMUM_N = 20
_MEASURED_SHARE = 0.8


def measured_baselines(
    snapshot: Snapshot,
    start: date,
    end: date,
    *,
    where: Filter | None = None,
    when: When | None = None,
    touch_cap_hours: float = TOUCH_CAP_HOURS,
    wait_cap_hours: float = WAIT_CAP_HOURS,
    minimum_n: int = MINIMUM_N,
    seed: int = 0,
) -> dict[str, Baseline]:
    """The baseline of every action that was asked for by ticket, in order of its name.

    Parameters
    ----------
    start, end : local days, half-open; a ticket counts on the day of its creation once it is resolved.
    when : ``before`` takes only tickets from before their team's first successful run of the action,
        ``beside`` all; ``None`` takes those before where they are enough, else all.
    minimum_n : resolved tickets with known work that a baseline needs; with fewer its grade is ``assumed``.
    seed : of the bootstrap.

    An action without a ticket in the window is not among the results: nothing is known of it.
    """
    question = Question(start, end, "organisation", "window", where or Filter())
    sql = files("metrics.roi").joinpath("baseline_tickets.sql").read_text()
    tickets = fetch(snapshot, sql, question.parameters)
    found = {}
    for action, rows in tickets.groupby("action", sort=True):
        chosen, chosen_when = _chosen(rows, when, minimum_n)
        found[str(action)] = Baseline(
            action=str(action),
            touch_hours=_distribution(chosen["touch_hours"], touch_cap_hours, seed),
            wait_hours=_distribution(chosen["wait_hours"], wait_cap_hours, seed),
            n=len(chosen),
            grade=_grade(chosen, minimum_n),
            window=(start, end),
            when=chosen_when,
            as_of=as_of(snapshot),
            n_measured=int((chosen["touch_grade"] == "measured").sum()),
            n_estimated=int((chosen["touch_grade"] == "estimated").sum()),
        )
    return found


def _chosen(rows: pd.DataFrame, when: When | None, minimum_n: int) -> tuple[pd.DataFrame, When]:
    before = rows[rows["is_before"]]
    if when is None:
        when = "before" if before["touch_hours"].notna().sum() >= minimum_n else "beside"
    return (before if when == "before" else rows), when


def _distribution(hours: pd.Series, cap: float, seed: int) -> Distribution:
    return distribution_of(hours.dropna().to_numpy(dtype=float), cap=cap, seed=seed)


def _grade(rows: pd.DataFrame, minimum_n: int) -> Grade:
    """Measured where work was logged or stated for four tickets in five, else estimated."""
    known = rows["touch_grade"].dropna()
    if len(known) < max(minimum_n, 1):
        return "assumed"
    return "measured" if (known == "measured").mean() >= _MEASURED_SHARE else "estimated"
