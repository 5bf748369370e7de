"""A private bare clone of a repository, kept up to date, and the one place that runs git.

Commits come by git and not by an API: a clone without trees (``--filter=tree:0``) gives the whole graph
without rate limits. The clone is a cache: mode 0700, never published, rebuilt when it is damaged.
Written against git 2.39's documentation of clone, fetch and partial clones.
"""

import base64
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from collectors.errors import CollectorError, FatalError, RetryableError

TIMEOUT_SECONDS = 3600
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_DAMAGE = ("not a git repository", "bad object", "corrupt", "loose object", "unable to read", "bad config")
# What git says, what it means, and what to do. The first that fits decides.
_REASONS: Sequence[tuple[tuple[str, ...], type[CollectorError], str]] = (
    (
        (
            "authentication failed",
            "could not read username",
            "could not read password",
            "permission denied",
            "403",
        ),
        FatalError,
        "access was refused. Check the credentials and that they may read this repository.",
    ),
    (
        ("could not resolve", "unable to access", "connection refused", "timed out", "could not connect"),
        RetryableError,
        "the server cannot be reached. Check the address and the network, then collect again.",
    ),
    (
        ("no space left", "read-only file system"),
        FatalError,
        "the cache folder cannot be written. Free space, or make the storage folder writable.",
    ),
    (
        ("does not exist", "not found", "does not appear to be", "not a git repository", "no such file"),
        FatalError,
        "there is no repository there. Check `url`.",
    ),
)


