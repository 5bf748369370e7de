"""The security review of a request: what the ticket says, and what its status means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from actions.catalogue import Action
from actions.config import Review

Verdict = Literal["open", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its tracker knows it; ``url`` is where a person reads it."""

    id: str
    url: str


class Tracker(Protocol):
    """What every tracker can do. Errors: see `actions.http.Http`."""

    def open(self, title: str, text: str) -> Ticket: ...

    def find(self, marker: str) -> Ticket | None:
        """The ticket with ``marker`` in its title, where a killed run had opened one."""
        ...

    def status(self, ticket_id: str) -> str: ...

    def comment(self, ticket_id: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the review sees it. ``operation`` is create, update or retire."""

    run_id: str
    operation: str
    action: Action
    inputs: Mapping[str, Any]
    run_url: str


def opened(tracker: Tracker, asked: Asked) -> Ticket:
    """The review ticket of a request: the one that there is, or a new one."""
    return tracker.find(asked.run_id) or tracker.open(title(asked), text(asked))


def title(asked: Asked) -> str:
    """The title; it holds the run, by which the ticket is found again."""
    name, team = asked.inputs.get("name", ""), asked.inputs.get("team", "")
    return f"Review: {asked.operation} {name} of team {team} ({asked.action.name}, {asked.run_id})"


def text(asked: Asked) -> str:
    """What was requested, and the controls that are on."""
    lines = [
        f"{asked.action.title}, version {asked.action.version}, operation: {asked.operation}",
        "",
        "Requested:",
        *(f"- {name}: {_shown(value)}" for name, value in asked.inputs.items()),
        "",
        "Controls that are on:",
        *(f"- {control}" for control in asked.action.controls),
        "",
        f"Run {asked.run_id}: {asked.run_url or 'see `payoff deploy status`'}",
    ]
    return "\n".join(lines)


def verdict(status: str, review: Review) -> Verdict:
    """What a status of the tracker means."""
    word = status.strip().casefold()
    if word in {name.casefold() for name in review.rejected}:
        return "rejected"
    return "approved" if word in {name.casefold() for name in review.approved} else "open"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
