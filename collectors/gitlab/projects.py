"""Which projects of GitLab are collected: those that are named, and those of a group as it is now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from collectors.errors import FatalError
from collectors.exchange import Request
from collectors.http import Client
from collectors.pagination import START, LinkHeader, Position, list_pages
from collectors.ticket_rules import Names
from warehouse.names import any_matches

Part = Literal["merge_requests", "deployments", "pipelines", "issues"]
# What a project can have switched off: https://docs.gitlab.com/api/projects/
_SWITCHES: Mapping[Part, str] = {
    "merge_requests": "merge_requests_access_level",
    "deployments": "environments_access_level",
    "pipelines": "builds_access_level",
    "issues": "issues_access_level",
}


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its full path, how requests name it, and what it has switched off."""

    path: str
    reference: str
    disabled: frozenset[Part] = frozenset()


def named_project(path: str) -> Project:
    """A project by its full path, of which nothing else is known."""
    return Project(path, quote(path, safe=""))


def discovered(
    client: Client, group: str | None, named: Sequence[str], include: Names, exclude: Names
) -> list[Project]:
    """The projects of the group that are included and not excluded, and the named ones, each once, by path.

    Raises
    ------
    FatalError : there is no such group, or its projects may not be listed.
    """
    found = {path: named_project(path) for path in named}
    if group:
        for project in _of_group(client, group):
            is_included = not include or any_matches(include, project.path)
            if is_included and not any_matches(exclude, project.path):
                found[project.path] = project
    return [found[path] for path in sorted(found)]


def _of_group(client: Client, group: str) -> Iterator[Project]:
    what = f"projects of the group {group}"
    path = f"groups/{quote(group, safe='')}/projects"
    params = {
        "include_subgroups": "true",
        "with_shared": "false",
        "order_by": "id",
        "sort": "asc",
        "per_page": "100",
    }

    def fetch(position: Position) -> Any:
        request = (
            Request(position.link, {}, what, "the scope read_api")
            if position.link
            else Request(path, params, what, "the scope read_api")
        )
        response = client.find(request)
        if response is None:
            raise FatalError(
                f"{client.source}: there is no group {group}, or the token cannot see it. Check `group`."
            )
        return response

    for page in list_pages(LinkHeader(), fetch, "", START, f"{client.source}: {what}"):
        for item in page.items:
            yield _project(item)


def _project(item: Mapping[str, Any]) -> Project:
    disabled = frozenset(part for part, switch in _SWITCHES.items() if item.get(switch) == "disabled")
    return Project(item["path_with_namespace"], str(item["id"]), disabled)
