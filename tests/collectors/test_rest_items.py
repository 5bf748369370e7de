"""An item is read as the warehouse will take it: whatever would stop a page stops that item only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.errors import SkippableError
from collectors.rest_items import Item, Reading, parsed, read_items
from warehouse.records import Deployment, Record, SurveyInvitation, Worklog

AT = datetime(2026, 3, 1, tzinfo=UTC)


def deployment(**values: Any) -> Deployment:
    return Deployment(
        **{"deployment_id": "1", "service_id": "s", "environment": "p", "status": "success", **values}
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (deployment(status="passed"), "deployments.status is 'passed', not one of success, failure"),
        (deployment(deployment_id=7), "deployments.deployment_id is of type int, not str"),
        (deployment(service_id=None), "deployments.service_id is required and unknown"),
        (deployment(finished_at=AT.replace(tzinfo=None)), "deployments.finished_at has no time zone"),
        (deployment(finished_at=AT.date()), "deployments.finished_at is of type date, not datetime"),
        (SurveyInvitation("s", True), "survey_invitations.invited is of type bool, not int"),
    ],
)
def test_what_a_table_would_refuse_is_said_of_the_item(record: Record, words: str) -> None:
    with pytest.raises(SkippableError, match=words):
        parsed({}, lambda item: [record])


def test_whole_hours_are_hours() -> None:
    record = Worklog("t", AT, hours=2)
    assert parsed({}, lambda item: [record]) == [record]


def test_an_item_that_comes_twice_in_a_page_is_kept_once_in_its_last_form() -> None:
    def parse(item: Item) -> Sequence[Record]:
        return [deployment(deployment_id=item["id"])]

    reading = Reading(lambda item: item, lambda item: str(item["id"]), parse, lambda item: bool(item["open"]))
    read = read_items([{"id": "7", "open": True}, {"id": "7", "open": False}], reading, AT)
    assert [(body.key, body.body) for body in read.raw] == [("7", b'{"id":"7","open":false}')]
    assert (read.unfinished, read.finished) == (frozenset(), frozenset({"7"}))


def test_an_item_whose_state_is_unreadable_gives_no_rows() -> None:
    reading = Reading(
        lambda i: i, lambda i: str(i["id"]), lambda i: [deployment()], lambda i: bool(i["open"])
    )
    read = read_items([{"id": "7"}], reading, AT)
    assert read.records == ()
    assert [(skip.item, skip.reason) for skip in read.skipped] == [("7", "KeyError: 'open'")]
