"""What is asked of actions and by whom, and what they need of the world around them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actions.forges import Forge
from actions.git import Repository
from actions.review import Tracker
from actions.runs import Clock, Journal, Operation, Run

ROLE = "deploy"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a pseudonym, what it may do, and for which teams (``None``: all)."""

    pseudonym: str
    roles: frozenset[str]
    teams: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. ``key`` is chosen by the caller: the same key is the same request."""

    action: str
    inputs: Mapping[str, Any]
    actor: Actor
    operation: Operation = "create"
    key: str = ""
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Ports:
    """What actions need of the world around them.

    ``owner_of`` gives the team that owns a service by all that is known (``None``: no such service), and
    ``teams`` all teams that are known (none: nobody knows);
    ``time_saved`` what a run of an action saves, measured on its tickets (ISO 8601, empty: unknown);
    ``announce`` tells others of a stage and never fails; ``new_id`` makes identifiers of runs.
    """

    journal: Journal
    repository: Repository
    tracker: Tracker | None
    forge: Forge | None
    clock: Clock
    new_id: Callable[[], str]
    owner_of: Callable[[str], str | None] = lambda name: None
    teams: Callable[[], frozenset[str]] = frozenset
    time_saved: Callable[[str], str] = lambda action: ""
    run_url: Callable[[str], str] = lambda run_id: ""
    announce: Callable[[Run], None] = lambda run: None
