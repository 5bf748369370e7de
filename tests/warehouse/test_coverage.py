"""Coverage: what was collected is known once, as few intervals as there are gaps plus one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.engine import Warehouse
from warehouse.errors import LoadError
from warehouse.load import Loaded, load_page
from warehouse.merge import Counts
from warehouse.records import Coverage, Record, Team, to_tables

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def load(warehouse: Warehouse, records: Sequence[Record], *, source: str = "files", **rest: Any) -> Loaded:
    return load_page(warehouse, source, "items", "*", tables=to_tables(records), **rest)


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    return warehouse.connection.execute(sql).fetchall()


def days(first: int, last: int, scope: str | None = "api") -> Coverage:
    return Coverage("deployments", DAY + timedelta(days=first), DAY + timedelta(days=last), scope)


def stored_days(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return rows(
        warehouse,
        "SELECT scope_id, date_diff('day', DATE '2026-01-01', from_at), "
        "date_diff('day', DATE '2026-01-01', to_at) FROM coverage ORDER BY ALL",
    )


def test_intervals_that_overlap_or_touch_are_one(warehouse: Warehouse) -> None:
    load(warehouse, [], coverage=[days(0, 2), days(5, 6)])
    load(warehouse, [], coverage=[days(2, 3), days(8, 9), days(1, 2), days(0, 1, scope="web")])
    assert stored_days(warehouse) == [("api", 0, 3), ("api", 5, 6), ("api", 8, 9), ("web", 0, 1)]


def test_coverage_without_a_scope_is_of_everything(warehouse: Warehouse) -> None:
    assert load(warehouse, [], coverage=[days(0, 1, scope=None)]).total == Counts(inserted=1)
    assert load(warehouse, [], coverage=[days(0, 1, scope=None)]).total == Counts(unchanged=1)
    assert load(warehouse, [], coverage=[days(0, 2, scope="*")]).total == Counts(updated=1)
    assert stored_days(warehouse) == [("*", 0, 2)]


def test_coverage_of_two_sources_stays_apart(warehouse: Warehouse) -> None:
    load(warehouse, [days(0, 1)], source="github")
    load(warehouse, [days(1, 2)], source="argo")
    assert stored_days(warehouse) == [("api", 0, 1), ("api", 1, 2)]


def test_coverage_that_ends_before_it_starts_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(LoadError, match="needs from_at before to_at"):
        load(warehouse, [Team("search")], coverage=[days(3, 3)])
    assert rows(warehouse, "SELECT count(*) FROM teams") == [(0,)]


INTERVALS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), min_size=1, max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pages=st.lists(INTERVALS, min_size=1, max_size=3))
def test_every_collected_day_is_covered_once_in_any_order(
    warehouse: Warehouse, pages: list[list[tuple[int, int]]]
) -> None:
    with warehouse.transaction() as con:
        con.execute("DELETE FROM coverage")
    for page in pages:
        load(warehouse, [], coverage=[days(first, first + n) for first, n in page])
    covered = [day for _, first, last in stored_days(warehouse) for day in range(first, last)]
    wanted = {day for page in pages for first, n in page for day in range(first, first + n)}
    assert covered == sorted(wanted)
    ends = [(first, last) for _, first, last in stored_days(warehouse)]
    assert all(last < first for (_, last), (first, _) in pairwise(ends))
