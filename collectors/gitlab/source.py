"""`kind: gitlab`: merge requests, deployments, pipelines, incidents and tickets of a GitLab.

Written against the REST API v4 as documented for GitLab 18.x: https://docs.gitlab.com/api/rest/ and the pages
named in `collectors.gitlab.items` and `collectors.gitlab.runs`.

Lists are read newest edit first with ``updated_after``. Issues of a project page by keyset (18.3 and later;
an older GitLab ignores the word); the limit of 50,000 items of offset paging holds only for lists that can
page by keyset. Links between pages are followed and never made up. Child pipelines are not in the list of
pipelines; what they deploy to an environment is in that of deployments.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from collectors.auth import BearerToken
from collectors.base import Context, Preview, Resource
from collectors.exchange import Request
from collectors.gitlab import items, runs, shapes
from collectors.gitlab.config import Config
from collectors.gitlab.projects import Project, discovered, named_project
from collectors.http import Client
from collectors.pagination import LinkHeader
from collectors.preview import Credentials, previewed
from collectors.rest import Edited, RestResource, Unfinished
from collectors.rest_details import Detail
from collectors.rest_items import Item
from collectors.scrub import scrubber, shaped

_FIRST_RUN = timedelta(days=400)
# A job that nobody ever starts stays open for ever; one that is started after all is listed as edited.
_GIVE_UP = timedelta(days=90)
_LINKS = LinkHeader()


__all__ = ["Config", "GitLabSource", "build"]


def build(name: str, config: Config, context: Context) -> "GitLabSource":
    """The source; nothing is fetched before it is asked for its resources."""
    return GitLabSource(name, config, context)


@dataclass(frozen=True)
class GitLabSource:
    """A group, or some projects, of one GitLab."""

    name: str
    config: Config
    context: Context
    page_size: int = 100
    kind: str = field(default="gitlab", init=False)

    @property
    def concurrency(self) -> int:
        """How many lists are read at once."""
        return self.config.concurrency

    def resources(self) -> Sequence[Resource]:
        """The lists of every project there is now, and the teams."""
        config = self.config
        projects = discovered(self._client, config.group, config.projects, config.include, config.exclude)
        lists = [made for project in projects for made in self._of_project(project)]
        return [*lists, *self._teams()]

    def resources_of(self, scope_id: str) -> Sequence[Resource]:
        """The lists of one project or of the group, without asking whether it is still there."""
        if scope_id == self.config.group:
            return list(self._teams())
        return list(self._of_project(named_project(scope_id)))

    def preview(self) -> Preview:
        """What the first pages show; they are kept short, for every item costs further requests."""
        return previewed(replace(self, page_size=20), self.context, credentials=self._credentials)

    def _credentials(self) -> Credentials:
        """What the token may do; GitLab tells it of access tokens, not of OAuth."""
        response = self._client.find(Request("personal_access_tokens/self", what="the token itself"))
        told = response.data if response and isinstance(response.data, Mapping) else {}
        scopes = [str(scope) for scope in told.get("scopes") or ()]
        expires = told.get("expires_at")
        return Credentials(
            f"a token for {self.config.url}" + (f" with {', '.join(scopes)}" if scopes else ""),
            () if not scopes or {"api", "read_api"} & set(scopes) else ("read_api",),
            datetime.combine(date.fromisoformat(expires), time(), UTC) if expires else None,
        )

    @cached_property
    def _client(self) -> Client:
        auth = BearerToken(self.config.token.get_secret_value, variable=self.context.variable("token"))
        return Client(self.name, f"{self.config.url.rstrip('/')}/api/v4", auth, sleep=self.context.sleep)

    @cached_property
    def _people(self) -> Any:
        return scrubber(self.context.pseudonym)

    def _of_project(self, project: Project) -> Iterator[RestResource]:
        makers = {
            "merge_requests": self._merge_requests,
            "deployments": self._deployments,
            "pipelines": self._pipelines,
            "issues": self._issues,
        }
        for part in self.config.collect:
            made = makers[part](project) if part not in project.disabled else None
            if made is not None:
                yield made

    def _list(self, project: Project, part: str, key: str, **rest: Any) -> RestResource:
        params = {"order_by": "updated_at", "sort": "desc", **rest.pop("params", {})}
        return RestResource(
            client=self._client,
            name=part,
            scope_id=project.path,
            path=f"projects/{project.reference}/{part}",
            params={**params, "per_page": str(self.page_size)},
            paginator=_LINKS,
            key=lambda item: str(item[key]),
            now=self.context.now,
            begin=self._begin,
            right="the scope read_api and the role Reporter",
            edited=Edited(parameter="updated_after"),
            **rest,
        )

    def _merge_requests(self, project: Project) -> RestResource:
        base = f"projects/{project.reference}/merge_requests"
        return self._list(
            project,
            "merge_requests",
            "iid",
            params={"state": "all", "scope": "all"},
            parse=partial(items.change, project=project.path),
            scrub=shaped(shapes.merge_request(self._users), self._people),
            covers=("changes",),
            details=(self._detail("commits", base), self._detail("notes", base)),
        )

    def _deployments(self, project: Project) -> RestResource | None:
        if self.config.deployment_jobs:
            return None
        base = f"projects/{project.reference}"
        tier = Detail(
            "tier",
            lambda item: f"{base}/environments/{item['environment']['id']}",
            right="the scope read_api and the role Reporter",
            is_shared=True,
        )
        return self._list(
            project,
            "deployments",
            "id",
            parse=partial(runs.deployment, project=project.path, rules=self.config.rules),
            scrub=shaped(shapes.deployment, self._people),
            covers=("deployments",),
            unfinished=Unfinished(
                self._is_open(runs.DEPLOYMENT_STATUS), lambda key: f"{base}/deployments/{key}"
            ),
            details=(tier,) if self.config.environment_by == "tier" else (),
        )

    def _pipelines(self, project: Project) -> RestResource:
        base = f"projects/{project.reference}/pipelines"
        # One that is fetched again comes whole; in the list it has no times.
        whole = Detail("full", lambda item: "" if "started_at" in item else f"{base}/{item['id']}")
        jobs = Detail(
            "jobs",
            lambda item: f"{base}/{item['id']}/jobs",
            _LINKS,
            params={"per_page": "100", "include_retried": "true"},
        )
        wants_jobs = self.config.keep_jobs or bool(self.config.deployment_jobs)
        return self._list(
            project,
            "pipelines",
            "id",
            parse=partial(runs.pipeline, project=project.path, rules=self.config.rules),
            scrub=shaped(shapes.pipeline, self._people),
            covers=("builds", "deployments") if self.config.deployment_jobs else ("builds",),
            unfinished=Unfinished(self._is_open(runs.RUN_STATUS), lambda key: f"{base}/{key}"),
            details=(whole, jobs) if wants_jobs else (whole,),
        )

    def _issues(self, project: Project) -> RestResource | None:
        rules = self.config.rules
        covers = [*(["incidents"] if rules.incidents else []), *(["tickets"] if rules.tickets else [])]
        if not covers:
            return None
        base = f"projects/{project.reference}/issues"
        notes = self._detail("notes", base, lambda item: rules.kind_of(item, project.path) == "ticket")
        return self._list(
            project,
            "issues",
            "iid",
            params={"state": "all", "scope": "all", "pagination": "keyset"},
            parse=partial(items.issue, project=project.path, rules=rules),
            scrub=shaped(shapes.issue(self._users), self._people),
            covers=tuple(covers),
            also_covers=tuple(("incidents", service) for service in self.config.incident_services),
            details=(notes,),
            left_out=lambda item: "no rule makes it an incident or a ticket",
        )

    def _teams(self) -> Iterator[RestResource]:
        if not (self.config.teams and self.config.group):
            return
        members = Detail(
            "members", lambda item: f"groups/{item['id']}/members", _LINKS, params={"per_page": "100"}
        )
        yield RestResource(
            client=self._client,
            name="groups",
            scope_id=self.config.group,
            path=f"groups/{quote(self.config.group, safe='')}/descendant_groups",
            params={"per_page": "100"},
            paginator=_LINKS,
            key=lambda item: str(item["full_path"]),
            parse=items.team,
            scrub=shaped(shapes.group(self._users), self._people),
            now=self.context.now,
            begin=self._begin,
            details=(members,),
        )

    def _detail(self, name: str, base: str, wanted: Callable[[Item], bool] = lambda item: True) -> Detail:
        return Detail(
            name,
            lambda item: f"{base}/{item['iid']}/{name}" if wanted(item) else "",
            _LINKS,
            params={"per_page": "100"},
        )

    def _is_open(self, statuses: Mapping[str, str]) -> Callable[[Item], bool]:
        """Whether an item may still end by itself."""
        oldest = self.context.now - _GIVE_UP
        return lambda item: (
            statuses[item["status"]] == "in_progress" and datetime.fromisoformat(item["created_at"]) >= oldest
        )

    @property
    def _begin(self) -> datetime:
        start_on = self.config.start_on
        return datetime.combine(start_on, time(), UTC) if start_on else self.context.now - _FIRST_RUN

    @cached_property
    def _users(self) -> shapes.Users:
        return shapes.users(self.config.bots)
