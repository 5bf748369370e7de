"""What actions need of HTTP. `service` gives it; the one module that speaks HTTP is not seen from here."""

from collections.abc import Mapping
from typing import Any, Protocol


class Http(Protocol):
    """A client of one server, with its address and its credentials.

    ``send`` gives the decoded JSON of a successful answer.

    Raises
    ------
    actions.errors.TransportError : the server refuses, or cannot be reached.
    """

    def send(
        self, method: str, path: str, *, body: Any = None, params: Mapping[str, str] | None = None
    ) -> Any: ...
