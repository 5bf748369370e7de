"""Who opens a pull request for a branch that was pushed: GitHub, GitLab, or a person.

Written against GitHub REST 2022-11-28 (pulls) and GitLab REST v4 (merge requests).
"""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

from actions.config import Repository
from actions.http import Http


class Forge(Protocol):
    """What a forge can do."""

    def propose(self, branch: str, title: str, text: str) -> str:
        """The address of the open pull request of a branch: the one that there is, or a new one."""
        ...


def forge_of(repository: Repository, http: Http) -> Forge | None:
    """The configured forge; ``None`` where a person opens the pull request."""
    kinds: dict[str, Callable[[Repository, Http], Forge]] = {"github": GitHub, "gitlab": GitLab}
    kind = kinds.get(repository.forge)
    return kind(repository, http) if kind else None


class GitHub:
    """Pull requests of a GitHub repository."""

    def __init__(self, repository: Repository, http: Http) -> None:
        self._http, self._project, self._base = http, repository.project, repository.branch

    def propose(self, branch: str, title: str, text: str) -> str:
        place = f"repos/{self._project}/pulls"
        owner = self._project.partition("/")[0]
        params = {"head": f"{owner}:{branch}", "state": "open"}
        known = self._http.send("GET", place, params=params)
        body = {"title": title, "body": text, "head": branch, "base": self._base}
        pull = known[0] if known else self._http.send("POST", place, body=body)
        return str(pull["html_url"])


class GitLab:
    """Merge requests of a GitLab project."""

    def __init__(self, repository: Repository, http: Http) -> None:
        self._http, self._base = http, repository.branch
        self._place = f"api/v4/projects/{quote(repository.project, safe='')}/merge_requests"

    def propose(self, branch: str, title: str, text: str) -> str:
        known = self._http.send("GET", self._place, params={"source_branch": branch, "state": "opened"})
        body = {
            "source_branch": branch,
            "target_branch": self._base,
            "title": title,
            "description": text,
            "remove_source_branch": True,
        }
        request = known[0] if known else self._http.send("POST", self._place, body=body)
        return str(request["web_url"])
