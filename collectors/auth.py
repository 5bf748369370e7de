"""How a request says who asks: two small classes, each given a function that returns the secret.

A function instead of a string, because tokens expire: it is called for every request, and once more when
the answer is 401, so whoever provides it may refresh the token when its time comes.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Auth(Protocol):
    """What the client needs: one header, and where its secret comes from, for messages."""

    @property
    def variable(self) -> str:
        """Name of the environment variable that holds the secret; empty where that is not known."""
        ...

    def header(self) -> tuple[str, "Secret"]: ...

    def renew(self) -> None:
        """The secret was refused: the next header has another one, where there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Secret:
    """Text that does not show itself in messages, logs and tracebacks; ``reveal`` gives it."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself, for the request and nothing else."""
        return self._text

    def __str__(self) -> str:
        return "•••"

    def __repr__(self) -> str:
        return "Secret(•••)"


@dataclass(frozen=True, slots=True)
class BearerToken:
    """``Authorization: Bearer …``; ``scheme`` for the sources that say another word there."""

    token: Callable[[], str] = field(repr=False)
    scheme: str = "Bearer"
    variable: str = ""
    on_refusal: Callable[[], None] = lambda: None

    def header(self) -> tuple[str, Secret]:
        """The header for the next request, with the token as it is now."""
        return "Authorization", Secret(f"{self.scheme} {self.token().strip()}")

    def renew(self) -> None:
        """Let whoever provides the token make another one."""
        self.on_refusal()


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """``Authorization: Basic …`` from a user's name (often an e-mail, so it is hidden too) and a password."""

    user: str = field(repr=False)
    password: Callable[[], str] = field(repr=False)
    variable: str = ""

    def header(self) -> tuple[str, Secret]:
        """The header for the next request, with the password as it is now."""
        pair = f"{self.user}:{self.password().strip()}".encode()
        return "Authorization", Secret(f"Basic {base64.b64encode(pair).decode()}")

    def renew(self) -> None:
        """Nothing to do: the password is read anew for each request."""
