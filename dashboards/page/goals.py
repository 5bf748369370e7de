"""The goals that belong to what a page shows: those of the organisation, of one team or of one service."""

from collections.abc import Sequence
from functools import partial

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.port import commands
from dashboards.questions.remembered import remembered
from metrics.goals.goal import JudgedGoal
from metrics.goals.judging import goals_in, judged_goals
from warehouse.goals import Goals, scope_name


def scope_of(view: View) -> str | None:
    """The scope that a page is about; ``None`` where the filters make one that no goal can have."""
    where = view.where
    if where.tiers or where.actions:
        return None
    if where.services:
        return scope_name("service", where.services[0]) if len(where.services) == 1 else None
    if where.teams:
        return scope_name("team", where.teams[0]) if len(where.teams) == 1 else None
    return scope_name("organisation")


def published_goals(facts: Facts) -> Goals:
    """The goals that the snapshot was published with, remembered."""
    return remembered(facts.snapshot, partial(goals_in, facts.snapshot))


def standing_goals(facts: Facts) -> Goals:
    """The published goals and what was decided since, where this process may know that."""
    published, here = published_goals(facts), commands()
    return here.goals(published) if here else published


def judged(facts: Facts, goals: Goals, scope: str) -> tuple[JudgedGoal, ...]:
    """The goals of a scope with their verdicts, remembered."""
    asked = Goals(tuple(entry for entry in goals.entries if entry.scope_id == scope))
    return remembered(facts.snapshot, partial(judged_goals, facts.snapshot, asked, scopes=[scope]))


def goals_here(facts: Facts, view: View) -> tuple[JudgedGoal, ...]:
    """The goals of what the page shows, with those that are pending; none where its filters fit no goal.

    A page asks once, because what is pending is read from disk.
    """
    scope = scope_of(view)
    return () if scope is None else judged(facts, standing_goals(facts), scope)


def goal_of(goals: Sequence[JudgedGoal], metric: str) -> JudgedGoal | None:
    """The one of a metric."""
    return next((goal for goal in goals if goal.metric == metric), None)
