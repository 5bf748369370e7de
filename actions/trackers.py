"""The trackers that a review ticket can be opened in, one small class each.

Written against: Jira Cloud and Data Center REST v2 · ServiceNow Table API · GitHub REST 2022-11-28 · GitLab
REST v4 · Redmine 5 REST · Request Tracker 5 REST2.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from actions.config import Review
from actions.errors import TransportError
from actions.http import Http
from actions.review import Ticket, Tracker


def tracker_of(review: Review, http: Http) -> Tracker | None:
    """The configured tracker; ``None`` where there is no review."""
    if review.tracker == "none":
        return None
    kinds: dict[str, Callable[[Review, Http], Tracker]] = {
        "jira": Jira,
        "servicenow": ServiceNow,
        "github": GitHub,
        "gitlab": GitLab,
        "redmine": Redmine,
        "request_tracker": RequestTracker,
    }
    return kinds[review.tracker](review, http)


class _Base:
    def __init__(self, review: Review, http: Http) -> None:
        self.http, self.project, self.kind = http, review.project, review.ticket_type
        self.url = review.url.rstrip("/")


class Jira(_Base):
    """Issues of a Jira project."""

    def open(self, title: str, text: str) -> Ticket:
        fields = {
            "project": {"key": self.project},
            "issuetype": {"name": self.kind},
            "summary": title,
            "description": text,
        }
        return self._ticket(self.http.send("POST", "rest/api/2/issue", body={"fields": fields}))

    def find(self, marker: str) -> Ticket | None:
        # The enhanced search of Cloud; Data Center has the older address only.
        jql = {"jql": f'project = "{self.project}" AND summary ~ "{marker}"', "fields": "summary"}
        found = _first(self._searched(jql).get("issues"), lambda issue: marker in issue["fields"]["summary"])
        return self._ticket(found) if found else None

    def status(self, ticket_id: str) -> str:
        issue = self.http.send("GET", f"rest/api/2/issue/{_in_url(ticket_id)}", params={"fields": "status"})
        return str(issue["fields"]["status"]["name"])

    def comment(self, ticket_id: str, text: str) -> None:
        self.http.send("POST", f"rest/api/2/issue/{_in_url(ticket_id)}/comment", body={"body": text})

    def _searched(self, jql: dict[str, str]) -> Any:
        try:
            return self.http.send("GET", "rest/api/2/search/jql", params=jql)
        except TransportError:
            return self.http.send("GET", "rest/api/2/search", params=jql)

    def _ticket(self, issue: Any) -> Ticket:
        return Ticket(str(issue["key"]), f"{self.url}/browse/{issue['key']}")


class ServiceNow(_Base):
    """Records of a table, such as ``change_request``."""

    def open(self, title: str, text: str) -> Ticket:
        record = {"short_description": title, "description": text}
        return self._ticket(self.http.send("POST", self._table, body=record)["result"])

    def find(self, marker: str) -> Ticket | None:
        query = {"sysparm_query": f"short_descriptionLIKE{marker}", "sysparm_limit": "1"}
        found = _first(self.http.send("GET", self._table, params=query)["result"])
        return self._ticket(found) if found else None

    def status(self, ticket_id: str) -> str:
        shown = {"sysparm_fields": "approval,state", "sysparm_display_value": "true"}
        record = self.http.send("GET", f"{self._table}/{_in_url(ticket_id)}", params=shown)["result"]
        approval = str(record.get("approval") or "")
        # A change request has an approval of its own; other records have a state only.
        return approval if approval and approval.casefold() != "not yet requested" else str(record["state"])

    def comment(self, ticket_id: str, text: str) -> None:
        self.http.send("PATCH", f"{self._table}/{_in_url(ticket_id)}", body={"work_notes": text})

    @property
    def _table(self) -> str:
        return f"api/now/table/{_in_url(self.project)}"

    def _ticket(self, record: Any) -> Ticket:
        address = f"{self.url}/nav_to.do?uri={self.project}.do%3Fsys_id={record['sys_id']}"
        return Ticket(str(record["sys_id"]), address)


class GitHub(_Base):
    """Issues of a repository. Labels say what became of one: a closed issue says no more than that."""

    def open(self, title: str, text: str) -> Ticket:
        return self._ticket(self.http.send("POST", f"repos/{self.project}/issues", body=_issue(title, text)))

    def find(self, marker: str) -> Ticket | None:
        newest = {"state": "all", "sort": "created", "direction": "desc", "per_page": "100"}
        issues = self.http.send("GET", f"repos/{self.project}/issues", params=newest)
        found = _first(issues, lambda issue: marker in issue["title"])
        return self._ticket(found) if found else None

    def status(self, ticket_id: str) -> str:
        issue = self.http.send("GET", f"repos/{self.project}/issues/{_in_url(ticket_id)}")
        if issue["state"] == "closed" and issue.get("state_reason") == "not_planned":
            return "rejected"
        return "closed" if issue["state"] == "closed" else _label(issue["labels"], "name")

    def comment(self, ticket_id: str, text: str) -> None:
        self.http.send(
            "POST", f"repos/{self.project}/issues/{_in_url(ticket_id)}/comments", body={"body": text}
        )

    def _ticket(self, issue: Any) -> Ticket:
        return Ticket(str(issue["number"]), str(issue["html_url"]))


class GitLab(_Base):
    """Issues of a project."""

    def open(self, title: str, text: str) -> Ticket:
        body = {"title": title, "description": text}
        return self._ticket(self.http.send("POST", self._issues, body=body))

    def find(self, marker: str) -> Ticket | None:
        found = _first(self.http.send("GET", self._issues, params={"search": marker, "in": "title"}))
        return self._ticket(found) if found else None

    def status(self, ticket_id: str) -> str:
        issue = self.http.send("GET", f"{self._issues}/{_in_url(ticket_id)}")
        label = _label(issue["labels"])
        return label if label or issue["state"] == "opened" else str(issue["state"])

    def comment(self, ticket_id: str, text: str) -> None:
        self.http.send("POST", f"{self._issues}/{_in_url(ticket_id)}/notes", body={"body": text})

    @property
    def _issues(self) -> str:
        return f"api/v4/projects/{quote(self.project, safe='')}/issues"

    def _ticket(self, issue: Any) -> Ticket:
        return Ticket(str(issue["iid"]), str(issue["web_url"]))


class Redmine(_Base):
    """Issues of a project."""

    def open(self, title: str, text: str) -> Ticket:
        issue: dict[str, Any] = {"project_id": self.project, "subject": title, "description": text}
        if self.kind.isdecimal():
            issue["tracker_id"] = int(self.kind)
        return self._ticket(self.http.send("POST", "issues.json", body={"issue": issue})["issue"])

    def find(self, marker: str) -> Ticket | None:
        query = {"project_id": self.project, "subject": f"~{marker}", "status_id": "*"}
        found = _first(self.http.send("GET", "issues.json", params=query)["issues"])
        return self._ticket(found) if found else None

    def status(self, ticket_id: str) -> str:
        return str(self.http.send("GET", f"issues/{_in_url(ticket_id)}.json")["issue"]["status"]["name"])

    def comment(self, ticket_id: str, text: str) -> None:
        self.http.send("PUT", f"issues/{_in_url(ticket_id)}.json", body={"issue": {"notes": text}})

    def _ticket(self, issue: Any) -> Ticket:
        return Ticket(str(issue["id"]), f"{self.url}/issues/{issue['id']}")


class RequestTracker(_Base):
    """Tickets of a queue."""

    def open(self, title: str, text: str) -> Ticket:
        body = {"Queue": self.project, "Subject": title, "Content": text, "ContentType": "text/plain"}
        return self._ticket(self.http.send("POST", "REST/2.0/ticket", body=body))

    def find(self, marker: str) -> Ticket | None:
        query = {"query": f"Queue = '{self.project}' AND Subject LIKE '{marker}'"}
        found = _first(self.http.send("GET", "REST/2.0/tickets", params=query)["items"])
        return self._ticket(found) if found else None

    def status(self, ticket_id: str) -> str:
        return str(self.http.send("GET", f"REST/2.0/ticket/{_in_url(ticket_id)}")["Status"])

    def comment(self, ticket_id: str, text: str) -> None:
        body = {"Content": text, "ContentType": "text/plain"}
        self.http.send("POST", f"REST/2.0/ticket/{_in_url(ticket_id)}/comment", body=body)

    def _ticket(self, ticket: Any) -> Ticket:
        return Ticket(str(ticket["id"]), f"{self.url}/Ticket/Display.html?id={ticket['id']}")


def _issue(title: str, text: str) -> dict[str, str]:
    return {"title": title, "body": text}


def _first(items: Any, fits: Any = None) -> Any:
    return next((item for item in items or [] if fits is None or fits(item)), None)


def _label(labels: Any, key: str = "") -> str:
    """The first label that could be a verdict; an issue without one is open."""
    names = [str(label[key] if key else label) for label in labels]
    return names[0] if names else "open"


def _in_url(part: str) -> str:
    return quote(part, safe="")
