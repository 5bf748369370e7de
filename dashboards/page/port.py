"""The commands that the dashboard may give; the service that runs it implements them and hands them over.

A dashboard that is only shown snapshots has none, and its pages say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from actions.catalogue import Action
from actions.runs import Operation, Run
from dashboards.access.roles import Permission
from dashboards.access.visitor import Visitor
from warehouse.goals import Goals, Wish
from warehouse.ledger import Ledger
from warehouse.ledger import Wish as LedgerWish


@dataclass(frozen=True, slots=True)
class Order:
    """What a visitor wants done: an action with its inputs."""

    action: str
    inputs: Mapping[str, Any]
    operation: Operation = "create"


class Commands(Protocol):
    """What can be done from a page, each checked for the visitor's role by whoever implements it.

    Errors are `actions.errors.ActionError`, in words for the visitor.
    """

    def refusal(self, visitor: Visitor, permission: Permission) -> str:
        """Why this visitor may not do this, and what would help; empty where they may."""
        ...

    def actions(self) -> Mapping[str, Action]:
        """The actions that can be asked for, by name."""
        ...

    def asked_before(self, name: str) -> Mapping[str, Any]:
        """The inputs that a service stands for now; empty where there is none."""
        ...

    def preview(self, visitor: Visitor, order: Order) -> Run:
        """A dry run, ended, with its diff; nothing is changed."""
        ...

    def submit(self, visitor: Visitor, order: Order) -> Run:
        """The run, safe on disk; the work goes on behind it."""
        ...

    def run(self, visitor: Visitor, run_id: str) -> Run:
        """The run as it stands."""
        ...

    def runs(self, visitor: Visitor) -> Sequence[Run]:
        """Every run that is no dry run, the newest first."""
        ...

    def goals(self, published: Goals) -> Goals:
        """Published goals and what was decided since, marked as pending."""
        ...

    def set_goal(self, visitor: Visitor, wish: Wish) -> None:
        """Set or change a goal, safe on disk; `InputError` names the fields that cannot be."""
        ...

    def withdraw_goal(self, visitor: Visitor, metric: str, scope: str, note: str) -> None:
        """End a goal, safe on disk; with the same errors."""
        ...

    def ledger(self, published: Ledger) -> Ledger:
        """The published ledger and what was decided since, marked as pending."""
        ...

    def edit_ledger(self, visitor: Visitor, wish: LedgerWish) -> None:
        """Enter a new version of an assumption, safe on disk; `InputError` names the wrong fields."""
        ...

    def take_back(self, visitor: Visitor, key: str, scope_id: str, note: str) -> None:
        """End the version that holds, so that the one before it does; with the same errors."""
        ...

    def commit_url(self, run: Run) -> str:
        """Where the commit of a run can be seen; empty where that is nowhere."""
        ...


@dataclass
class _Provided:
    commands: Commands | None = None


_here = _Provided()


def provide(commands: Commands | None) -> None:
    """Let the pages of this process give commands; ``None`` takes them away."""
    _here.commands = commands


def commands() -> Commands | None:
    """The commands of this process; ``None`` where there are none."""
    return _here.commands