def without_user(text: str) -> str:
    """``text`` without the user and password of any URL in it."""
    return _USER_INFO.sub("", text)


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is fetched from; ``headers`` carry what stood before the ``@`` of an http URL."""

    url: str
    headers: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> "Remote":
        """The address as git is given it: paths absolute, credentials off the command line."""
        path = Path(url).expanduser()
        if path.exists():
            # A local path would be cloned by hard links, without a filter; a bundle is no server.
            return cls(str(path.resolve()) if path.is_file() else path.resolve().as_uri(), {})
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
            return cls(url, {})
        user, host = parts.netloc.rsplit("@", 1)
        token = base64.b64encode(unquote(user).encode()).decode()
        return cls(urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {token}"})


class Repository:
    """The clone of one source. ``with_trees`` keeps trees, which histories of a path need."""

    def __init__(self, source: str, url: str, cache: Path, *, with_trees: bool) -> None:
        self.source = source
        self.remote = Remote.parse(url)
        self.shown_url = without_user(url)
        self.directory = cache / "repository.git"
        self._filter = "blob:none" if with_trees else "tree:0"
        self._is_synced = False
        self._said = ""

    def sync(self) -> None:
        """Clone, or fetch what is new; once per run. A damaged clone is made again.

        Raises
        ------
        FatalError, RetryableError : refused, unreachable, not a repository, empty, or no room.
        """
        if self._is_synced:
            return
        with self._alone():
            try:
                self._fetch() if self._is_usable() else self._clone()
            except _DamagedError:
                shutil.rmtree(self.directory)
                self._clone()
        if not self.run("for-each-ref", "--count=1", "refs/heads", "refs/tags"):
            raise FatalError(
                f"{self.source}: {self.shown_url} is empty. Push a commit, or remove the source."
            )
        self._is_synced = True

    def run(self, *arguments: str, stdin: str = "") -> str:
        """What a git command prints."""
        with self.lines(*arguments, stdin=stdin) as lines:
            return "".join(lines)

    @contextmanager
    def lines(self, *arguments: str, stdin: str = "") -> Iterator[Iterator[str]]:
        """The lines that a git command prints, as they come, so that memory does not follow the history.

        Raises
        ------
        CollectorError : the command failed; the message holds git's own words, without credentials.
        """
        command = ["git", "--git-dir", str(self.directory), *arguments]
        with self._started(command) as process:
            assert process.stdin is not None  # noqa: S101  for the type checker: pipes were asked for
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(stdin)
            process.stdin.close()
            yield iter(process.stdout)
            process.stdout.read()
        self._require_success(process, arguments[0])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process syncs this clone; locks that a killed git left behind are then nobody's."""
        self._make_folder()
        with (self.directory.parent / "sync.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left_over in self.directory.rglob("*.lock"):
                left_over.unlink()
            yield

    def _is_usable(self) -> bool:
        if not self.directory.exists():
            return False
        try:
            kept = self.run("config", "payoff.origin").strip()
        except CollectorError:
            kept = ""
        if kept == f"{self.remote.url} {self._filter}":
            return True
        shutil.rmtree(self.directory)
        return False

    def _clone(self) -> None:
        """Into a temporary name first: a clone under its own name is complete."""
        partial = self.directory.with_suffix(".part")
        shutil.rmtree(partial, ignore_errors=True)
        options = [] if Path(self.remote.url).is_file() else [f"--filter={self._filter}"]
        self._plain("clone", "--bare", "--quiet", *options, self.remote.url, str(partial))
        for key, value in (("gc.auto", "0"), ("payoff.origin", f"{self.remote.url} {self._filter}")):
            self._plain("--git-dir", str(partial), "config", key, value)
        partial.replace(self.directory)

    def _make_folder(self) -> None:
        """The cache folder, for this user alone."""
        try:
            self.directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.directory.parent.chmod(0o700)
        except OSError as error:
            raise FatalError(
                f"{self.source}: the cache folder {self.directory.parent} cannot be used: {error.strerror}. "
                "Make the storage folder writable."
            ) from error

    def _fetch(self) -> None:
        self._plain(
            "--git-dir", str(self.directory), "fetch", "--quiet", "--prune", "--force", "origin", *_REFS
        )

    def _plain(self, *arguments: str) -> None:
        with self._started(["git", *arguments]) as process:
            assert process.stdin is not None  # noqa: S101
            process.stdin.close()
            process.wait(TIMEOUT_SECONDS)
        self._require_success(process, next(a for a in arguments if a in ("clone", "fetch", "config")))

    @contextmanager
    def _started(self, command: Sequence[str]) -> Iterator["subprocess.Popen[str]"]:
        """The running process, ended when the block is left early; what it says on stderr is kept."""
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    env=self._environment(),
                )
            except FileNotFoundError as error:
                raise FatalError(
                    f"{self.source}: git is not installed. Install git 2.31 or newer."
                ) from error
            try:
                yield process
                process.wait(TIMEOUT_SECONDS)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                errors.seek(0)
                self._said = errors.read()

    def _environment(self) -> dict[str, str]:
        """Never ask a person, speak English, and hand credentials over out of sight of the process list."""
        headers = {
            f"GIT_CONFIG_VALUE_{i}": f"{k}: {v}" for i, (k, v) in enumerate(self.remote.headers.items())
        }
        keys = {f"GIT_CONFIG_KEY_{i}": "http.extraHeader" for i in range(len(headers))}
        return {
            **os.environ,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
            "LC_ALL": "C",
            "GIT_CONFIG_COUNT": str(len(headers)),
            **keys,
            **headers,
        }

    def _require_success(self, process: "subprocess.Popen[str]", command: str) -> None:
        if process.returncode == 0:
            return
        said = without_user(self._said).strip()
        low = said.lower()
        if command != "clone" and any(words in low for words in _DAMAGE):
            raise _DamagedError(
                f"{self.source}: the clone of {self.shown_url} is damaged. Delete {self.directory} and "
                "collect again."
            )
        last = said.splitlines()[-1] if said else f"exit code {process.returncode}"
        for words, kind, meaning in _REASONS:
            if any(word in low for word in words):
                raise kind(f"{self.source}: {self.shown_url}: {meaning} git {command} said: {last}")
        raise FatalError(f"{self.source}: {self.shown_url}: git {command} failed: {last}")


class _DamagedError(FatalError):
    """The clone cannot be read; it is made again."""
