"""Tables that facts look things up in: local days, working time, and what a ticket's status means."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from warehouse.ticket_statuses import TicketReading
from warehouse.working_time import SLOT_SECONDS, WorkingTime, working_time_table

_COVERED = "('deployments', 'incidents', 'tickets', 'action_runs')"
# A time outside of these is a mistake of its source; working hours until then are unknown.
_EARLIEST, _LATEST = "TIMESTAMP '1990-01-01'", "TIMESTAMP '2100-01-01'"
_SPAN_OF_REQUESTS = f"""
SELECT min(instant), max(instant)
FROM (
    SELECT unnest([created_at, first_response_at, resolved_at]) AS instant FROM tickets
    UNION ALL
    SELECT "at" FROM ticket_transitions
    UNION ALL
    SELECT unnest([requested_at, finished_at]) FROM action_runs
)
WHERE instant >= {_EARLIEST} AND instant < {_LATEST}
"""


def create_calendar(con: duckdb.DuckDBPyConnection, reporting_zone: str) -> None:
    """``marts.calendar``: a row per local day of the covered time, with the instants (UTC) of its ends."""
    zone = ZoneInfo(reporting_zone)
    span = con.execute(
        f"SELECT min(from_at), max(to_at) FROM coverage WHERE resource IN {_COVERED}"
    ).fetchall()[0]
    days = list(_days(span[0], span[1], zone)) if span[0] else []
    starts = [_utc_start(day, zone) for day in days]
    ends = [_utc_start(day + timedelta(days=1), zone) for day in days]
    calendar = pa.table(
        {
            "day": pa.array(days, pa.date32()),
            "starts_at": pa.array(starts, pa.timestamp("us")),
            "ends_at": pa.array(ends, pa.timestamp("us")),
        }
    )
    _create(con, "TABLE marts.calendar", calendar)


def create_working_time(con: duckdb.DuckDBPyConnection, working: WorkingTime) -> None:
    """``working_time``, and the two macros that look the working hours until an instant up in it."""
    first, last = con.execute(_SPAN_OF_REQUESTS).fetchall()[0]
    days = (first.date(), last.date()) if first else (date(2000, 1, 1), date(2000, 1, 1))
    _create(con, "TEMP TABLE working_time", working_time_table(working, *days))
    con.execute(
        f"CREATE OR REPLACE TEMP MACRO slot_of(ts) AS CAST(floor(epoch(ts) / {SLOT_SECONDS}.0) AS BIGINT)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO hours_until(ts, hours_before, is_working) AS hours_before "
        f"+ CASE WHEN is_working THEN (epoch(ts) - slot_of(ts) * {SLOT_SECONDS}) / 3600.0 ELSE 0.0 END"
    )


def create_ticket_statuses(con: duckdb.DuckDBPyConnection, reading: TicketReading) -> None:
    """``marts.ticket_statuses``: every status that a ticket was ever in, and what it means."""
    rows = con.execute(
        "SELECT from_status FROM ticket_transitions WHERE from_status IS NOT NULL "
        "UNION SELECT to_status FROM ticket_transitions WHERE to_status IS NOT NULL"
    ).fetchall()
    _create(con, "TABLE marts.ticket_statuses", reading.table(status for (status,) in rows))


def _create(con: duckdb.DuckDBPyConnection, what: str, rows: pa.Table) -> None:
    con.register("calendar_rows", rows)
    con.execute(f"CREATE {what} AS SELECT * FROM calendar_rows")
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
