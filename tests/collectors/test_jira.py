"""What the jira source asks, page by page, and what `payoff doctor` shows of the answers."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.errors import RetryableError
from collectors.exchange import Response
from collectors.jira.paging import Window, jql
from collectors.pagination import START, Position
from tests.collectors.jira_api import START_AT, Serve, collected, issue, serving, source, tickets_of, work

FIXTURES = Path(__file__).parent / "fixtures" / "jira"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    return serving(monkeypatch)


def test_a_query_names_an_instant_that_is_the_same_in_every_time_zone() -> None:
    # 2026-01-01T00:00Z is 1767225600 seconds after 1970; "2026/01/01 00:00" would be another hour in Denver.
    assert jql(["HELP", 'O"PS'], START_AT) == (
        'project in ("HELP", "O\\"PS") AND updated >= 1767225600000 ORDER BY updated DESC'
    )
    assert jql([], START_AT) == "updated >= 1767225600000 ORDER BY updated DESC"


def test_a_second_run_asks_for_what_was_edited_since_the_first_with_an_overlap(
    serve: Serve, tmp_path: Path
) -> None:
    api = serve({"/rest/api/3/search/jql": {"issues": [issue()], "isLast": True}})
    (resource,) = source(tmp_path, projects=["HELP"]).resources()
    cursor = list(resource.pages(None))[-1].cursor
    list(resource.pages(cursor))
    # 2026-03-01T00:00Z is 1772323200 seconds after 1970; ten minutes before is 600 less.
    assert "updated >= 1772322600000" in api.seen[-1].params["jql"]
    assert len(api.seen) == 2


def test_neither_summary_nor_description_is_asked_for(serve: Serve, tmp_path: Path) -> None:
    api = serve({"/rest/api/3/search/jql": {"issues": [], "isLast": True}})
    collected(source(tmp_path, projects=["HELP"]))
    asked = set(api.seen[0].params["fields"].split(","))
    assert not asked & {"summary", "description", "assignee", "*all"}
    assert {"updated", "worklog", "comment"} <= asked


def test_data_center_and_boards_are_read_page_by_page_with_their_own_paths(
    serve: Serve, tmp_path: Path
) -> None:
    def page(params: Any) -> Any:
        start = int(params.get("startAt", 0))
        return {"startAt": start, "maxResults": 1, "total": 2, "issues": [{**issue(), "id": str(start)}]}

    api = serve({"/rest/api/2/search": page, "/rest/agile/1.0/board/8/issue": page})
    pages = collected(source(tmp_path, edition="data_center", projects=["HELP"], boards=[8]))
    ids = {row["ticket_id"] for row in tickets_of(pages)}
    assert ids == {"0", "1"}
    assert {url.path for url in api.seen} == {"/rest/api/2/search", "/rest/agile/1.0/board/8/issue"}
    assert {(c.resource, c.scope_id) for p in pages for c in p.coverage} == {
        ("tickets", "HELP"),
        ("tickets", "board 8"),
    }


def test_without_projects_one_list_holds_all_that_the_token_may_see(serve: Serve, tmp_path: Path) -> None:
    api = serve({"/rest/api/3/search/jql": {"issues": [issue()], "isLast": True}})
    pages = collected(source(tmp_path))
    assert api.seen[0].params["jql"].startswith("updated >= ")
    assert [(c.resource, c.scope_id) for p in pages for c in p.coverage] == [("tickets", "*")]


def test_behind_a_full_window_the_list_goes_on_at_the_oldest_issue_seen() -> None:
    window = Window(size=4)
    asked = "https://jira.example/rest/api/2/search?startAt=2&jql=" + str(
        httpx.QueryParams({"q": jql(["HELP"], START_AT)})
    ).removeprefix("q=")
    found = {
        "total": 9,
        "issues": [{"fields": {"updated": f"2026-01-0{day}T00:00:00.000+0000"}} for day in (9, 8)],
    }
    following = window.next(Position(params={"startAt": "2"}), Response(asked, {}, found), 2)
    # 2026-01-08T00:00Z is 1767830400 seconds after 1970; one more, because the search keeps seconds.
    assert following == Position(
        params={
            "jql": 'project in ("HELP") AND updated >= 1767225600000 AND updated <= 1767830401000 '
            "ORDER BY updated DESC",
            "startAt": "0",
        }
    )
    onward = window.next(following, Response("https://jira.example/?jql=x", {}, found), 2)
    assert onward == Position(params={"jql": following.params["jql"], "startAt": "2"})
    assert window.next(START, Response(asked, {}, {"total": 2, "issues": [1, 2]}), 2) is None


def test_a_list_longer_than_the_window_of_data_center_is_read_to_its_end(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [f"2026-01-{day:02}T00:00:00.000+0000" for day in range(20, 0, -1)]
    issues = [{**issue(updated=at), "id": at[8:10]} for at in days]

    def page(params: Any) -> Any:
        query, start = params["jql"], int(params.get("startAt", 0))
        assert start < 6, "the search engine fails behind its window"
        until = int(query.partition("updated <= ")[2].split(" ")[0] or 2_000_000_000_000)
        found = [
            i for i in issues if datetime.fromisoformat(i["fields"]["updated"]).timestamp() * 1000 <= until
        ]
        return {"startAt": start, "total": len(found), "issues": found[start : start + 3]}

    monkeypatch.setattr("collectors.jira.source.Window", lambda: Window(size=6))
    serve({"/rest/api/2/search": page})
    pages = collected(source(tmp_path, edition="data_center", projects=["HELP"]))
    rows = [row["ticket_id"] for row in tickets_of(pages)]
    assert set(rows) == {at[8:10] for at in days}


def test_what_a_list_cuts_off_is_asked_for_and_what_it_holds_is_not(serve: Serve, tmp_path: Path) -> None:
    whole = issue(worklog={"total": 1, "worklogs": [work("2026-01-05T12:00:00.000+0000", 60)]})
    cut = {**issue(worklog={"total": 2, "worklogs": []}, comment={"total": 1, "comments": []}), "id": "2"}
    api = serve(
        {
            "/rest/api/3/search/jql": {"issues": [whole, cut], "isLast": True},
            "/rest/api/3/issue/2/worklog": {
                "total": 2,
                "worklogs": [
                    work("2026-01-05T12:00:00.000+0000", 3600),
                    work("2026-01-05T14:00:00Z", 1800),
                ],
            },
            "/rest/api/3/issue/2/comment": {
                "total": 1,
                "comments": [{"created": "2026-01-05T11:00:00Z", "author": {"accountId": "helper"}}],
            },
        }
    )
    (page,) = collected(source(tmp_path, projects=["HELP"]))
    rows = {row["ticket_id"]: row for row in page.tables["tickets"].to_pylist()}
    assert (rows["2"]["touch_hours"], rows["2"]["first_response_at"]) == (1.5, datetime(2026, 1, 5, 11))  # noqa: DTZ001
    assert [url.path for url in api.seen][1:] == [
        "/rest/api/3/issue/2/worklog",
        "/rest/api/3/issue/2/comment",
    ]


def test_the_rest_of_an_issue_that_cannot_be_had_keeps_the_issue_out(serve: Serve, tmp_path: Path) -> None:
    cut = issue(worklog={"total": 2, "worklogs": []})
    serve(
        {
            "/rest/api/3/search/jql": {"issues": [cut], "isLast": True},
            "/rest/api/3/issue/1/worklog": 502,
        }
    )
    (resource,) = source(tmp_path, projects=["HELP"]).resources()
    with pytest.raises(RetryableError, match="502"):
        list(resource.pages(None))


def test_doctor_names_the_project_that_the_account_may_not_browse(serve: Serve, tmp_path: Path) -> None:
    def rights(params: Any) -> Any:
        may = {"HELP": True, "OPS": False}.get(params["projectKey"])
        return None if may is None else {"permissions": {"BROWSE_PROJECTS": {"havePermission": may}}}

    serve(
        {"/rest/api/3/mypermissions": rights, "/rest/api/3/search/jql": {"issues": [issue()], "isLast": True}}
    )
    preview = source(tmp_path, projects=["HELP", "OPS", "GONE"]).preview()
    assert [finding.text for finding in preview.findings if not finding.ok] == [
        'the token lacks the right "Browse projects" in OPS (or there is no such project).',
        'the token lacks the right "Browse projects" in GONE (or there is no such project).',
    ]


def test_doctor_counts_the_tickets_of_each_type_and_those_that_no_rule_takes(
    serve: Serve, tmp_path: Path
) -> None:
    issues = json.loads((FIXTURES / "issues.json").read_text())
    serve(
        {
            "/rest/api/3/mypermissions": {"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}},
            "/rest/api/3/search/jql": {
                "issues": [i for i in issues if i["id"] in ("10003", "10004")],
                "isLast": True,
            },
        }
    )
    rules = [{"issue_type": "/^.*Incident$/", "type": "incident", "action": "call_us"}]
    preview = source(tmp_path, projects=["HELP"], tickets=rules).preview()
    assert preview.counted["tickets of type incident"] == [
        "queue HELP, action call_us: 1 tickets, such as 10003"
    ]
    assert preview.not_counted["tickets of a type that counts"] == [
        "queue HELP, action none: 1 tickets, such as 10004 (no rule gives it another type than other)"
    ]
    assert preview.counted["tickets of type incident, by issue type"] == [
        "HELP, [System] Incident: 1 of 2 issues, such as HELP-3"
    ]
    assert preview.not_counted["tickets of a type that counts, by issue type"] == [
        "HELP, Task: 1 of 2 issues, such as HELP-4"
    ]


def test_incidents_are_known_in_full_only_where_somebody_says_so(serve: Serve, tmp_path: Path) -> None:
    serve({"/rest/api/3/search/jql": {"issues": [issue()], "isLast": True}})
    rule = [{"issue_type": "Incident"}]
    keys = {"projects": ["HELP"], "incidents": rule}
    silent = collected(source(tmp_path, **keys))
    said = collected(source(tmp_path, **keys, incident_services=["checkout", "till"]))
    assert [(c.resource, c.scope_id) for page in silent for c in page.coverage] == [("tickets", "HELP")]
    assert [(c.resource, c.scope_id) for page in said for c in page.coverage] == [
        ("tickets", "HELP"),
        ("incidents", "checkout"),
        ("incidents", "till"),
    ]
