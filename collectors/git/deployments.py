"""Deployments that a repository itself tells of: tags that match a pattern, or what reached a branch."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collectors.git.repository import Repository

_FIELDS = "%00".join(
    (
        "%(refname:strip=2)",
        "%(objecttype)",
        "%(objectname)",
        "%(*objecttype)",
        "%(*objectname)",
        "%(creatordate:unix)",
    )
)


@dataclass(frozen=True, slots=True)
class Release:
    """A moment at which a commit went out: the name of a tag, or a commit's hash on a branch."""

    name: str
    sha: str
    at: datetime


def tags(repository: Repository) -> tuple[list[Release], list[str]]:
    """All tags of commits by time and name, and the names of tags that point to something else.

    An annotated tag's time is the tagger's, a lightweight one's the committer's of its commit.
    """
    found, others = [], []
    for line in repository.run("for-each-ref", f"--format={_FIELDS}", "refs/tags").splitlines():
        name, kind, sha, peeled_kind, peeled, seconds = line.split("\0")
        if "commit" not in (kind, peeled_kind) or not seconds:
            others.append(name)
            continue
        found.append(Release(name, peeled or sha, datetime.fromtimestamp(int(seconds), UTC)))
    return sorted(found, key=lambda release: (release.at, release.name)), others


def tagged(releases: Sequence[Release], pattern: str) -> list[Release]:
    """The tags whose whole name matches the pattern."""
    compiled = re.compile(pattern)
    return [release for release in releases if compiled.fullmatch(release.name)]


def merged(repository: Repository, branch: str, paths: Sequence[str] = ()) -> list[Release]:
    """What reached a branch, oldest first: each commit of its first-parent line, at its committer time.

    With ``paths`` only those that change one of them against what was there before.
    """
    limit = ("--", *paths) if paths else ()
    lines = repository.run(
        "log", "--first-parent", "--format=%H %ct", f"refs/heads/{branch}", *limit
    ).splitlines()
    return list(_in_order(lines))


def _in_order(lines: Sequence[str]) -> Iterator[Release]:
    """Oldest first. The branch knows the order better than clocks do, so a time never goes back."""
    last = datetime.min.replace(tzinfo=UTC)
    for line in reversed(lines):
        sha, seconds = line.split()
        last = max(datetime.fromtimestamp(int(seconds), UTC), last + timedelta(microseconds=1))
        yield Release(sha, sha, last)


def branches(repository: Repository) -> list[str]:
    """The names of all branches."""
    return repository.run("for-each-ref", "--format=%(refname:strip=2)", "refs/heads").splitlines()
