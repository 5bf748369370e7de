"""What `payoff init` finds around it: repositories with their remotes, CI files, tokens by their names."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from collectors.git.repository import without_user
from service.onboarding.owners_files import OwnersFiles, read_owners_files

Forge = Literal["github", "gitlab", ""]
_REMOTE = re.compile(r"(?:\w+://)?(?:[^@/\s]+@)?(?P<host>[^/:\s]+)(?::\d+)?[/:](?P<path>[^\s]+?)(?:\.git)?/?")
_VERSION = re.compile(r"(?P<prefix>[A-Za-z_-]*)\d+\.\d+(?:\.\d+)?")
_PRODUCTION = re.compile(r"(?i)(^|[-_/ ])(prod|production|live)([-_/ ]|$)")
_CI = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml")
# What a secret of a kind of source is usually called; only whether a variable is there is looked at.
TOKENS: Mapping[str, Sequence[str]] = {
    "github": ("GITHUB_TOKEN", "GH_TOKEN"),
    "gitlab": ("GITLAB_TOKEN", "GITLAB_PRIVATE_TOKEN"),
    "pagerduty": ("PAGERDUTY_TOKEN", "PAGERDUTY_API_KEY"),
    "jira": ("JIRA_TOKEN", "JIRA_API_TOKEN"),
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout: where it lies, where it comes from, and by what its releases may be told."""

    folder: Path
    host: str = ""
    path: str = ""
    branch: str = "main"
    tag_pattern: str = ""

    @property
    def forge(self) -> Forge:
        """Which forge its host is, by the host's name."""
        return "github" if "github" in self.host else "gitlab" if "gitlab" in self.host else ""

    @property
    def identifier(self) -> str:
        """``acme/shop``; the folder's name without a remote."""
        return self.path or self.folder.name


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All of it; ``tokens`` maps a kind of source to the variable that is there, never to its value."""

    repositories: tuple[Repository, ...]
    owners: OwnersFiles
    environments: tuple[str, ...]
    tokens: Mapping[str, str]

    @property
    def production(self) -> tuple[str, ...]:
        """Environments of CI files whose names say production."""
        return tuple(name for name in self.environments if _PRODUCTION.search(name))


def look_around(folder: Path, environ: Mapping[str, str]) -> Surroundings:
    """What is in a folder: itself as a checkout, or the checkouts in it, and what the environment names."""
    repositories = tuple(_repositories(folder))
    places = [repository.folder for repository in repositories]
    named = {name for place in places for name in _environments(place)}
    tokens = {
        kind: found
        for kind, names in TOKENS.items()
        if (found := next((name for name in names if environ.get(name)), None))
    }
    return Surroundings(repositories, read_owners_files(folder), tuple(sorted(named)), tokens)


def owners_by_repository(folder: Path) -> Mapping[str, str]:
    """The team that owns the whole of each checkout in a folder, by CODEOWNERS."""
    owners = {each.identifier: read_owners_files(each.folder).owner for each in _repositories(folder)}
    return {identifier: owner for identifier, owner in owners.items() if owner}


def _repositories(folder: Path) -> Iterator[Repository]:
    if (folder / ".git").exists():
        yield _repository(folder)
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and (path / ".git").exists():
            yield _repository(path)


def _repository(folder: Path) -> Repository:
    remotes = dict(
        line.split(" ", 1) for line in _git(folder, "config", "--get-regexp", r"^remote\..*\.url$")
    )
    url = without_user(remotes.get("remote.origin.url") or next(iter(remotes.values()), ""))
    found = None if Path(url).expanduser().exists() else _REMOTE.fullmatch(url)
    head = next(iter(_git(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")), "")
    branch = head.partition("/")[2] or next(iter(_git(folder, "symbolic-ref", "--short", "HEAD")), "main")
    return Repository(
        folder,
        found["host"] if found else "",
        found["path"] if found else "",
        branch,
        _tag_pattern(_git(folder, "tag", "--sort=-creatordate")),
    )


def _git(folder: Path, *arguments: str) -> list[str]:
    """The lines that git answers with; none where it has no answer."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines() if done.returncode == 0 else []


def _tag_pattern(tags: Sequence[str]) -> str:
    """A pattern for tags that are versions, with the prefix of the newest; empty where there are none."""
    found = next((match for tag in tags if (match := _VERSION.fullmatch(tag))), None)
    return rf"^{re.escape(found['prefix'])}\d+\.\d+(\.\d+)?$" if found else ""


def _environments(folder: Path) -> Iterator[str]:
    """The environments that CI files name; one that an expression makes is left out."""
    for pattern in _CI:
        for path in sorted(folder.glob(pattern)):
            try:
                document = yaml.safe_load(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, yaml.YAMLError):
                continue
            for name in _environments_in(document):
                if name and "$" not in name:
                    yield name


def _environments_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _environments_in(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "environment":
            name = item.get("name", "") if isinstance(item, dict) else item
            yield name if isinstance(name, str) else ""
        else:
            yield from _environments_in(item)
