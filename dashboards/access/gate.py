"""The gate: who a connection belongs to. The service implements it and hands it over."""

import os
from dataclasses import dataclass
from typing import Protocol

from dashboards.access.visitor import Connection, Kind, Visitor
from dashboards.places import LOGIN_VARIABLE


class Gate(Protocol):
    """Decides from what the server saw, and from nothing that a page says."""

    @property
    def kind(self) -> Kind:
        """How people log in."""
        ...

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it looks at, in lower case."""
        ...

    @property
    def logout_url(self) -> str:
        """Where a proxy ends a login; empty where that is not known."""
        ...

    def visitor(self, seen: Connection) -> Visitor:
        """Who this is, and their role."""
        ...


@dataclass
class _Provided:
    gate: Gate | None = None


_here = _Provided()


def provide_gate(gate: Gate | None) -> None:
    """Let this gate decide in this process; ``None`` takes it away."""
    _here.gate = gate


def gate() -> Gate | None:
    """The gate of this process; ``None`` where snapshots are shown without a service."""
    return _here.gate


def without_gate() -> Visitor:
    """The visitor where no gate was handed over: a reader, unless the environment asks for a login.

    A module that is loaded anew in a running server has lost its gate; then nobody is let in.
    """
    if os.environ.get(LOGIN_VARIABLE, "none") == "none":
        return Visitor("none", "viewer")
    return Visitor("proxy", None, problem="The server has lost its login; start it again.")
