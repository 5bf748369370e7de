"""Older items are fetched beside regular passes, from where a stop left them, with an honest estimate."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.backfill import Backfill
from collectors.base import Cursor, Page
from collectors.rest import RestResource
from service.running.backfill import Estimate, remaining_seconds
from tests.collectors.fake_api import FakeApi, client, tracker
from tests.collectors.sample import BEGIN, issues

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REGULAR = datetime(2026, 2, 5, tzinfo=UTC)


def api() -> FakeApi:
    """Eight closed issues, edited on the first eight days of February."""
    return tracker(
        [
            {
                "number": day,
                "state": "closed",
                "created_at": "2026-01-05T08:00:00Z",
                "updated_at": f"2026-02-{day:02d}T10:00:00Z",
                "closed_at": f"2026-02-{day:02d}T10:00:00Z",
                "labels": [],
            }
            for day in range(1, 9)
        ]
    )


def regular(there: FakeApi, hours: int = 0) -> RestResource:
    """The list as it is configured: from the fifth day on."""
    return replace(
        issues(client(there.transport, lambda _: None), NOW + timedelta(hours=hours)), begin=REGULAR
    )


def read(
    pages: Any, cursor: Cursor | None, stop: int | None = None
) -> tuple[set[str], Cursor | None, list[Page]]:
    """Keys of the rows, the stored cursor behind them, and the pages; ``stop``: killed behind so many."""
    found, seen = set(), []
    for n, page in enumerate(pages, start=1):
        seen.append(page)
        cursor = json.loads(json.dumps(page.cursor)) if page.cursor is not None else cursor
        for table in page.tables.values():
            found |= {row["ticket_id"] for row in table.to_pylist()}
        if n == stop:
            break
    return found, cursor, seen


def test_a_backfill_that_is_stopped_goes_on_after_a_regular_pass() -> None:
    there = api()
    found, cursor, _ = read(regular(there).pages(None), None)
    assert found == {"5", "6", "7", "8"}
    first, cursor, _ = read(Backfill(regular(there), BEGIN).pages(cursor), cursor, stop=3)
    assert "1" not in first
    between, cursor, _ = read(regular(there, 1).pages(cursor), cursor)
    assert between == set()
    there.seen.clear()
    rest, cursor, pages = read(Backfill(regular(there, 2), BEGIN).pages(cursor), cursor)
    assert first | rest == {str(n) for n in range(1, 9)}
    assert "8" not in rest  # what was read before the stop is not read again
    (covered,) = [one for page in pages for one in page.coverage]
    assert covered.from_at == BEGIN
    there.seen.clear()
    assert read(Backfill(regular(there, 3), BEGIN).pages(cursor), cursor)[0] == set()
    assert there.seen == []  # it is done
    read(regular(there, 4).pages(cursor), cursor)
    assert len(there.seen) == 1  # regular passes are what they were


def test_without_a_collection_before_the_regular_passes_go_on_from_it() -> None:
    there = api()
    found, cursor, _ = read(Backfill(regular(there), BEGIN).pages(None), None)
    assert len(found) == 8
    there.seen.clear()
    assert read(regular(there, 1).pages(cursor), cursor)[0] == set()
    assert len(there.seen) == 1


def test_the_share_is_that_of_the_way_back() -> None:
    lists = Backfill(regular(api()), BEGIN)
    pages = list(lists.pages(None))
    # Two to a page: the first goes back to 7 February 10:00, 21 days and 14 hours of 59 days.
    assert lists.done_share(pages[0]) == pytest.approx((21 + 14 / 24) / 59)
    assert lists.done_share(pages[-1]) == 1.0


@pytest.mark.parametrize(
    ("share", "requests", "left", "seconds"),
    [
        (0.0, 0, 5000, None),  # nothing is known yet
        (0.25, 100, 5000, 300.0),  # 100 s for a quarter: 300 s for the rest
        (0.25, 100, None, 300.0),
        # 400 requests for a quarter: 1,200 more; 200 are left, 1,000 wait for two hours of 500 each.
        (0.25, 400, 200, 7200.0),
        (1.0, 400, 0, 0.0),
    ],
)
def test_the_time_that_remains_counts_the_limit(
    share: float, requests: int, left: int | None, seconds: float | None
) -> None:
    found = remaining_seconds(elapsed=100.0, share=share, requests=requests, left=left, per_hour=500)
    assert found == seconds


def test_the_estimate_is_over_all_lists() -> None:
    there, times = api(), iter([0.0, 180.0])
    lists = Backfill(regular(there), BEGIN)
    estimate = Estimate(n_lists=2, clock=lambda: next(times))
    estimate.note(lists, list(lists.pages(None))[-1])
    # One of two lists in three minutes: three for the other.
    assert estimate.text == "50%, about 3 minutes left"
