"""Goals of the demo world, so that its pages show goals that are met, missed and too close to tell.

They are set once, and withdrawn when the configuration no longer names a demo source; what people decided
about them since is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from metrics.catalog import metric_named
from metrics.quarters import quarter_of
from service.configuration.config import Settings
from warehouse.engine import Warehouse
from warehouse.goals import Aim, Edit, Goals

_DEMO, _KIND = "demo", "demo"
_SET_DAYS_AGO = 200


@dataclass(frozen=True, slots=True)
class _Planned:
    """A goal due at the end of the running quarter, or so many ``quarters`` later."""

    metric: str
    scope: str
    target: float
    quarters: int
    owner: str
    note: str


_PLANNED = (
    _Planned("change_lead_time", "*", 24.0, 0, "engineering", "A change is out within a day."),
    _Planned("change_fail_rate", "*", 0.10, 1, "engineering", "One in ten at most, as agreed for the year."),
    _Planned("deployment_rework_rate", "*", 0.05, -1, "engineering", "Half of the repairs are avoidable."),
    _Planned("team_adoption_rate", "*", 0.85, 0, "platform-team", "Six in seven teams use the platform."),
    _Planned("golden_path_share", "*", 0.75, 0, "platform-team", "The golden path is the usual way."),
    _Planned("self_service_share", "*", 0.65, 2, "platform-team", "Two in three requests need no ticket."),
    _Planned("change_lead_time", "team:payments", 24.0, 0, "payments", "As fast as the organisation asks."),
    _Planned("self_service_share", "team:payments", 0.85, 1, "payments", "Tickets take us two days."),
    _Planned("change_lead_time", "service:payments-api", 24.0, 0, "payments", "Our busiest service first."),
    _Planned("golden_path_share", "team:forecasting", 0.80, 0, "forecasting", "We moved in spring."),
    _Planned("change_lead_time", "team:forecasting", 24.0, 0, "forecasting", "Models wait for nobody."),
    _Planned("change_lead_time", "team:invoicing", 24.0, 0, "invoicing", "Customers wait for corrections."),
)


def seed_goals(warehouse: Warehouse, settings: Settings, today: date) -> int:
    """How many decisions of the demo world were added to the goals; ``today`` is the local day."""
    has_demo = any(source.kind == _KIND for source in settings.sources)
    with warehouse.transaction() as con:
        goals = Goals.of(con.sql(Goals.select()).to_arrow_table())
        if not has_demo and not goals.entries:
            return 0
        if not has_demo:
            return Goals.append(con, list(_withdrawn(goals, today)))
        known = {row[0] for row in con.execute(_SCOPES).fetchall()} | {"*"}
        month = settings.organisation.quarter_start_month
        planned = [plan for plan in _PLANNED if plan.scope in known]
        return Goals.append(con, [_edit(plan, today, month) for plan in planned])


_SCOPES = "SELECT 'team:' || team_id FROM teams UNION SELECT 'service:' || service_id FROM services"


def _edit(plan: _Planned, today: date, month: int) -> Edit:
    """The same identifier each time, so that a goal is set once."""
    metric = metric_named(plan.metric)
    aim = Aim(plan.target, metric.unit, metric.version, _due(today, plan.quarters, month), plan.owner)
    at = datetime.combine(today - timedelta(days=_SET_DAYS_AGO), time())
    return Edit(
        f"demo-{plan.metric}-{plan.scope}", "set", plan.metric, plan.scope, _DEMO, at, aim, None, plan.note
    )


def _due(today: date, quarters: int, month: int) -> date:
    quarter = quarter_of(today, month)
    for _ in range(-quarters):
        quarter = quarter.previous
    for _ in range(quarters):
        quarter = quarter_of(quarter.end, month)
    return quarter.last_day


def _withdrawn(goals: Goals, today: date) -> Iterator[Edit]:
    for held in goals.held().values():
        entry = held.entry
        if entry.decided_by == _DEMO:
            yield Edit(
                f"{entry.edit_id}-withdrawn",
                "withdraw",
                entry.key,
                entry.scope_id,
                _DEMO,
                datetime.combine(today, time()),
                about=entry.edit_id,
                note="The demo source is no longer configured.",
            )
