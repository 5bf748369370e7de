"""Every tracker: the ticket it opens, how it is found again, what its status means, how it is commented."""

from collections.abc import Mapping
from typing import Any

import pytest

from actions.config import Review
from actions.errors import TransportError
from actions.review import Ticket, verdict
from actions.trackers import tracker_of

URL = "https://desk.example"


class Server:
    """Answers by method and path, and what was sent."""

    def __init__(self, answers: Mapping[tuple[str, str], Any]) -> None:
        self.answers, self.sent = answers, []  # type: ignore[var-annotated]

    def send(self, method: str, path: str, *, body: Any = None, params: Any = None) -> Any:
        self.sent.append((method, path, body, params))
        if (method, path) not in self.answers:
            raise TransportError(f"404 for {path}")
        return self.answers[method, path]


def issue(number: int, **more: Any) -> dict[str, Any]:
    return {"number": number, "title": "Review run-7", "html_url": f"{URL}/i/{number}", "labels": [], **more}


KINDS: dict[str, tuple[str, dict[tuple[str, str], Any], Ticket, str]] = {
    "jira": (
        "SEC",
        {
            ("POST", "rest/api/2/issue"): {"key": "SEC-7"},
            ("GET", "rest/api/2/search"): {"issues": [{"key": "SEC-7", "fields": {"summary": "x run-7 y"}}]},
            ("GET", "rest/api/2/issue/SEC-7"): {"fields": {"status": {"name": "Done"}}},
            ("POST", "rest/api/2/issue/SEC-7/comment"): {},
        },
        Ticket("SEC-7", f"{URL}/browse/SEC-7"),
        "approved",
    ),
    "servicenow": (
        "change_request",
        {
            ("POST", "api/now/table/change_request"): {"result": {"sys_id": "a1"}},
            ("GET", "api/now/table/change_request"): {"result": [{"sys_id": "a1"}]},
            ("GET", "api/now/table/change_request/a1"): {"result": {"approval": "Rejected", "state": "New"}},
            ("PATCH", "api/now/table/change_request/a1"): {},
        },
        Ticket("a1", f"{URL}/nav_to.do?uri=change_request.do%3Fsys_id=a1"),
        "rejected",
    ),
    "github": (
        "acme/reviews",
        {
            ("POST", "repos/acme/reviews/issues"): issue(7),
            ("GET", "repos/acme/reviews/issues"): [issue(8, title="another"), issue(7)],
            ("GET", "repos/acme/reviews/issues/7"): issue(7, state="closed", state_reason="not_planned"),
            ("POST", "repos/acme/reviews/issues/7/comments"): {},
        },
        Ticket("7", f"{URL}/i/7"),
        "rejected",
    ),
    "gitlab": (
        "acme/reviews",
        {
            ("POST", "api/v4/projects/acme%2Freviews/issues"): {"iid": 7, "web_url": f"{URL}/i/7"},
            ("GET", "api/v4/projects/acme%2Freviews/issues"): [{"iid": 7, "web_url": f"{URL}/i/7"}],
            ("GET", "api/v4/projects/acme%2Freviews/issues/7"): {"state": "opened", "labels": ["approved"]},
            ("POST", "api/v4/projects/acme%2Freviews/issues/7/notes"): {},
        },
        Ticket("7", f"{URL}/i/7"),
        "approved",
    ),
    "redmine": (
        "security",
        {
            ("POST", "issues.json"): {"issue": {"id": 7}},
            ("GET", "issues.json"): {"issues": [{"id": 7}]},
            ("GET", "issues/7.json"): {"issue": {"status": {"name": "In Progress"}}},
            ("PUT", "issues/7.json"): None,
        },
        Ticket("7", f"{URL}/issues/7"),
        "open",
    ),
    "request_tracker": (
        "Security",
        {
            ("POST", "REST/2.0/ticket"): {"id": "7"},
            ("GET", "REST/2.0/tickets"): {"items": [{"id": "7"}]},
            ("GET", "REST/2.0/ticket/7"): {"Status": "resolved"},
            ("POST", "REST/2.0/ticket/7/comment"): ["added"],
        },
        Ticket("7", f"{URL}/Ticket/Display.html?id=7"),
        "approved",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_is_opened_found_again_judged_and_commented(kind: str) -> None:
    project, answers, ticket, expected = KINDS[kind]
    review = Review.model_validate({"tracker": kind, "url": URL, "project": project, "token": "t"})
    server = Server(answers)
    tracker = tracker_of(review, server)
    assert tracker is not None
    assert tracker.open("Review run-7", "what was asked for") == ticket
    assert "what was asked for" in str(server.sent[0][2])
    assert tracker.find("run-7") == ticket
    assert verdict(tracker.status(ticket.id), review) == expected
    tracker.comment(ticket.id, "Commit abc.")
    assert "Commit abc." in str(server.sent[-1][2])


def test_without_a_tracker_there_is_no_review() -> None:
    assert tracker_of(Review(), Server({})) is None


def test_an_identifier_cannot_leave_its_place_in_the_address() -> None:
    review = Review.model_validate({"tracker": "redmine", "url": URL, "project": "p", "token": "t"})
    server = Server({})
    tracker = tracker_of(review, server)
    assert tracker is not None
    with pytest.raises(TransportError):
        tracker.status("../../users/1")
    assert server.sent[0][1] == "issues/..%2F..%2Fusers%2F1.json"
