"""What `payoff doctor` shows of a source with lists: rights, limits, and what would count and what not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.base import Context, Cursor, Page, Preview, Resource
from collectors.errors import CredentialsError, FatalError, RightError
from collectors.preview import Credentials, previewed
from collectors.rest import RestResource
from tests.collectors.fake_api import client, never, tracker
from tests.collectors.sample import issues
from warehouse.records import ActionRun, Build, Change, Deployment, Incident, Record, Ticket

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONTEXT = Context(NOW, Path("nowhere"), lambda login: "someone", lambda name: name == "production")


@dataclass
class Shelf:
    """A list that lies in memory; it counts the pages that were taken from it."""

    name: str
    records: Sequence[Record] = ()
    scope_id: str = "acme/shop"
    error: Exception | None = None
    n_pages: int = 0

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        for _ in range(2):
            self.n_pages += 1
            if self.error:
                raise self.error
            yield Page.of(self.records, done=len(self.records))


@dataclass
class Shelves:
    """A source of such lists."""

    lists: Sequence[Resource]
    name: str = "shelves"
    kind: str = "shelves"
    context: Context = field(default=CONTEXT)

    def resources(self) -> Sequence[Resource]:
        return self.lists

    def preview(self) -> Preview:
        return previewed(self, self.context)


def deployment(number: int, environment: str = "production", status: Any = "success", **more: Any) -> Record:
    return Deployment(f"d{number}", "shop", environment, status, **more)


def of(*records: Record) -> Preview:
    return Shelves([Shelf("things", records)]).preview()


def test_deployments_count_by_environment_and_status_the_largest_group_first() -> None:
    preview = of(
        deployment(1),
        deployment(2),
        deployment(3, status="failure", reached_production=True),
        deployment(4, "staging"),
        deployment(5, status="failure", reached_production=False),
        deployment(6, is_rollback=True),
    )
    assert preview.counted["production deployments"] == [
        "production, success: 3 deployments, such as d1",
        "production, failure: 1 deployments, such as d3",
    ]
    assert preview.not_counted["production deployments"] == [
        "production, failure: 1 deployments, such as d5 (failed before production)",
        "staging, success: 1 deployments, such as d4 (the environment is not configured as production)",
    ]
    assert preview.counted["failures"] == [
        "production, failure: the roll-out itself: 1 deployments, such as d3",
        "production, rolled back: the deployment that is taken back: 1 deployments, such as d6",
    ]
    assert preview.not_counted["failures"] == [
        "production, failure: the roll-out itself: 1 deployments, such as d5 (failed before production)"
    ]


def test_a_staging_rollback_is_no_failure() -> None:
    preview = of(deployment(1, "staging", is_rollback=True), deployment(2, "staging", "failure"))
    assert "failures" not in preview.counted
    assert "failures" not in preview.not_counted


def test_incidents_count_and_are_failures_by_cause_and_place() -> None:
    preview = of(
        Incident("i1", NOW, "shop", severity="1", cause="change"),
        Incident("i2", NOW, "shop", severity="2", cause="third_party"),
        Incident("i3", NOW),
        Incident("i4", NOW, deployment_id="d1", cause="change"),
    )
    assert sum(line.count("1 incidents") for line in preview.counted["incidents"]) == 4
    assert preview.counted["failures"] == [
        "incident, cause change: the deployment that it names: 1 incidents, such as i4",
        "incident, cause change: the deployment that was running, if any: 1 incidents, such as i1",
    ]
    assert preview.not_counted["failures"] == [
        "severity 2, cause third_party: 1 incidents, such as i2 (caused by third party, not by a change)",
        "severity unknown, cause unknown: 1 incidents, such as i3 (names neither a service nor a deployment)",
    ]


def test_every_type_of_ticket_has_its_heading_and_other_counts_as_none() -> None:
    types: tuple[Any, ...] = ("request", "how_to", "incident", "other")
    preview = of(*(Ticket(f"t-{name}", name, NOW, queue="OPS") for name in types))
    assert [name for name in preview.counted if name.startswith("tickets")] == [
        "tickets of type how_to",
        "tickets of type incident",
        "tickets of type request",
    ]
    assert preview.not_counted["tickets of a type that counts"] == [
        "queue OPS, action none: 1 tickets, such as t-other (no rule gives it another type than other)"
    ]


def test_bots_dry_runs_and_changes_that_were_dropped_do_not_count() -> None:
    preview = of(
        Change("c1", "shop", merged_at=NOW),
        Change("c2", "shop", merged_at=NOW, is_bot=True),
        Change("c3", "shop", closed_at=NOW),
        Change("c4", "shop"),
        ActionRun("r1", "new-service", NOW, "success"),
        ActionRun("r2", "new-service", NOW, "success", dry_run=True),
        Build("b1", "failure", job="test"),
    )
    assert preview.counted["changes"] == [
        "merged; counts with its first production deployment: 1 changes, such as c1"
    ]
    assert [line.rpartition(" (")[2] for line in preview.not_counted["changes"]] == [
        "bots are left out)",
        "closed without being merged)",
        "still open)",
    ]
    assert preview.counted["self-service runs"] == ["new-service, success: 1 action runs, such as r1"]
    assert preview.not_counted["self-service runs"] == [
        "new-service, success: 1 action runs, such as r2 (a dry run)"
    ]
    assert preview.counted["builds"] == ["test, failure: 1 builds, such as b1"]


def test_one_page_of_every_list_of_three_scopes_is_read() -> None:
    lists = [Shelf("things", scope_id=f"acme/{n}") for n in range(500)]
    rare = Shelf("rare", scope_id="acme/499")
    preview = Shelves([*lists, rare]).preview()
    assert [shelf.n_pages for shelf in (*lists[:4], rare)] == [1, 1, 1, 0, 1]
    assert "of acme/0, acme/1, acme/2, acme/499; 496 more would be collected" in preview.findings[-1].text


def test_a_list_that_fails_is_told_and_the_others_are_shown() -> None:
    lists = [
        Shelf("locked", error=RightError('lacks a right: it needs "x"')),
        Shelf("things", [deployment(1)]),
    ]
    preview = Shelves(lists).preview()
    assert [finding.text for finding in preview.findings if not finding.ok] == ['lacks a right: it needs "x"']
    assert preview.counted["production deployments"]


def test_a_token_that_is_refused_ends_the_look() -> None:
    second = Shelf("things")
    preview = Shelves([Shelf("things", error=CredentialsError("401: expired")), second]).preview()
    assert [finding.text for finding in preview.findings] == ["401: expired"]
    assert second.n_pages == 0


def test_a_source_that_cannot_list_what_it_has_raises() -> None:
    class Lost(Shelves):
        def resources(self) -> Sequence[Resource]:
            raise FatalError("no such organisation")

    with pytest.raises(FatalError, match="no such organisation"):
        Lost([]).preview()


def test_credentials_show_rights_that_are_lacking_and_when_they_end() -> None:
    found = Credentials("a token of a user", ("issues: read",), NOW + timedelta(days=1))
    preview = previewed(Shelves([Shelf("things")]), CONTEXT, credentials=lambda: found)
    assert [(finding.ok, finding.text) for finding in preview.findings[:3]] == [
        (True, "credentials: a token of a user"),
        (False, "the token lacks the right issues: read."),
        (True, "the token is valid until 2026-03-02 00:00 UTC."),
    ]
    expired = previewed(
        Shelves([]), CONTEXT, credentials=lambda: replace(found, expires_at=NOW - timedelta(days=1))
    )
    assert (False, "the token expired at 2026-02-28 00:00 UTC.") in [
        (finding.ok, finding.text) for finding in expired.findings
    ]


def _issues(left_out: bool = False) -> RestResource:
    items: list[dict[str, Any]] = [
        {"number": 1, "state": "open", "created_at": "2026-02-01T00:00:00Z", "closed_at": None},
        {"number": 2, "state": "odd"},
        {"number": 3, "state": "open", "created_at": "2026-02-01T00:00:00Z", "closed_at": None},
    ]
    newest_last = [{**item, "updated_at": f"2026-02-02T00:00:0{item['number']}Z"} for item in items]
    api = tracker(newest_last, per_page=10)
    resource = issues(client(api.transport, never), NOW)
    if not left_out:
        return resource
    return replace(
        resource, parse=lambda item: (), left_out=lambda item: f"{item['state']} is no type of ours"
    )


def test_items_that_cannot_be_read_are_listed_and_counted_apart() -> None:
    preview = Shelves([_issues()]).preview()
    assert preview.unread == ("issues of acme/shop, item 2: KeyError: 'closed_at'",)
    assert preview.counted["tickets of type request"] == ["queue unknown, action none: 2 tickets, such as 1"]


def test_items_that_the_rules_leave_out_are_counted_by_reason() -> None:
    preview = Shelves([_issues(left_out=True)]).preview()
    assert preview.not_counted["anything"] == [
        "issues: 2 items, such as 3 (open is no type of ours)",
        "issues: 1 items, such as 2 (odd is no type of ours)",
    ]
