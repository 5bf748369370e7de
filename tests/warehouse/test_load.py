"""Loading: a page is stored in full or not at all, and storing it twice changes nothing."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.engine import Warehouse
from warehouse.errors import LoadError
from warehouse.journal import forget_cursors, raw_bodies, read_cursor
from warehouse.load import Loaded, load_page
from warehouse.merge import Counts
from warehouse.records import Coverage, Deployment, Incident, Input, Record, SurveyInvitation, Team, to_tables

DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Body:
    key: str
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True)
class Skip:
    item: str
    reason: str


def load(warehouse: Warehouse, records: Sequence[Record], *, source: str = "files", **rest: Any) -> Loaded:
    return load_page(warehouse, source, "items", "*", tables=to_tables(records), **rest)


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    return warehouse.connection.execute(sql).fetchall()


def deployment(number: int, status: str = "success") -> Deployment:
    return Deployment(f"d{number}", "api", "production", status)  # type: ignore[arg-type]


def test_loading_twice_changes_no_row(warehouse: Warehouse) -> None:
    page = [deployment(1), deployment(2), Team("payments", engineers=7.5), Team("search")]
    assert load(warehouse, page).total == Counts(inserted=4)
    before = rows(warehouse, "SELECT rowid, * FROM deployments ORDER BY 1")
    assert load(warehouse, page).total == Counts(unchanged=4)
    assert rows(warehouse, "SELECT rowid, * FROM deployments ORDER BY 1") == before


def test_only_the_changed_row_is_written_again(warehouse: Warehouse) -> None:
    load(warehouse, [deployment(1, "in_progress"), deployment(2)])
    loaded = load(warehouse, [deployment(1), deployment(2), deployment(3)])
    assert loaded.tables == {"deployments": Counts(inserted=1, updated=1, unchanged=1)}
    assert rows(warehouse, "SELECT deployment_id, status FROM deployments ORDER BY 1") == [
        ("d1", "success"),
        ("d2", "success"),
        ("d3", "success"),
    ]


def test_value_that_becomes_unknown_is_stored_as_unknown(warehouse: Warehouse) -> None:
    load(warehouse, [Team("payments", engineers=7.5)])
    assert load(warehouse, [Team("payments")]).total == Counts(updated=1)
    assert rows(warehouse, "SELECT engineers FROM teams") == [(None,)]


def test_last_of_two_rows_with_one_key_in_a_page_wins(warehouse: Warehouse) -> None:
    statuses = ["in_progress", "failure", "success"]
    loaded = load(warehouse, [*(deployment(1, status) for status in statuses), deployment(2)])
    assert loaded.total == Counts(inserted=2)
    assert rows(warehouse, "SELECT status FROM deployments WHERE deployment_id = 'd1'") == [("success",)]


def test_missing_parts_of_a_key_are_equal(warehouse: Warehouse) -> None:
    load(warehouse, [SurveyInvitation("2026-h1", 40), SurveyInvitation("2026-h1", 12, team_id="search")])
    assert load(warehouse, [SurveyInvitation("2026-h1", 41)]).total == Counts(updated=1)
    assert rows(warehouse, "SELECT team_id, invited FROM survey_invitations ORDER BY 2") == [
        ("search", 12),
        (None, 41),
    ]


def test_row_of_another_source_is_taken_over_and_counted(warehouse: Warehouse) -> None:
    load(warehouse, [deployment(1)], source="jenkins")
    assert load(warehouse, [deployment(1)], source="argo").total == Counts(updated=1, taken_over=1)
    assert rows(warehouse, "SELECT source FROM deployments") == [("argo",)]


def test_inputs_keep_the_source_that_people_state(warehouse: Warehouse) -> None:
    load(warehouse, [Input("C1", source="payroll 2026")])
    assert rows(warehouse, "SELECT source, loaded_from FROM inputs") == [("payroll 2026", "files")]


def test_times_of_any_zone_are_stored_in_utc(warehouse: Warehouse) -> None:
    table = pa.table(
        {
            "incident_id": ["i1"],
            "started_at": pa.array([DAY + timedelta(hours=3)], pa.timestamp("us", "Asia/Tokyo")),
        }
    )
    load_page(warehouse, "files", "incidents", "*", tables={"incidents": table})
    assert rows(warehouse, "SELECT started_at FROM incidents") == [(datetime(2026, 1, 1, 3),)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "columns", "message"),
    [
        ("deploys", {"id": ["d1"]}, "there is no table 'deploys'"),
        ("teams", {"team_id": ["a"], "size": [3]}, "teams has no column size; its columns are team_id, name"),
        ("teams", {"name": ["a"]}, r"teams\.team_id is required and missing in 1 of 1 rows"),
        ("teams", {"team_id": ["a", None]}, r"missing in 1 of 2 rows, first in row 2\."),
        (
            "deployments",
            {"deployment_id": ["d7"], "service_id": ["s"], "environment": ["prod"], "status": ["Success"]},
            r"deployments\.status is 'Success' in row 1 \(deployment_id=d7\); allowed are success, failure",
        ),
        ("teams", {"team_id": ["a"], "engineers": ["many"]}, r"teams\.engineers must be double, not string"),
    ],
)
def test_page_that_does_not_fit_stores_nothing(
    warehouse: Warehouse, name: str, columns: dict[str, list[Any]], message: str
) -> None:
    tables = to_tables([Team("search")]) | {name: pa.table(columns)}
    with pytest.raises(LoadError, match=rf"^files: items of \*: .*{message}"):
        load_page(warehouse, "files", "items", "*", tables=tables, cursor={"page": 1})
    assert rows(warehouse, "SELECT count(*) FROM teams") == [(0,)]
    assert read_cursor(warehouse, "files", "items", "*") is None


def test_cursor_moves_with_the_rows_and_stays_without_one(warehouse: Warehouse) -> None:
    load(warehouse, [deployment(1)], cursor={"page": 1, "since": "2026-01-01"})
    load(warehouse, [deployment(2)])
    assert read_cursor(warehouse, "files", "items", "*") == {"page": 1, "since": "2026-01-01"}
    load(warehouse, [deployment(3)], cursor={"page": 2})
    assert read_cursor(warehouse, "files", "items", "*") == {"page": 2}
    forget_cursors(warehouse, "files")
    assert read_cursor(warehouse, "files", "items", "*") is None


def test_rows_do_not_stay_when_their_cursor_cannot_be_stored(warehouse: Warehouse) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        load(
            warehouse,
            [deployment(1)],
            coverage=[Coverage("deployments", DAY, DAY + timedelta(days=1))],
            cursor={"since": DAY},
        )
    assert rows(warehouse, "SELECT count(*) FROM deployments") == [(0,)]
    assert rows(warehouse, "SELECT count(*) FROM coverage") == [(0,)]


def test_raw_bodies_are_compressed_replaced_by_key_and_read_in_batches(warehouse: Warehouse) -> None:
    bodies = [Body(f"pull/{i}", b'{"number": %d}' % i * 50, DAY) for i in range(5)]
    load(warehouse, [], raw=bodies)
    load(
        warehouse,
        [],
        raw=[Body("pull/3", b"{}", DAY + timedelta(days=1)), Body("pull/4", bodies[4].body, DAY)],
    )
    batches = list(raw_bodies(warehouse, "files", "items", batch_size=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    found = {body.key: (body.body, body.fetched_at) for batch in batches for body in batch}
    assert found["pull/3"] == (b"{}", DAY + timedelta(days=1))
    assert found["pull/4"] == (bodies[4].body, DAY)
    stored = rows(warehouse, "SELECT body FROM raw_bodies WHERE key = 'pull/0'")[0][0]
    assert zlib.decompress(stored) == bodies[0].body
    assert len(stored) < len(bodies[0].body) / 5


def test_skipped_item_is_kept_once_until_it_can_be_read(warehouse: Warehouse) -> None:
    skip = Skip("pull/3", "merged_at is not a time")
    for _ in range(2):
        load(warehouse, [], raw=[Body("pull/3", b"{", DAY)], skipped=[skip, Skip("pull/4", "no number")])
    sql = "SELECT item, reason FROM skipped_items ORDER BY item"
    assert rows(warehouse, sql) == [("pull/3", "merged_at is not a time"), ("pull/4", "no number")]
    load(warehouse, [], raw=[Body("pull/3", b"{}", DAY)])
    assert rows(warehouse, sql) == [("pull/4", "no number")]


VERSIONS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["success", "failure"])), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pages=st.lists(VERSIONS, min_size=1, max_size=4))
def test_stored_rows_are_the_last_version_of_every_key(
    warehouse: Warehouse, pages: list[list[tuple[int, str]]]
) -> None:
    with warehouse.transaction() as con:
        con.execute("DELETE FROM deployments")
    wanted: dict[str, str] = {}
    for page in pages:
        before = dict(wanted)
        wanted |= {f"d{number}": status for number, status in page}
        touched = {f"d{number}" for number, _ in page}
        same = sum(before.get(key) == wanted[key] for key in touched)
        new = len(touched - before.keys())
        counts = load(warehouse, [deployment(number, status) for number, status in page]).total
        assert counts == Counts(inserted=new, updated=len(touched) - new - same, unchanged=same)
    assert dict(rows(warehouse, "SELECT deployment_id, status FROM deployments")) == wanted
    assert rows(warehouse, "SELECT count(*) FROM deployments") == [(len(wanted),)]


def test_incident_is_loaded_with_its_deployment(warehouse: Warehouse) -> None:
    load(warehouse, [Incident("i1", DAY, deployment_id="d1")])
    assert rows(warehouse, "SELECT incident_id, deployment_id, source FROM incidents") == [
        ("i1", "d1", "files")
    ]
