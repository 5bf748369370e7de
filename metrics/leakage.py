"""Leakage: requests that still came by ticket although the action is there as self-service."""

from datetime import date
from functools import partial
from importlib.resources import files

import pandas as pd

from metrics.scope import Filter, Question, Snapshot, fetch
from metrics.whole import narrowed, whole

A_PAGE = 100
"""How many of the tickets are shown. More of them are read for a file, which nobody else asks for."""


def leakage(snapshot: Snapshot, start: date, end: date, *, where: Filter | None = None) -> pd.DataFrame:
    """For each action and team the tickets that should have been a run, most tickets of an action first.

    An action is there from the end of its first successful run by anybody on.

    Returns
    -------
    action, team_id, n_tickets, n_runs (successful ones of that team in the window, beside), n_mandated
    (tickets of teams that must use the action), n_touch_known and touch_hours (work on those whose work is
    known; NaN where none is), last_at (UTC).
    """
    chosen = where or Filter()
    # What is told apart by action and team is that of any of them; hours of work are summed by nothing finer.
    asked = Filter(services=chosen.services, tiers=chosen.tiers)
    found = whole(
        snapshot, ("leakage", start, end, asked), lambda: _read("leakage", snapshot, start, end, asked, 0)
    )
    return narrowed(found, chosen)


def leaked_tickets(
    snapshot: Snapshot, start: date, end: date, *, where: Filter | None = None, limit: int = A_PAGE
) -> pd.DataFrame:
    """The rows behind `leakage`, newest first, each with the link to its ticket.

    Returns
    -------
    action, team_id, ticket_id, service_id, queue, created_at, resolved_at, touch_hours, touch_grade,
    is_mandated, url.
    """
    chosen = where or Filter()
    read = partial(_read, "leaked_tickets", snapshot, start, end, chosen, limit)
    if chosen != Filter() or limit > A_PAGE:
        return read()
    return whole(snapshot, ("leaked tickets", start, end, limit), read)


def _read(name: str, snapshot: Snapshot, start: date, end: date, where: Filter, limit: int) -> pd.DataFrame:
    question = Question(start, end, "team", "window", where)
    sql = files("metrics.readings").joinpath(f"{name}.sql").read_text()
    return fetch(snapshot, sql, question.parameters | {"row_limit": limit})
