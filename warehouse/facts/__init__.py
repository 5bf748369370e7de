"""Prepared facts: narrow tables, one row per deployment, change, ticket, run or day, that metrics read.

Each ``<name>.sql`` beside this file is one SELECT over the loaded tables (the default catalogue) and the
facts before it (``marts``). Time zones, environments, links, coverage and exclusions are worked out here,
once, so that a metric truncates dates and counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from warehouse.facts.calendars import create_calendar, create_ticket_statuses, create_working_time
from warehouse.links import derived_changes_sql
from warehouse.ticket_statuses import TicketReading
from warehouse.working_time import WorkingTime

FACTS = (
    "service_coverage",
    "team_mandates",
    "golden_path_mandates",
    "fact_incidents",
    "fact_deployments",
    "fact_changes",
    "service_days",
    "team_coverage",
    "team_days",
    "engineer_days",
    "fact_tickets",
    "fact_runs",
    "request_scopes",
    "team_activity",
    "fact_teams",
    "fact_services",
)


@dataclass(frozen=True, slots=True)
class FactSettings:
    """What facts depend on besides the tables.

    ``hotfix_pattern`` is one regular expression over a deployment's trigger and id (empty: none);
    ``quarter_start_month`` is 1 to 12; a mandate of one of ``golden_path_actions`` is one for
    the golden path.
    """

    reporting_zone: str = "UTC"
    quarter_start_month: int = 1
    hotfix_window_days: int = 7
    hotfix_pattern: str = ""
    working_time: WorkingTime = field(default_factory=WorkingTime)
    golden_path_actions: tuple[str, ...] = ("deploy-service",)
    tickets: TicketReading = field(default_factory=TicketReading)


def prepare(con: duckdb.DuckDBPyConnection, settings: FactSettings) -> None:
    """Create every fact table in the attached catalogue ``marts``.

    The link tables must be up to date; the whole belongs into the transaction of a publication.
    """
    con.execute(_local_date_macro(settings.reporting_zone))
    con.execute(_prelude(settings.quarter_start_month))
    con.execute(f"CREATE OR REPLACE TEMP VIEW derived_changes AS {derived_changes_sql()}")
    create_calendar(con, settings.reporting_zone)
    create_working_time(con, settings.working_time)
    create_ticket_statuses(con, settings.tickets)
    parameters = {
        "hotfix_window_days": settings.hotfix_window_days,
        "hotfix_pattern": settings.hotfix_pattern,
        "golden_path_actions": list(settings.golden_path_actions),
        "touch_cap_hours": settings.tickets.touch_cap_hours,
        "stated_touch_grade": settings.tickets.stated_touch_grade,
    }
    for name in FACTS:
        if name == "fact_deployments":
            _create(con, "TEMP TABLE classed_deployments", "classed_deployments", parameters)
        _create(con, f"TABLE marts.{name}", name, parameters)
    con.execute("DROP TABLE classed_deployments")
    con.execute("DROP TABLE working_time")


def prepare_snapshot(con: duckdb.DuckDBPyConnection, settings: FactSettings) -> None:
    """Everything that a publication makes itself: the facts, and the changes that evidence shows."""
    prepare(con, settings)
    copy_changes(con)


def copy_changes(con: duckdb.DuckDBPyConnection) -> None:
    """The rows of changes that evidence shows, beside the facts; `prepare` must have run."""
    _create(con, "TABLE marts.changes", "changes", {})


def _create(con: duckdb.DuckDBPyConnection, what: str, name: str, parameters: Mapping[str, Any]) -> None:
    sql = files(__package__).joinpath(f"{name}.sql").read_text()
    used = {key: value for key, value in parameters.items() if re.search(rf"\${key}\b", sql)}
    con.execute(f"CREATE {what} AS {sql}", used)


def _prelude(quarter_start_month: int) -> str:
    text = files("warehouse.functions").joinpath("prelude.sql").read_text()
    return text.replace("{quarter_shift}", str((quarter_start_month - 1) % 3))


def _local_date_macro(zone: str) -> str:
    """UTC needs no conversion; anything else goes through ICU, which knows every past change of clocks."""
    if zone == "UTC":
        return "CREATE OR REPLACE TEMP MACRO local_date(ts) AS CAST(ts AS DATE)"
    return (
        "CREATE OR REPLACE TEMP MACRO local_date(ts) AS "
        f"CAST(timezone('{ZoneInfo(zone).key}', timezone('UTC', ts)) AS DATE)"
    )
