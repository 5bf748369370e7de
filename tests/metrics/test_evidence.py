"""The rows behind a figure, when there are many: counted where they lie, and read a page at a time."""

from datetime import date

import pytest

from metrics.catalog import CATALOG
from metrics.evidence import evidence, roles
from tests.metrics.test_ground import ROWS, snapshot
from warehouse.snapshot import Snapshot

__all__ = ["snapshot"]
WINDOW = (date(2025, 10, 1), date(2025, 11, 1))


@pytest.mark.parametrize("name", CATALOG)
def test_roles_count_the_rows_of_the_evidence(snapshot: Snapshot, name: str) -> None:
    rows = evidence(name, snapshot, *WINDOW, by="organisation")
    counts = roles(name, snapshot, *WINDOW, by="organisation")
    assert dict(counts) == dict(rows["role"].value_counts())
    assert list(counts) == sorted(counts, reverse=True)


def test_a_role_and_a_limit_read_no_other_rows(snapshot: Snapshot) -> None:
    n = ROWS["deployments"][0]["repeat"]
    name, asked = "deployment_frequency", {"by": "organisation", "scope_id": "organisation"}
    assert dict(roles(name, snapshot, *WINDOW, **asked)) == {"counted": n}
    every = evidence(name, snapshot, *WINDOW, **asked)
    counted = evidence(name, snapshot, *WINDOW, **asked, role="counted")
    assert counted.equals(every)
    assert evidence(name, snapshot, *WINDOW, **asked, role="counted", limit=5).equals(every.head(5))
    assert evidence(name, snapshot, *WINDOW, **asked, role="failed").empty


def test_another_scope_has_no_rows(snapshot: Snapshot) -> None:
    assert roles("deployment_frequency", snapshot, *WINDOW, by="team", scope_id="web").empty
