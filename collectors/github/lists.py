"""The lists of one repository of GitHub: what to ask for, in which order it comes, what is asked besides."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from collectors.base import Context
from collectors.github import items, queries, runs, shapes
from collectors.github.config import Config, Part
from collectors.github.making import LINKS, Maker
from collectors.github.pull_requests import pull_request, pull_request_node
from collectors.http import Client
from collectors.rest import Edited, RestResource, Unfinished
from collectors.rest_details import Detail
from collectors.scrub import Scrub, scrubber


@dataclass(frozen=True)
class Lists:
    """The lists of a source."""

    config: Config
    context: Context
    rest: Client
    graphql: Client

    def of(self, repository: str) -> Iterator[RestResource]:
        """Those that are configured."""
        makers: Mapping[Part, Callable[[str], RestResource | None]] = {
            "pull_requests": self._pull_requests,
            "deployments": self._deployments,
            "runs": self._runs,
            "issues": self._issues,
        }
        made = [makers[part](repository) for part in self.config.collect]
        return (one for one in made if one is not None)

    def teams(self, org: str) -> RestResource:
        """The teams of an organisation."""
        return self._make.connection(
            "teams",
            org,
            "data.organization.teams",
            queries.TEAMS,
            {"org": org},
            key=lambda item: str(item["slug"]),
            parse=partial(items.team, org=org),
            scrub=shapes.scrubbed(shapes.team, self.people),
            right="Members: read",
        )

    @cached_property
    def _make(self) -> Maker:
        return Maker(self.config, self.context, self.rest, self.graphql)

    @cached_property
    def people(self) -> Scrub:
        """Takes people out of what is kept."""
        return scrubber(self.context.pseudonym)

    @cached_property
    def _users(self) -> shapes.Users:
        return shapes.users(self.config.bots)

    def _pull_requests(self, repository: str) -> RestResource:
        base, right = f"repos/{repository}/pulls", "Pull requests: read"
        common: dict[str, Any] = {
            "key": lambda item: str(item["number"]),
            "parse": partial(items.change, repository=repository),
            "covers": ("changes",),
            "right": right,
        }
        if self.config.api == "graphql":
            return self._make.of_repository(
                "pull_requests",
                repository,
                "pullRequests",
                queries.PULL_REQUESTS,
                scrub=shapes.scrubbed(pull_request_node(self._users), self.people),
                edited=Edited(at="updatedAt"),
                details=(
                    self._make.whole("commits", f"{base}/{{}}/commits", right),
                    self._make.whole("reviews", f"{base}/{{}}/reviews", right),
                ),
                **common,
            )
        return self._make.rest_list(
            "pull_requests",
            repository,
            path=base,
            params={"state": "all", "sort": "updated", "direction": "desc"},
            scrub=shapes.scrubbed(pull_request(self._users), self.people),
            edited=Edited(),
            details=(
                self._make.per_item("commits", f"{base}/{{number}}/commits", right),
                self._make.per_item("reviews", f"{base}/{{number}}/reviews", right),
                self._make.per_item("events", f"repos/{repository}/issues/{{number}}/events", right),
            ),
            **common,
        )

    def _deployments(self, repository: str) -> RestResource | None:
        if self.config.deployments_from == "releases":
            return self._releases(repository)
        if self.config.deployments_from == "workflows":
            return None
        base, right = f"repos/{repository}/deployments", "Deployments: read"
        common: dict[str, Any] = {
            "parse": partial(runs.deployment, repository=repository, rules=self.config.rules),
            "covers": ("deployments",),
            "right": right,
        }
        if self.config.api == "graphql":
            return self._make.of_repository(
                "deployments",
                repository,
                "deployments",
                queries.DEPLOYMENTS,
                key=lambda item: str(item["node_id"]),
                scrub=shapes.scrubbed(shapes.deployment_node, self.people),
                edited=Edited(at="createdAt", changed="updatedAt"),
                unfinished=Unfinished(
                    self._make.may_end(lambda item: runs.outcome_of(item["statuses"]).status),
                    lambda key: self.config.graphql,
                    "data.node",
                    queries.ONE_DEPLOYMENT,
                ),
                **common,
            )
        return self._make.rest_list(
            "deployments",
            repository,
            path=base,
            scrub=shapes.scrubbed(shapes.deployment, self.people),
            edited=Edited(at="created_at", changed="updated_at"),
            unfinished=Unfinished(
                self._make.may_end(lambda item: runs.outcome_of(item["statuses"]).status),
                lambda key: f"{base}/{key}",
            ),
            details=(self._make.per_item("statuses", f"{base}/{{id}}/statuses", right),),
            **common,
        )

    def _runs(self, repository: str) -> RestResource:
        base, right = f"repos/{repository}/actions/runs", "Actions: read"
        deploys = bool(self.config.deployment_workflows)
        jobs = Detail(
            "jobs",
            lambda item: f"{base}/{item['id']}/jobs",
            LINKS,
            "jobs",
            {"filter": "all", **self._make.size},
            right,
        )
        return self._make.rest_list(
            "runs",
            repository,
            path=base,
            items="workflow_runs",
            parse=partial(runs.run, repository=repository, rules=self.config.rules),
            scrub=shapes.scrubbed(shapes.run, self.people),
            right=right,
            covers=("builds", "deployments") if deploys else ("builds",),
            edited=Edited(
                at="created_at", changed="updated_at", look_back=timedelta(days=self.config.rerun_days)
            ),
            unfinished=Unfinished(self._make.may_end(runs.run_status), lambda key: f"{base}/{key}"),
            details=(jobs,) if deploys or self.config.keep_jobs else (),
        )

    def _releases(self, repository: str) -> RestResource:
        base, right, rules = f"repos/{repository}/releases", "Contents: read", self.config.rules
        commit = Detail(
            "commit",
            lambda item: f"repos/{repository}/commits/{quote(item['tag_name'], safe='')}",
            right=right,
        )
        return self._make.rest_list(
            "releases",
            repository,
            path=base,
            parse=partial(items.release, repository=repository, rules=rules),
            scrub=shapes.scrubbed(shapes.release, self.people),
            right=right,
            covers=("deployments",),
            edited=Edited(at="created_at"),
            unfinished=Unfinished(lambda item: bool(item["draft"]), lambda key: f"{base}/{key}"),
            details=(commit,),
            left_out=lambda item: items.why_no_release(item, rules),
        )

    def _issues(self, repository: str) -> RestResource | None:
        rules = self.config.rules
        covers = (
            *(["incidents"] if rules.incidents else []),
            *(["tickets"] if rules.tickets else []),
        )
        if not covers:
            return None
        base, right = f"repos/{repository}/issues", "Issues: read"
        comments = Detail(
            "comments",
            lambda item: f"{base}/{item['number']}/comments" if item["comments"] else "",
            LINKS,
            params=self._make.size,
            right=right,
        )
        return self._make.rest_list(
            "issues",
            repository,
            path=base,
            key=lambda item: str(item["number"]),
            params={"state": "all", "sort": "updated", "direction": "desc"},
            parse=partial(items.issue, repository=repository, rules=rules),
            scrub=shapes.scrubbed(shapes.issue(self._users), self.people),
            right=right,
            covers=covers,
            edited=Edited(parameter="since"),
            # The list has pull requests too.
            narrow=lambda found: [
                one for one in found if not (isinstance(one, Mapping) and "pull_request" in one)
            ],
            details=(comments,) if rules.tickets else (),
            left_out=lambda item: "no rule makes it an incident or a ticket",
        )
