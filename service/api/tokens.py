"""Who asks: bearer tokens, kept as digests in memory and compared in constant time."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dashboards.access.roles import Role
from service.api.config import ApiToken, Scope
from service.api.problems import ProblemError

_bearer = HTTPBearer(auto_error=False, description="A token of `api.tokens` in the configuration.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what they may do. ``name`` is said in messages; ``person`` becomes a pseudonym."""

    name: str
    scopes: frozenset[str]
    teams: frozenset[str] = frozenset()
    person: str = field(default="", repr=False)
    role: Role | None = None


class Tokens:
    """The configured tokens, as digests."""

    def __init__(self, configured: Iterable[ApiToken]) -> None:
        self._callers = [
            (
                _digest(entry.token.get_secret_value()),
                Caller(
                    entry.name,
                    frozenset(entry.scopes),
                    frozenset(entry.teams),
                    person=f"token:{entry.name}",
                ),
            )
            for entry in configured
        ]

    def caller(self, token: str) -> Caller | None:
        """Who holds ``token``; every digest is compared, so that the time tells nothing."""
        given, found = _digest(token), None
        for digest, caller in self._callers:
            if hmac.compare_digest(digest, given):
                found = caller
        return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def allowed(tokens: Tokens, token: str | None, scope: Scope) -> Caller:
    """Who asks, if they may.

    Raises
    ------
    ProblemError : 401 for no or an unknown token, 403 for one without the scope.
    """
    caller = tokens.caller(token) if token else None
    if caller is None:
        detail = "This needs a bearer token of `api.tokens`; none came, or it is not known here."
        raise ProblemError(401, detail, headers={"WWW-Authenticate": "Bearer"})
    if scope not in caller.scopes:
        raise ProblemError(403, f"The token of {caller.name} lacks the scope {scope}.")
    return caller


def requires(scope: Scope) -> Callable[..., Caller]:
    """A dependency of a route: the caller, whose token has ``scope``."""

    def caller(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        token = credentials.credentials if credentials else None
        return allowed(request.app.state.served.tokens, token, scope)

    return caller
