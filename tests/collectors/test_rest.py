"""A list over HTTP arrives whole: after stops, edits, bad items and bad answers, and without people."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from collectors.base import Cursor, Page, RawBody, Replayable, pseudonymiser
from collectors.errors import FatalError, RetryableError, SkippableError
from collectors.rest import RestResource
from collectors.scrub import scrubber
from tests.collectors.fake_api import TOKEN, FakeApi, client, cut_off, reset, says, tracker
from tests.collectors.sample import BEGIN, issues
from warehouse.records import Coverage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
Rows = dict[str, dict[str, Any]]


def issue(number: int, *, day: int | None = None, state: str = "closed") -> dict[str, Any]:
    edited = f"2026-02-{day or number:02d}T10:00:00Z"
    return {
        "number": number,
        "state": state,
        "created_at": "2026-01-05T08:00:00Z",
        "updated_at": edited,
        "closed_at": edited if state == "closed" else None,
        "user": {"login": "jane-doe", "email": "jane@acme.example", "name": "Jane Doe", "type": "User"},
        "labels": [{"name": "asked by jane@acme.example"}],
    }


def resource(api: FakeApi, now: datetime = NOW, *, refetches: bool = False) -> RestResource:
    return issues(client(api.transport, lambda _: None), now, refetches=refetches)


def rows(pages: Iterable[Page]) -> Rows:
    """Tickets by key, as merging pages one after the other leaves them."""
    tables = [page.tables["tickets"] for page in pages if "tickets" in page.tables]
    return {row["ticket_id"]: row for table in tables for row in table.to_pylist()}


def last_cursor(pages: Iterable[Page]) -> Cursor | None:
    return [page.cursor for page in pages][-1]


def test_all_pages_come_and_only_the_last_one_says_what_is_covered() -> None:
    pages = list(resource(tracker([issue(n) for n in range(1, 6)])).pages(None))
    assert sorted(rows(pages)) == ["1", "2", "3", "4", "5"]
    assert [page.coverage for page in pages[:-1]] == [()] * (len(pages) - 1)
    assert pages[-1].coverage == (Coverage("tickets", BEGIN, NOW, "acme/shop"),)
    assert all(page.cursor is not None for page in pages)


def test_reading_twice_gives_the_same() -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    first, second = list(resource(api).pages(None)), list(resource(api).pages(None))
    assert rows(first) == rows(second)
    assert [page.raw for page in first] == [page.raw for page in second]


def test_a_second_run_with_nothing_new_asks_once_and_covers_what_passed() -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    cursor = last_cursor(resource(api).pages(None))
    api.seen.clear()
    pages = list(resource(api, LATER).pages(cursor))
    assert len(api.seen) == sum(page.requests for page in pages) == 1
    assert rows(pages) == {}
    assert pages[-1].coverage == (Coverage("tickets", NOW, LATER, "acme/shop"),)


def test_an_edit_just_before_the_last_run_is_read_again() -> None:
    api = tracker([issue(1)])
    cursor = last_cursor(resource(api).pages(None))
    api.lists[0]["all"].append({**issue(2), "updated_at": "2026-02-28T23:55:00Z"})  # five minutes before it
    assert sorted(rows(resource(api, LATER).pages(cursor))) == ["2"]


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_run_that_stops_behind_any_page_goes_on_to_the_same_rows(stop: int) -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    whole = rows(resource(api).pages(None))
    pages = resource(api).pages(None)
    before = [next(pages) for _ in range(stop)]
    # The cursor is stored as JSON between the two runs.
    cursor = json.loads(json.dumps(last_cursor(before)))
    api.seen.clear()
    after = list(resource(api, LATER).pages(cursor))
    assert rows([*before, *after]) == whole
    assert (stop == 3) == ("page" not in api.seen[0].url.params)
    # The look at what was edited meanwhile began in the second run, except behind the third page.
    until = NOW if stop == 3 else LATER
    assert after[-1].coverage == (Coverage("tickets", BEGIN, until, "acme/shop"),)


def test_a_place_that_the_source_has_forgotten_is_read_from_the_start() -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    pages = resource(api).pages(None)
    cursor = next(pages).cursor
    api.will(says(410))
    assert sorted(rows(resource(api, LATER).pages(cursor))) == ["1", "2", "3", "4", "5"]


def test_an_item_that_is_edited_while_pages_are_read_is_not_missed() -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    run = resource(api)
    pages = run.pages(None)
    read = [next(pages)]
    api.lists[0]["all"][0] = {
        **issue(1),
        "state": "reopened",
        "updated_at": NOW.isoformat().replace("+00:00", "Z"),
    }
    read += list(pages)
    assert rows(read)["1"]["status"] == "reopened"
    assert len(rows(read)) == 5


@pytest.mark.parametrize("fault", [says(500), says(429), reset, cut_off])
def test_a_page_that_fails_for_good_raises_and_leaves_the_cursor_before_it(fault: Any) -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    whole = rows(resource(api).pages(None))
    pages = resource(api).pages(None)
    before = [next(pages)]
    api.will(*[fault] * 3)
    with pytest.raises(RetryableError):
        next(pages)
    assert before[0].coverage == ()
    assert rows([*before, *resource(api).pages(before[0].cursor)]) == whole


@pytest.mark.parametrize("fault", [reset, cut_off, says(500), says(429, retry_after="1")])
def test_a_page_that_fails_once_comes_at_the_second_attempt(fault: Any) -> None:
    api = tracker([issue(1)])
    api.will(fault)
    assert sorted(rows(resource(api).pages(None))) == ["1"]


def test_a_next_page_on_another_host_is_refused() -> None:
    api = tracker([issue(n) for n in range(1, 6)])
    link = {"Link": '<https://evil.example/issues?page=2>; rel="next"'}
    api.will(lambda request, answer: httpx.Response(200, json=answer.json(), headers=link))
    pages = resource(api).pages(None)
    next(pages)
    with pytest.raises(FatalError, match="refused"):
        next(pages)
    assert {request.url.host for request in api.seen} == {"api.example"}


@pytest.mark.parametrize(
    "bad", [{"created_at": "yesterday"}, {"created_at": "2026-01-05T08:00:00"}, {"created_at": None}]
)
def test_an_item_that_cannot_be_read_is_skipped_and_kept(bad: dict[str, Any]) -> None:
    pages = list(resource(tracker([issue(1), {**issue(2), **bad}, issue(3)])).pages(None))
    assert sorted(rows(pages)) == ["1", "3"]
    assert {skipped.item for page in pages for skipped in page.skipped} == {"2"}
    assert {raw.key for page in pages for raw in page.raw} == {"1", "2", "3"}
    assert pages[-1].coverage


def test_an_item_without_its_key_is_skipped_and_kept_too() -> None:
    item = issue(1)
    api = tracker([item])
    api.will(says(200, [{"state": "closed"}, None, item]))
    page = next(resource(api).pages(None))
    assert sorted(rows([page])) == ["1"]
    assert len(page.skipped) == 2
    assert {skipped.item for skipped in page.skipped} < {raw.key for raw in page.raw}


def test_unfinished_items_are_fetched_again_until_they_end() -> None:
    api = tracker([issue(1), issue(2, state="open")])
    cursor = last_cursor(resource(api, refetches=True).pages(None))
    api.seen.clear()
    pages = list(resource(api, LATER, refetches=True).pages(cursor))
    assert [request.url.path for request in api.seen] == ["/issues/2", "/issues"]
    assert rows(pages)["2"]["resolved_at"] is None
    api.lists[0]["all"][1] = issue(2)  # it ended without being listed as edited
    pages = list(resource(api, LATER, refetches=True).pages(last_cursor(pages)))
    assert rows(pages)["2"]["resolved_at"] == datetime(2026, 2, 2, 10)  # noqa: DTZ001 - tables hold UTC
    api.seen.clear()
    list(resource(api, LATER + timedelta(days=1), refetches=True).pages(last_cursor(pages)))
    assert [request.url.path for request in api.seen] == ["/issues"]


def test_an_unfinished_item_that_is_gone_is_said_and_not_asked_for_again() -> None:
    api = tracker([issue(2, state="open")])
    cursor = last_cursor(resource(api, refetches=True).pages(None))
    api.lists[0]["all"].clear()
    pages = list(resource(api, LATER, refetches=True).pages(cursor))
    assert [skipped.item for page in pages for skipped in page.skipped] == ["2"]
    api.seen.clear()
    list(resource(api, LATER, refetches=True).pages(last_cursor(pages)))
    assert len(api.seen) == 1


def test_kept_bodies_give_the_same_records_again() -> None:
    run = resource(tracker([issue(n) for n in range(1, 6)]))
    pages = list(run.pages(None))
    assert isinstance(run, Replayable)
    again = Page.of([record for page in pages for raw in page.raw for record in run.parse_raw(raw)])
    assert rows([again]) == rows(pages)


def test_a_kept_body_that_cannot_be_read_is_skippable_in_replay() -> None:
    with pytest.raises(SkippableError):
        resource(tracker([])).parse_raw(RawBody("9", b'{"number": 9}', NOW))


def test_no_person_and_no_token_in_bodies_cursors_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pages = list(resource(tracker([issue(n) for n in range(1, 4)])).pages(None))
    bodies = b"".join(raw.body for page in pages for raw in page.raw).decode()
    told = bodies + json.dumps([page.cursor for page in pages]) + caplog.text
    for person in ("jane-doe", "jane@acme.example", "Jane", TOKEN):
        assert person not in told
    assert json.loads(pages[0].raw[0].body)["user"]["login"] == pseudonymiser(b"key")("jane-doe")


def test_bots_stay_bots_and_words_about_people_go() -> None:
    scrub = scrubber(str.upper, keep=("title",))
    item = {
        "title": "Mail jane@acme.example",
        "body": "Jane asked",
        "user": {"login": "renovate[bot]", "type": "Bot"},
        "reporter": {"accountId": "a1", "displayName": "Jane", "accountType": "atlassian"},
    }
    kept = scrub(item)
    assert kept["title"] == "Mail [address]"
    assert "body" not in kept
    assert kept["user"]["login"] == "renovate[bot]"
    assert kept["reporter"] == {"accountId": "A1", "accountType": "atlassian"}
