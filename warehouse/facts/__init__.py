"""Prepared facts: narrow tables, one row per deployment, change, incident or day, that metrics read.

Each ``<name>.sql`` beside this file is one SELECT over the loaded tables (the default catalogue) and the
facts before it (``marts``). Time zones, environments, links, coverage and exclusions are worked out here,
once, so that a metric truncates dates and counts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from warehouse.links import derived_changes_sql

FACTS = (
    "service_coverage",
    "fact_incidents",
    "fact_deployments",
    "fact_changes",
    "service_days",
    "team_days",
)


@dataclass(frozen=True, slots=True)
class FactSettings:
    """What facts depend on besides the tables.

    ``hotfix_pattern`` is one regular expression over a deployment's trigger and id (empty: none);
    ``quarter_start_month`` is 1 to 12.
    """

    reporting_zone: str = "UTC"
    quarter_start_month: int = 1
    hotfix_window_days: int = 7
    hotfix_pattern: str = ""


def prepare(con: duckdb.DuckDBPyConnection, settings: FactSettings) -> None:
    """Create every fact table in the attached catalogue ``marts``.

    The link tables must be up to date; the whole belongs into the transaction of a publication.
    """
    con.execute(_local_date_macro(settings.reporting_zone))
    con.execute(_prelude(settings.quarter_start_month))
    con.execute(f"CREATE OR REPLACE TEMP VIEW derived_changes AS {derived_changes_sql()}")
    _create_calendar(con, settings)
    parameters = {
        "hotfix_window_days": settings.hotfix_window_days,
        "hotfix_pattern": settings.hotfix_pattern,
    }
    for name in FACTS:
        if name == "fact_deployments":
            _create(con, "TEMP TABLE classed_deployments", "classed_deployments", parameters)
        _create(con, f"TABLE marts.{name}", name, parameters)
    con.execute("DROP TABLE classed_deployments")


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


def _create_calendar(con: duckdb.DuckDBPyConnection, settings: FactSettings) -> None:
    """One row per local day of the covered time, with the instants (UTC) at which it begins and ends."""
    zone = ZoneInfo(settings.reporting_zone)
    span = con.execute(
        "SELECT min(from_at), max(to_at) FROM coverage WHERE resource IN ('deployments', 'incidents')"
    ).fetchall()[0]
    days = list(_days(span[0], span[1], zone)) if span[0] else []
    calendar = pa.table(
        {
            "day": pa.array(days, pa.date32()),
            "starts_at": pa.array([_utc_start(day, zone) for day in days], pa.timestamp("us")),
            "ends_at": pa.array(
                [_utc_start(day + timedelta(days=1), zone) for day in days], pa.timestamp("us")
            ),
        }
    )
    con.register("calendar_rows", calendar)
    con.execute("CREATE TABLE marts.calendar AS SELECT * FROM calendar_rows")
    con.unregister("calendar_rows")


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    utc = ZoneInfo("UTC")
    day = start.replace(tzinfo=utc).astimezone(zone).date()
    last = end.replace(tzinfo=utc).astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _utc_start(day: date, zone: ZoneInfo) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
