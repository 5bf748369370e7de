"""The commit graph of a clone as rows: one pass of ``git log``, in bulk, without messages or names."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from collectors.git.repository import Repository
from collectors.people import person_of
from warehouse.records import Commit, CommitPath, arrow_schema

PAGE_ROWS = 100_000
_FORMAT = "--format=%H%x1f%P%x1f%at%x1f%ct%x1f%ae"


def tips(repository: Repository) -> list[str]:
    """The commits that branches and tags point at, sorted."""
    lines = repository.run(
        "for-each-ref",
        "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)",
        "refs/heads",
        "refs/tags",
    ).splitlines()
    words = (line.split() for line in lines)
    return sorted({parts[-1] for parts in words if parts[-2] == "commit"})


def count_commits(repository: Repository, known: Sequence[str]) -> int:
    """How many commits are reachable now and were not from ``known``."""
    return int(
        repository.run("rev-list", "--count", "--all", "--ignore-missing", "--stdin", stdin=_without(known))
    )


def commit_tables(
    repository: Repository, repo_id: str, known: Sequence[str], pseudonym: Callable[[str], str]
) -> Iterator[pa.Table]:
    """Commits that are new since ``known`` as tables of `warehouse.records.Commit`, some at a time.

    ``known`` are tips of an earlier run; those that a forced push removed are ignored, so that what they
    hid is read again.
    """
    people = _Remembered(pseudonym)
    with repository.lines(
        "log", "--all", "--ignore-missing", "--stdin", _FORMAT, stdin=_without(known)
    ) as lines:
        for block in _blocks(lines):
            yield _table(repo_id, block, people)


def _without(known: Iterable[str]) -> str:
    return "".join(f"^{sha}\n" for sha in known)


def _blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    while block := list(islice(lines, PAGE_ROWS)):
        yield block


class _Remembered(dict[str, str | None]):
    """Who has which address, bots being nobody: a few people write many commits."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, key: str) -> str | None:
        value = self[key] = person_of(key, self.function)
        return value


def _table(repo_id: str, lines: Iterable[str], people: _Remembered) -> pa.Table:
    shas, parents, authored, committed, emails = zip(
        *(line.rstrip("\n").split("\x1f", 4) for line in lines), strict=True
    )
    return pa.table(
        {
            "repo_id": pa.repeat(repo_id, len(shas)),
            "sha": pa.array(shas),
            "committed_at": _times(committed),
            "authored_at": _times(authored),
            "parents": pa.array(parents),
            "author": pa.array([people[email] for email in emails]),
        },
        schema=arrow_schema(Commit),
    )


def _times(seconds: Iterable[str]) -> pa.Array:
    return pa.array([int(value) for value in seconds], pa.timestamp("s")).cast(pa.timestamp("us"))


def path_table(repository: Repository, repo_id: str, service_id: str, paths: Sequence[str]) -> pa.Table:
    """Which commits touch the paths of a service, as rows of `warehouse.records.CommitPath`.

    All of history, because simplification would drop side branches that end up the same. Merges are left
    out: what they bring was changed by the commits they join.
    """
    shas = repository.run(
        "log", "--all", "--full-history", "--no-merges", "--format=%H", "--", *paths
    ).split()
    return pa.table(
        {
            "repo_id": pa.repeat(repo_id, len(shas)),
            "sha": pa.array(shas, pa.string()),
            "service_id": pa.repeat(service_id, len(shas)),
        },
        schema=arrow_schema(CommitPath),
    )


def first_commit_seconds(repository: Repository, paths: Sequence[str] = ()) -> int | None:
    """Committer time of the oldest root, or of the oldest commit that touches ``paths``; ``None``: none."""
    if paths:
        times = repository.run("log", "--all", "--full-history", "--format=%ct", "--", *paths).split()
    else:
        times = repository.run("log", "--all", "--max-parents=0", "--format=%ct").split()
    return min(map(int, times), default=None)
