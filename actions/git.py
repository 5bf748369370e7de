"""A GitOps repository that several processes change at once, none losing the commit of another.

A change is built in the object store of a private bare clone, without a work tree: blobs, a tree, a commit,
and one push that the server takes only on top of what was read. Where somebody else was first, what is there
now is read, the change is built anew from it, and pushed again. So a kill at any moment leaves nothing half
written: the push has happened or it has not. Written against git 2.39.
"""

import contextlib
import fcntl
import json
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from actions.errors import TransportError
from actions.remote import access, failure, without_user

ATTEMPTS = 40
_TIMEOUT_SECONDS = 120
_LOST_RACE = (
    "non-fast-forward",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
    "remote ref updated",
)
Files = Mapping[str, str | None]
"""Texts by path; ``None`` takes a file away."""


class _BehindError(Exception):
    """The branch moved between reading and pushing."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What a change came to: ``sha`` of the commit, or of the branch where nothing had to change."""

    sha: str
    is_new: bool
    diff: str


class Tree:
    """What a branch holds, at one commit."""

    def __init__(self, repository: "Repository", sha: str) -> None:
        self._repository, self.sha = repository, sha

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of all files."""
        if not self.sha:
            return frozenset()
        listed = self._repository.git("ls-tree", "-r", "-z", "--name-only", self.sha)
        return frozenset(path for path in listed.split("\0") if path)

    def read(self, path: str) -> str | None:
        """The text of a file; ``None`` where there is none."""
        return self._repository.git("show", f"{self.sha}:{path}") if path in self.paths else None


class Repository:
    """The repository at ``url``, with a bare clone in ``cache`` (mode 0700, may be deleted at any time).

    ``sleep`` is the tests' seam.
    """

    def __init__(
        self,
        url: str,
        branch: str,
        cache: Path,
        *,
        author: str,
        ssh_key: Path | None = None,
        known_hosts: Path | None = None,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.shown_url = without_user(url)
        self._url, self._environment = access(url, ssh_key, known_hosts)
        self._branch, self._cache, self._sleep = branch, cache, sleep
        self._attempts = attempts
        self._author, self._email = author.rstrip(">").split(" <")

    def change(
        self,
        build: Callable[[Tree], Files],
        message: str,
        *,
        onto: str = "",
        clock: Callable[[], float] = time.time,
    ) -> Commit:
        """The commit that ``build`` asks for, pushed to the branch, or to the branch ``onto``.

        ``build`` is called again with newer contents each time that another change came first.

        Raises
        ------
        ConflictError : ``build`` says so.
        TransportError : it cannot be read or written, or others were faster too often; nothing was changed.
        """
        with self._alone():
            for attempt in range(self._attempts):
                tree = self._fetched()
                commit = self._built(tree, build(tree), message, clock())
                if not commit.is_new:
                    return commit
                try:
                    self._push(commit.sha, onto or self._branch, is_own=bool(onto))
                    return commit
                except _BehindError:
                    self._sleep(random.uniform(0.02, 0.2) * min(attempt + 1, 10))  # noqa: S311  no secret
        raise TransportError(f"{self.shown_url}: others committed first {self._attempts} times. Ask again.")

    def preview(self, build: Callable[[Tree], Files]) -> Commit:
        """What a change would be, without making it. Errors: see `change`."""
        with self._alone():
            tree = self._fetched()
            return self._built(tree, build(tree), "preview", 0)

    def contents(self) -> Tree:
        """What the branch holds now. Errors: see `change`."""
        with self._alone():
            return self._fetched()

    def git(self, *arguments: str, given: str | None = None, **environment: str) -> str:
        """What git prints, given text and variables of its environment. Errors: see `change`."""
        command = ["git", "--git-dir", str(self._directory), *arguments]
        try:
            run = subprocess.run(
                command,
                check=False,
                input=given,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_SECONDS,
                env={**self._environment, **environment},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise TransportError(
                f"{self.shown_url}: git {arguments[0]} did not end ({type(error).__name__}). Check that git "
                "is installed and the server answers, and ask again; nothing was changed."
            ) from None
        if run.returncode != 0:
            raise failure(self.shown_url, arguments[0], run.stderr)
        return run.stdout

    @property
    def _directory(self) -> Path:
        return self._cache / "gitops.git"

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One change at a time on this machine: the others would push in vain."""
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _fetched(self) -> Tree:
        """The branch as it is now. A clone that a kill or a full disk damaged is made again."""
        try:
            return self._fetch()
        except TransportError:
            if not self._directory.exists() or self._is_sound():
                raise
            shutil.rmtree(self._directory)
            return self._fetch()

    def _fetch(self) -> Tree:
        if not (self._directory / "HEAD").exists():
            shutil.rmtree(self._directory, ignore_errors=True)
            self.git("init", "-q", "--bare")
        for lock in self._directory.glob("*.lock"):
            lock.unlink(missing_ok=True)  # of a killed process: we are alone here
        listed = self.git("ls-remote", self._url, f"refs/heads/{self._branch}")
        if not listed:
            return Tree(self, "")  # a repository without a commit
        sha = listed.split()[0]
        self.git("fetch", "-q", "--no-tags", "--depth=1", self._url, f"+{sha}:refs/payoff/base")
        return Tree(self, sha)

    def _is_sound(self) -> bool:
        with contextlib.suppress(TransportError):
            self.git("rev-parse", "--git-dir")
            return True
        return False

    def _built(self, tree: Tree, files: Files, message: str, now: float) -> Commit:
        """The commit in the object store; nobody but this clone knows it yet."""
        if not {path for path, text in files.items() if text is not None or path in tree.paths}:
            return Commit(tree.sha, False, "")
        by = f"{self._author} <{self._email}> {int(now)} +0000"
        lines = ["commit refs/payoff/new", f"author {by}", f"committer {by}", _data(message)]
        lines += [f"from {tree.sha}"] if tree.sha else []
        for path, text in files.items():
            quoted = json.dumps(path)
            lines += [f"D {quoted}"] if text is None else [f"M 100644 inline {quoted}", _data(text)]
        self.git("update-ref", "-d", "refs/payoff/new")
        self.git("fast-import", "--quiet", "--force", "--date-format=raw", given="\n".join([*lines, ""]))
        sha = self.git("rev-parse", "refs/payoff/new").strip()
        diff = self.git("diff", "--no-color", tree.sha or self._empty_tree(), sha)
        return Commit(sha, True, diff) if diff else Commit(tree.sha, False, "")

    def _empty_tree(self) -> str:
        return self.git("mktree", given="").strip()  # the name of a tree without files

    def _push(self, sha: str, branch: str, *, is_own: bool) -> None:
        """A branch of our own may be built anew, on top of what is there now."""
        refspec = f"{'+' if is_own else ''}{sha}:refs/heads/{branch}"
        try:
            self.git("push", "-q", self._url, refspec)
        except TransportError as error:
            said = str(error.__cause__).lower()
            if any(sign in said for sign in _LOST_RACE):
                raise _BehindError from error
            raise


def _data(text: str) -> str:
    """Text as `git fast-import` reads it: its length in bytes first."""
    return f"data {len(text.encode())}\n{text}"
