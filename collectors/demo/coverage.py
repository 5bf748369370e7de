"""What is known of the demo world, and what is not: coverage with deliberate holes.

A few services have no incident source at all, and the deployments of one were not recorded for two
weeks: unknown must be seen as unknown.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from collectors.demo.draws import DAY, Rows, Window
from collectors.demo.incidents import uncovered_services
from collectors.demo.organisation import Organisation
from warehouse.records import Coverage

GAP_DAYS = 14
BY_SERVICE = ("deployments", "incidents")


def gap_service(org: Organisation) -> int:
    """The service whose deployments were not recorded for two weeks: the busiest that has one owner."""
    rate = np.where(org.created < org.created.max() - 700 * DAY, org.weekly_rate, 0.0)
    rate[np.isin(np.arange(len(rate)), uncovered_services(org))] = 0.0
    return int(np.argmax(rate[1:])) + 1


def gap(window: Window) -> tuple[int, int]:
    """The two weeks, about half a year after the start."""
    return window.start + 180 * DAY, window.start + (180 + GAP_DAYS) * DAY


def without_gap(rows: Rows, org: Organisation, window: Window) -> Rows:
    """The deployments without those that nobody recorded."""
    low, high = gap(window)
    missed = rows.columns["service_id"] == org.service_ids[gap_service(org)]
    missed &= (rows.columns["finished_at"] >= low) & (rows.columns["started_at"] < high)
    kept = np.flatnonzero(~missed)
    columns = {name: values[kept] for name, values in rows.columns.items()}
    known = {name: values[kept] for name, values in rows.known_at.items()}
    return Rows(rows.record, columns, rows.born[kept], known)


def coverage(
    org: Organisation, window: Window, resource: str, tables: Sequence[str], low: int, high: int
) -> tuple[Coverage, ...]:
    """Coverage of ``[low, high)``: by service for deployments and incidents, else for everything."""
    if resource in BY_SERVICE:
        return _by_service(org, window, resource, low, high)
    return tuple(Coverage(table, _time(low), _time(high), "*") for table in tables)


def _by_service(
    org: Organisation, window: Window, resource: str, low: int, high: int
) -> tuple[Coverage, ...]:
    found = []
    hidden = set(uncovered_services(org).tolist()) if resource == "incidents" else set()
    for service, service_id in enumerate(org.service_ids):
        since = max(low, int(org.created[service]) // DAY * DAY)
        if service in hidden or since >= high:
            continue
        is_gap = resource == "deployments" and service == gap_service(org)
        spans = _around(since, high, *gap(window)) if is_gap else [(since, high)]
        found += [Coverage(resource, _time(a), _time(b), service_id) for a, b in spans]
    return tuple(found)


def _around(low: int, high: int, first: int, last: int) -> list[tuple[int, int]]:
    spans = [(low, min(high, first)), (max(low, last), high)]
    return [(a, b) for a, b in spans if a < b]


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
