"""A real bare repository, and stand-ins for a tracker, a forge and the journal, for tests of runs."""

import itertools
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from actions.config import Actions as Config
from actions.deploy import Actions
from actions.git import Repository
from actions.ports import Actor, Ports, Request
from actions.review import Ticket
from actions.runs import Operation, Run
from tests.actions.asked import asked, platform

DEVELOPER = Actor("5f2d9c01aa77be34", frozenset({"deploy"}))
START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@dataclass
class Memory:
    """A journal in memory that keeps every state."""

    runs: list[Run] = field(default_factory=list)

    def append(self, run: Run) -> None:
        self.runs.append(Run.of_event(run.as_event()))

    def by_id(self, run_id: str) -> Run | None:
        return next((run for run in reversed(self.runs) if run.run_id == run_id), None)

    def by_key(self, key: str) -> Run | None:
        return next((run for run in reversed(self.runs) if run.key == key), None)


@dataclass
class Desk:
    """A tracker whose tickets stand open until a test decides."""

    tickets: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    answer: str = "New"

    def open(self, title: str, text: str) -> Ticket:
        self.tickets[title] = text
        return Ticket(str(len(self.tickets)), f"https://desk.example/{len(self.tickets)}")

    def find(self, marker: str) -> Ticket | None:
        found = [number for number, title in enumerate(self.tickets, 1) if marker in title]
        return Ticket(str(found[0]), f"https://desk.example/{found[0]}") if found else None

    def status(self, ticket_id: str) -> str:
        return self.answer

    def comment(self, ticket_id: str, text: str) -> None:
        self.comments.append(text)


@dataclass
class Hub:
    """A forge that opens one pull request for a branch."""

    pulls: dict[str, str] = field(default_factory=dict)

    def propose(self, branch: str, title: str, text: str) -> str:
        return self.pulls.setdefault(branch, f"https://hub.example/{len(self.pulls) + 1}")


@dataclass
class World:
    """Everything that a run touches."""

    remote: Path
    config: Config
    ports: Ports
    journal: Memory
    desk: Desk
    hub: Hub

    @property
    def actions(self) -> Actions:
        return Actions(self.config, self.ports)

    def deploy(
        self, operation: Operation = "create", *, dry_run: bool = False, key: str = "", **changed: Any
    ) -> Run:
        request = Request("deploy-service", asked(**changed), DEVELOPER, operation, key, dry_run)
        return self.actions.request(request)

    def git(self, *arguments: str) -> str:
        command = ["git", "--git-dir", str(self.remote), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def files(self, branch: str = "main") -> list[str]:
        return self.git("ls-tree", "-r", "--name-only", branch).splitlines()

    @property
    def n_commits(self) -> int:
        return int(self.git("rev-list", "--count", "--all"))

    def with_ports(self, **changed: Any) -> "World":
        return replace(self, ports=replace(self.ports, **changed))


def bare_repository(path: Path) -> Path:
    """An empty bare repository."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    return path


def ticking(step: timedelta = timedelta(seconds=1)) -> Callable[[], datetime]:
    """A clock that moves on with every look at it; threads may share it."""
    looks = itertools.count()
    return lambda: START + step * next(looks)


def world(folder: Path, *, with_review: bool = False, **config: Any) -> World:
    """A world in a folder; ``config`` changes the section `actions`."""
    remote = bare_repository(folder / "gitops.git")
    settings = Config.model_validate({"platform": platform(), "repository": {"url": str(remote)}, **config})
    journal, desk, hub, numbers = Memory(), Desk(), Hub(), itertools.count(1)
    repository = Repository(
        str(remote), settings.repository.branch, folder / "cache", author=settings.repository.author
    )
    ports = Ports(
        journal=journal,
        repository=repository,
        tracker=desk if with_review else None,
        forge=hub,
        clock=ticking(),
        new_id=lambda: f"run-{next(numbers)}",
    )
    return World(remote, settings, ports, journal, desk, hub)
