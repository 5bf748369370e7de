"""`kind: jira`: issues of Jira Cloud and Data Center as tickets, with their history and logged work.

Written against the Jira Cloud platform REST API, version 3 (2026):
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ (``search/jql``, pages by
``nextPageToken``), .../api-group-issues/ (changelog), .../api-group-issue-worklogs/; the Jira Software Cloud
API 1.0 (board issues); and Jira Data Center 9.17, REST API 2:
https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/ (``search``, pages by ``startAt``).

The list holds the history, comments and work of most issues; what does not fit into it (more than 100
changes, 20 entries of work) is asked for issue by issue. Every change of an issue moves its ``updated``, so
nothing that is open needs to be fetched again. An issue that is deleted stays as it was last seen.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from collectors.auth import Auth, BasicAuth, BearerToken
from collectors.base import Context, Preview, Resource
from collectors.exchange import Request
from collectors.http import Client
from collectors.jira.config import Config as Config
from collectors.jira.issues import Issues
from collectors.jira.items import parser
from collectors.jira.paging import Window, jql
from collectors.jira.preview import ByIssueType
from collectors.jira.shape import shaper
from collectors.pagination import NextCursor, Offset, at
from collectors.preview import Credentials, previewed
from collectors.rest import Edited
from collectors.rest_details import Detail
from collectors.rest_items import Item, Parse

BROWSE = '"Browse projects"'
_FIELDS = (
    "project", "issuetype", "status", "priority", "labels", "components", "reporter", "created", "updated",
    "resolutiondate", "statuscategorychangedate", "comment", "worklog",
)  # fmt: skip
_PER_PAGE = "100"


def build(name: str, config: Config, context: Context) -> "JiraSource":
    """The source; nothing is fetched before it is asked for pages or a preview."""
    return JiraSource(name, config, context)


class JiraSource:
    """The issues of one site: a list for each project and board, or one of all."""

    kind = "jira"

    def __init__(self, name: str, config: Config, context: Context) -> None:
        self.name = name
        self.config = config
        self.context = context
        self.is_cloud = config.edition == "cloud"
        self._api = "rest/api/3" if self.is_cloud else "rest/api/2"
        self._parse: Parse = parser(config)
        self._client = Client(name, config.url, self._auth(), sleep=context.sleep)

    @property
    def concurrency(self) -> int:
        """How many lists are read at once."""
        return self.config.concurrency

    def resources(self) -> Sequence[Resource]:
        scopes = self.config.projects or (() if self.config.boards else ("*",))
        projects = [self._project(scope) for scope in scopes]
        first, *others = [*projects, *(self._board(board) for board in self.config.boards)]
        return [replace(first, incident_services=self.config.incident_services), *others]

    def preview(self) -> Preview:
        """Rights by project, the limit left, and how many of the newest tickets are of which type."""
        looking = copy.copy(self)
        looking._parse = by_issue_type = ByIssueType(self._parse)
        return by_issue_type.added_to(previewed(looking, self.context, credentials=self._credentials))

    def _project(self, scope: str) -> Issues:
        projects = () if scope == "*" else (scope,)
        path, paginator = (
            (f"{self._api}/search/jql", NextCursor("nextPageToken", "nextPageToken"))
            if self.is_cloud
            else (f"{self._api}/search", Window())
        )
        return self._issues(scope_id=scope, path=path, paginator=paginator, projects=projects)

    def _board(self, board: int) -> Issues:
        path = f"rest/agile/1.0/board/{board}/issue"
        return self._issues(scope_id=f"board {board}", path=path, paginator=Window(), projects=())

    def _issues(self, *, projects: Sequence[str], **where: Any) -> Issues:
        return Issues(
            client=self._client,
            name="issues",
            items="issues",
            params={
                "fields": ",".join((*_FIELDS, *self.config.custom_fields)),
                "expand": "changelog",
                "maxResults": _PER_PAGE,
            },
            key=lambda issue: str(issue["id"]),
            parse=self._parse,
            scrub=shaper(self.context.pseudonym, self.config.custom_fields),
            now=self.context.now,
            begin=self.config.start,
            right=BROWSE,
            covers=("tickets",),
            edited=Edited("fields.updated", "jql", lambda since: jql(projects, since)),
            details=self._details(),
            **where,
        )

    def _details(self) -> tuple[Detail, ...]:
        """What a list cuts off. Data Center's list holds a whole history."""
        work = self._detail("all_worklogs", "worklog", "fields.worklog", "worklogs")
        comments = self._detail("all_comments", "comment", "fields.comment", "comments")
        if not self.is_cloud:
            return work, comments
        history = self._detail("all_histories", "changelog", "changelog", "values", within="histories")
        return history, work, comments

    def _detail(self, name: str, path: str, place: str, items: str, within: str = "") -> Detail:
        return Detail(
            name=name,
            path=_where_cut_off(f"{self._api}/issue/{{}}/{path}", place, within or items),
            paginator=Offset("startAt"),
            items=items,
            params={"maxResults": _PER_PAGE},
            right=BROWSE,
        )

    def _auth(self) -> Auth:
        token, variable = self.config.token.get_secret_value, self.context.variable("token")
        if self.config.user is None:
            return BearerToken(token, variable=variable)
        return BasicAuth(self.config.user.get_secret_value(), token, variable=variable)

    def _credentials(self) -> Credentials:
        """What the account may see of each project. The names of accounts are left where they are."""
        lacking = [right for key in self.config.projects or ("",) for right in self._lacking(key)]
        host = urlsplit(self.config.site_url or self.config.url).hostname
        return Credentials(f"an account of {host}", tuple(lacking))

    def _lacking(self, project: str) -> list[str]:
        params = {"permissions": "BROWSE_PROJECTS"} | ({"projectKey": project} if project else {})
        what = f"rights in {project}" if project else "rights"
        answer = self._client.find(Request(f"{self._api}/mypermissions", params, what, BROWSE))
        if answer is not None and at(answer.data, "permissions.BROWSE_PROJECTS.havePermission") is True:
            return []
        return [f"{BROWSE} in {project or 'any project'} (or there is no such project)"]


def _where_cut_off(path: str, place: str, items: str) -> Callable[[Item], str]:
    """The address of a list whose beginning stands in the issue; "" where all of it does."""

    def address(issue: Item) -> str:
        found = at(issue, place)
        given = at(found, items)
        if isinstance(given, list) and found.get("total", len(given)) <= len(given):
            return ""
        # An issue without its history was not given any; other lists are left out on purpose.
        return path.format(issue["id"]) if isinstance(given, list) or place == "changelog" else ""

    return address
