"""Real repositories for the tests of linking: read by the git command, or written by it from a seed."""

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class GitCommit:
    """A commit as git prints it; times are seconds since 1970."""

    sha: str
    parents: str
    committed: int
    authored: int


@dataclass(frozen=True)
class Tag:
    """A tag, the commit it names and its creator date, in seconds since 1970."""

    name: str
    sha: str
    created: int


def git(repository: Path, *arguments: str, given: str | None = None) -> str:
    """What a git command prints."""
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments], input=given, capture_output=True, text=True, check=True
    )
    return done.stdout


def clone(bundle: Path, target: Path) -> Path:
    """A bare repository made of a bundle."""
    subprocess.run(["git", "clone", "-q", "--bare", str(bundle), str(target)], check=True)
    return target


def commits(repository: Path) -> list[GitCommit]:
    """All commits that any reference reaches."""
    lines = git(repository, "log", "--all", "--format=%H|%P|%ct|%at").splitlines()
    parts = (line.split("|") for line in lines)
    return [
        GitCommit(sha, parents, int(committed), int(authored)) for sha, parents, committed, authored in parts
    ]


def tags(repository: Path) -> list[Tag]:
    """Tags by creator date and name."""
    form = "%(refname:short)|%(creatordate:unix)|%(*objectname)|%(objectname)"
    lines = git(repository, "for-each-ref", "refs/tags", f"--format={form}").splitlines()
    parts = (line.split("|") for line in lines)
    found = [Tag(name, peeled or own, int(created)) for name, created, peeled, own in parts]
    return sorted(found, key=lambda tag: (tag.created, tag.name))


def is_ancestor(repository: Path, older: str, newer: str) -> bool:
    """Git's own answer."""
    command = ["git", "-C", str(repository), "merge-base", "--is-ancestor", older, newer]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def write_history(target: Path, *, n_commits: int, seed: int) -> list[str]:
    """A repository with branches and merges; its commits, oldest first."""
    rng = random.Random(seed)
    subprocess.run(["git", "init", "-q", "--bare", str(target)], check=True)
    stream = []
    for mark in range(1, n_commits + 1):
        n_parents = min(mark - 1, rng.choice([1, 1, 1, 2, 3]))
        chosen = rng.sample(range(max(1, mark - 8), mark), min(n_parents, mark - 1, 8)) if mark > 1 else []
        stream += [f"commit refs/heads/c{mark}", f"mark :{mark}"]
        stream += [f"committer A <a@example.com> {1_700_000_000 + 3600 * rng.randrange(999)} +0000", "data 0"]
        stream += [f"{'from' if i == 0 else 'merge'} :{parent}" for i, parent in enumerate(chosen)]
        stream += [""]
    git(target, "fast-import", "--quiet", given="\n".join(stream) + "\n")
    names = [f"refs/heads/c{mark}" for mark in range(1, n_commits + 1)]
    return git(target, "rev-parse", *names).split()
