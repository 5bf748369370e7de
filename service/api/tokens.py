"""Who asks: by a bearer token of the configuration, or by an access token of the provider of the login.

Tokens of the configuration are kept as digests in memory and compared in constant time.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dashboards.access.roles import Permission, Role, allows
from service.api.config import ApiToken, Scope
from service.api.problems import ProblemError
from service.login.access_tokens import AccessTokens, TokenError
from service.login.metadata import ProviderError

_bearer = HTTPBearer(
    auto_error=False,
    description="A token of `api.tokens`, or an access token of the provider for `login.oidc.api_audience`.",
)
# What a login may ask for, by what its role may do on the pages.
_NEEDED: Mapping[Scope, Permission] = {"read": "read", "deploy": "deploy", "metrics": "read"}
_INVALID = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
_AWAY = "The provider of the login cannot be asked for its keys now; send it again."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what they may do. ``name`` is said in messages; ``person`` becomes a pseudonym."""

    name: str
    scopes: frozenset[str]
    teams: frozenset[str] = frozenset()
    person: str = field(default="", repr=False)
    role: Role | None = None


class Tokens:
    """The configured tokens, as digests, and those of the provider."""

    def __init__(self, configured: Iterable[ApiToken], of_provider: AccessTokens) -> None:
        self._of_provider = of_provider
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
        """Who holds ``token``; every digest is compared, so that the time tells nothing.

        Raises
        ------
        TokenError, ProviderError : it is one of the provider, and does not count or cannot be looked at.
        """
        given, found = _digest(token), None
        for digest, caller in self._callers:
            if hmac.compare_digest(digest, given):
                found = caller
        return found or self._by_login(token)

    def _by_login(self, token: str) -> Caller | None:
        holder = self._of_provider.holder(token)
        if holder is None:
            return None
        scopes = frozenset(scope for scope, needed in _NEEDED.items() if allows(holder.role, needed))
        name = f"a login with the role {holder.role}" if holder.role else "a login without a role"
        return Caller(name, scopes, person=holder.person, role=holder.role)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def allowed(tokens: Tokens, token: str | None, scope: Scope) -> Caller:
    """Who asks, if they may.

    Raises
    ------
    ProblemError : 401 for no or an unknown token, 403 for one without the scope.
    """
    try:
        caller = tokens.caller(token) if token else None
    except TokenError as error:
        raise ProblemError(401, str(error), headers=_INVALID) from error
    except ProviderError as error:
        _log.error("%s", error)
        raise ProblemError(503, _AWAY, headers={"Retry-After": "60"}) from error
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
