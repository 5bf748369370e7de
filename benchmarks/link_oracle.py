"""`python -m benchmarks.link_oracle REPOSITORY`: linking against `git rev-list` on real history, in one run.

The repository is a path or a bundle. Its deployments are its tags, or with `--from first-parent` every
commit of the main line. Git is asked per deployment for `git rev-list SHA --not EARLIER…`; both answers
are compared commit by commit, and a link by time is compared with them too. Exit code 1: they disagree.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np
import pyarrow as pa

from warehouse.links.containment import NEVER, first_containing
from warehouse.links.graph import commit_graph, condense

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Commits:
    """All commits that references reach, in parallel lists; times are committer dates in seconds."""

    shas: list[str]
    parents: list[str]
    committed: list[int]


@dataclass(frozen=True, slots=True)
class Deployment:
    """A commit that went out at a time, in seconds since 1970."""

    at: int
    name: str
    sha: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.link_oracle", description=__doc__)
    parser.add_argument("repository", type=Path, help="path of a repository, or a bundle")
    parser.add_argument("--from", dest="origin", choices=("tags", "first-parent"), default="tags")
    parser.add_argument("--pattern", default="", help="regular expression for the tags that are deployments")
    arguments = parser.parse_args()
    with _opened(arguments.repository) as repository:
        deployments = read_deployments(repository, arguments.origin, arguments.pattern)
        if not deployments:
            sys.exit(f"{arguments.repository}: no deployment found; no tag matches {arguments.pattern!r}.")
        sys.exit(_compare(repository, deployments))


@contextmanager
def _opened(path: Path) -> Iterator[Path]:
    """The repository itself, or a temporary clone of a bundle."""
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["git", "clone", "-q", "--bare", str(path), directory], check=True)
        yield Path(directory)


def _git(repository: Path, *arguments: str, given: str = "") -> list[str]:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def read_deployments(repository: Path, origin: str, pattern: str) -> list[Deployment]:
    """Deployments by time and name; tags that name no commit are left out."""
    if origin == "tags":
        form = "%(creatordate:unix) %(refname:short) %(*objecttype)%(objecttype) %(*objectname) %(objectname)"
        rows = [line.split() for line in _git(repository, "for-each-ref", "refs/tags", f"--format={form}")]
        found = [(int(row[0]), row[1], row[3]) for row in rows if row[2] in ("commit", "committag")]
        found = [row for row in found if re.search(pattern, row[1])]
    else:
        rows = [line.split() for line in _git(repository, "log", "--first-parent", "--format=%ct %H")]
        found = [(int(at), sha, sha) for at, sha in rows]
    return [Deployment(*row) for row in sorted(found)]


def read_commits(repository: Path) -> Commits:
    """The whole graph in one call."""
    rows = [line.split("|") for line in _git(repository, "log", "--all", "--format=%H|%P|%ct")]
    return Commits([r[0] for r in rows], [r[1] for r in rows], [int(r[2]) for r in rows])


def by_linking(commits: Commits, deployments: Sequence[Deployment]) -> dict[str, int]:
    """The place of the first deployment that contains each commit, by one sweep over the graph."""
    graph = commit_graph("oracle", pa.array(commits.shas), pa.array(commits.parents))
    tips = graph.nodes(pa.array([deployment.sha for deployment in deployments]))
    first = first_containing(condense(graph, tips), tips, np.arange(len(tips)))
    return {sha: rank for sha, rank in zip(commits.shas, first.tolist(), strict=True) if rank != NEVER}


def by_rev_list(repository: Path, deployments: Sequence[Deployment]) -> dict[str, int]:
    """The same by asking git for every deployment what no earlier one has."""
    places: dict[str, int] = {}
    for place, deployment in enumerate(deployments):
        wanted = [deployment.sha, *(f"^{earlier.sha}" for earlier in deployments[:place])]
        places |= dict.fromkeys(_git(repository, "rev-list", "--stdin", given="\n".join(wanted)), place)
    return places


def by_time(commits: Commits, deployments: Sequence[Deployment]) -> dict[str, int]:
    """What other tools do: the first deployment after the commit."""
    times = np.array([deployment.at for deployment in deployments])
    places = np.searchsorted(times, np.array(commits.committed)).tolist()
    return dict(zip(commits.shas, places, strict=True))


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    start = perf_counter()
    return work(), perf_counter() - start


def _compare(repository: Path, deployments: Sequence[Deployment]) -> int:
    # The first array makes pyarrow load what it needs, which is no part of linking.
    pa.array([""])
    commits, read_seconds = _timed(lambda: read_commits(repository))
    ours, our_seconds = _timed(lambda: by_linking(commits, deployments))
    theirs, their_seconds = _timed(lambda: by_rev_list(repository, deployments))
    n_disagreements = sum(ours.get(sha) != theirs.get(sha) for sha in ours.keys() | theirs.keys())
    print(f"commits {len(commits.shas):,}, contained in a deployment {len(ours):,}")
    print(f"deployments {len(deployments):,}")
    print(f"linking {our_seconds:.4f} s, reading the graph before it {read_seconds:.4f} s")
    print(f"git rev-list per deployment {their_seconds:.4f} s")
    print(f"ratio to linking {their_seconds / our_seconds:.1f}")
    print(f"ratio to reading and linking {their_seconds / (our_seconds + read_seconds):.1f}")
    print(f"disagreements {n_disagreements}")
    _print_by_time(ours, by_time(commits, deployments))
    return int(n_disagreements > 0)


def _print_by_time(exact: Mapping[str, int], guessed: Mapping[str, int]) -> None:
    n_early = sum(guessed[sha] < place for sha, place in exact.items())
    n_late = sum(guessed[sha] > place for sha, place in exact.items())
    share = (n_early + n_late) / len(exact)
    print(f"wrong by time {share:.1%} of them: {n_early:,} too early, {n_late:,} too late")


if __name__ == "__main__":
    main()
