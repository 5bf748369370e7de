"""How a goal is decided about: a checked wish, a named decision with its reason."""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from difflib import get_close_matches

from metrics.catalog import metric_named
from metrics.errors import MetricError
from metrics.goals.goal import check_target
from metrics.quarters import quarter_named
from service.configuration.config import Settings
from service.decisions import new_edit, refuse_person
from service.errors import NoDataError, UsageError
from service.storage.snapshots import open_snapshot
from warehouse.coverage import EVERYTHING
from warehouse.goals import Aim, Edit, Goals, Wish, scope_parts
from warehouse.publish import Snapshot

_SCOPES = """
SELECT 'team:' || team_id AS scope_id FROM teams
UNION
SELECT 'service:' || service_id FROM services
UNION
SELECT unnest(['team:' || team_id, 'service:' || service_id]) FROM service_map
"""


class GoalError(UsageError):
    """A wish that cannot be; ``field`` is the part of it that is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


def set_goal(
    goals: Goals, wish: Wish, known: Collection[str] | None, *, today: date, by: str, now: datetime
) -> Edit | None:
    """The decision that makes the wish a new version; ``None`` where the goal says so already.

    ``known`` are the scopes that there are, ``None`` where nothing was published yet.

    Raises
    ------
    GoalError : the wish cannot be, or changes a goal without saying why.
    """
    with _telling("metric"):
        metric = metric_named(wish.metric)
    check_scope(wish.scope, known)
    held = goals.held().get((wish.metric, wish.scope))
    old = held.entry.values if held else None
    given = {name: getattr(wish, name) for name in ("target", "due_on", "owner")}
    chosen = {name: value for name, value in given.items() if value is not None}
    if old is not None:
        chosen = {name: getattr(old, name) for name in given} | chosen
    for name in given:
        if name not in chosen:
            raise GoalError(name, "is missing; a new goal needs a target, its last day and an owner.")
    aim = Aim(**chosen, unit=metric.unit, metric_version=metric.version)
    if aim == old:
        return None
    with _telling("target"):
        check_target(metric, scope_parts(wish.scope)[0], aim.target)
    if aim.due_on < today:
        raise GoalError("due_on", f"{aim.due_on} is over; name a day from {today} on, or a quarter.")
    for name, text in (("owner", aim.owner), ("note", wish.note or "")):
        with _telling(name):
            refuse_person(text)
    if old is not None and not wish.note:
        raise GoalError("note", "is missing; a goal that stands is changed with the reason.")
    return new_edit("set", wish.metric, wish.scope, decided_by=by, now=now, values=aim, note=wish.note)


def withdraw_goal(goals: Goals, metric: str, scope: str, note: str, *, by: str, now: datetime) -> Edit:
    """The decision that ends a goal.

    Raises
    ------
    GoalError : there is none, or no reason is given.
    """
    held = goals.held().get((metric, scope))
    if held is None:
        there = ", ".join(f"{key} of {where}" for key, where in goals.held()) or "none"
        raise GoalError("metric", f"there is no goal for {metric} of {scope}; there are: {there}.")
    if not note.strip():
        raise GoalError("note", "is missing; a goal is withdrawn with the reason.")
    with _telling("note"):
        refuse_person(note)
    about = goals.maker_of(held.entry)
    return new_edit("withdraw", metric, scope, decided_by=by, now=now, about=about, note=note)


def due_day(text: str, quarter_start_month: int) -> date:
    """The day that ``2026-12-31`` names, or the last one of a quarter such as ``2026-Q4``.

    Raises
    ------
    GoalError : it is neither.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        with _telling("due_on"):
            return _last_day(text, quarter_start_month)


def _last_day(text: str, quarter_start_month: int) -> date:
    if "Q" not in text.upper():
        raise GoalError("due_on", f"{text!r} is no day; write it as YYYY-MM-DD, or a quarter as 2026-Q4.")
    return quarter_named(text, quarter_start_month).last_day


def number_of(text: str) -> float:
    """The number of a target.

    Raises
    ------
    GoalError : it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise GoalError("target", f"{text!r} is no number; write it without unit and separators, as 0.15.")
    return number


def known_scopes(settings: Settings) -> Collection[str] | None:
    """The teams and services of the published data as scopes; ``None`` before there is any."""
    try:
        with open_snapshot(settings) as snapshot:
            return scopes_in(snapshot)
    except NoDataError:
        return None


def scopes_in(snapshot: Snapshot) -> Collection[str]:
    """The teams and services of a snapshot as scopes."""
    found: list[str | None] = snapshot.sql(_SCOPES).column("scope_id").to_pylist()
    return [scope for scope in found if scope]


def check_scope(scope: str, known: Collection[str] | None) -> None:
    """Refuse a scope that is none, or a team or service that is not known.

    Raises
    ------
    GoalError : the message names the nearest.
    """
    try:
        kind, _ = scope_parts(scope)
    except ValueError as error:
        raise GoalError("scope", f"{error}.") from error
    if known is None or scope == EVERYTHING or scope in known:
        return
    near = get_close_matches(scope, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise GoalError("scope", f"{scope!r}: there is no such {kind}.{hint}")


@contextmanager
def _telling(field: str) -> Iterator[None]:
    """Say to which part of the wish an error belongs."""
    try:
        yield
    except GoalError:
        raise
    except (MetricError, UsageError) as error:
        raise GoalError(field, str(error)) from error
