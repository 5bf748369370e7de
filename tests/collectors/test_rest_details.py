"""What an item lacks is asked for and kept with it, page by page, and an item is never stored in part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from collectors.errors import RetryableError
from collectors.pagination import LinkHeader
from collectors.rest import RestResource
from collectors.rest_details import Detail
from tests.collectors.fake_api import client, never
from tests.collectors.sample import issues

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ISSUE = {
    "number": 7,
    "state": "closed",
    "created_at": "2026-01-05T08:00:00Z",
    "updated_at": "2026-02-01T10:00:00Z",
    "closed_at": None,
    "site": "/sites/a",
}
EVENTS = Detail("events", lambda issue: f"/issues/{issue['number']}/events", LinkHeader())
SITE = Detail("site_body", lambda issue: issue["site"], items="site", is_shared=True)


class Answers:
    """Bodies by path and page; anything else is 404."""

    def __init__(self, bodies: dict[str, Any]) -> None:
        self.bodies, self.seen = bodies, list[str]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        place = f"{request.url.path}?{request.url.params.get('page', '1')}"
        self.seen.append(place)
        if place not in self.bodies:
            return httpx.Response(404)
        path, _, page = place.partition("?")
        following = f"{path}?{int(page) + 1}"
        link = f"<https://api.example{path}?page={int(page) + 1}>; rel=next"
        headers = {"link": link} if following in self.bodies else {}
        return httpx.Response(200, json=self.bodies[place], headers=headers)


def resource(answers: Callable[[httpx.Request], httpx.Response], *details: Detail) -> RestResource:
    return replace(issues(client(httpx.MockTransport(answers), lambda _: None), NOW), details=details)


def kept(made: RestResource) -> list[str]:
    return [body.body.decode() for page in made.pages(None) for body in page.raw]


def test_a_list_of_an_item_is_read_to_its_end_and_kept_with_it() -> None:
    bodies = {"/issues?1": [ISSUE], "/issues/7/events?1": [{"at": 1}], "/issues/7/events?2": [{"at": 2}]}
    (body,) = kept(resource(Answers(bodies), EVENTS))
    assert '"events":[{"at":1},{"at":2}]' in body


def test_what_is_not_there_is_an_empty_list_or_nothing() -> None:
    (body,) = kept(resource(Answers({"/issues?1": [ISSUE]}), EVENTS, SITE))
    assert '"events":[]' in body
    assert '"site_body":null' in body


def test_what_many_items_share_is_asked_for_once_a_run() -> None:
    answers = Answers({"/issues?1": [ISSUE, {**ISSUE, "number": 8}], "/sites/a?1": {"site": {"tier": "top"}}})
    bodies = kept(resource(answers, SITE))
    assert [body.count('"tier":"top"') for body in bodies] == [1, 1]
    assert answers.seen == ["/issues?1", "/sites/a?1"]


def test_an_item_without_the_address_of_its_details_is_parsed_as_it_came() -> None:
    answers = Answers({"/issues?1": [{**ISSUE, "site": ""}, "no item at all"]})
    made = resource(answers, SITE)
    (page,) = list(made.pages(None))
    assert answers.seen == ["/issues?1"]
    assert page.tables["tickets"].num_rows == 1
    assert len(page.skipped) == 1


def test_an_item_whose_details_fail_is_not_stored_in_part() -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        is_list = request.url.path == "/issues"
        return httpx.Response(200, json=[ISSUE]) if is_list else httpx.Response(502)

    pages = resource(failing, EVENTS).pages(None)
    with pytest.raises(RetryableError, match="502"):
        next(pages)


def test_details_of_what_is_not_wanted_are_not_asked_for() -> None:
    answers = Answers({"/issues?1": [ISSUE, {**ISSUE, "number": 8}], "/issues/8/events?1": []})
    made = replace(
        issues(client(httpx.MockTransport(answers), never), NOW),
        details=(EVENTS,),
        narrow=lambda items: [item for item in items if item["number"] == 8],
    )
    assert len(kept(made)) == 1
    assert answers.seen == ["/issues?1", "/issues/8/events?1"]
