"""Access tokens of the provider, for those who ask the API: who holds one, and in which role.

A token counts when it is a JWT that the provider's keys have signed, for our audience, and not over. ID
tokens do not count: they say who logged in to something, not what may be asked for them.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from dashboards.access.roles import Role
from service.login.config import Login, Oidc
from service.login.gate import LoginGate, person_of, values_of
from service.login.metadata import ProviderError, fetched, provider_of

# Signatures with a key that everybody knows. HS256 among them would let the public key sign as a secret.
_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")
_LEEWAY_SECONDS = 30
_KEYS_HOLD_SECONDS = 3600
# An unknown key is asked for, but not as often as somebody likes to invent one.
_ASK_AGAIN_SECONDS = 60
Fetch = Callable[[Oidc], Mapping[str, Any]]


class TokenError(Exception):
    """A token that does not count; ``str()`` says why, without anything of the token."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a token; ``role`` is ``None`` where none of their groups has one."""

    person: str = field(repr=False)
    role: Role | None


def keys_of_provider(oidc: Oidc) -> Mapping[str, Any]:
    """The provider's key set."""
    return fetched(provider_of(oidc).keys)


class AccessTokens:
    """The tokens of a configured provider; it is asked when the first one comes. Threads share it."""

    def __init__(
        self, login: Login, *, fetch: Fetch = keys_of_provider, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._oidc = login.oidc if login.kind == "oidc" else None
        self._gate, self._fetch, self._clock = LoginGate(login), fetch, clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked_at = -math.inf
        self._trouble: ProviderError | None = None
        self._lock = threading.Lock()

    def holder(self, token: str) -> Holder | None:
        """Who holds ``token``; ``None`` where access tokens are not taken, or it is no token of theirs.

        Raises
        ------
        TokenError : it is one, and does not count.
        ProviderError : the provider's keys cannot be fetched.
        """
        oidc = self._oidc
        if oidc is None or oidc.api_audience is None or token.count(".") != 2:
            return None
        claims = self._claims(oidc, token)
        if any(name in claims for name in _OF_ID_TOKENS):
            raise TokenError("This is an ID token; ask the provider for an access token.")
        return Holder(person_of(oidc, claims), self._gate.role_of(values_of(claims, oidc.roles_claim)))

    def _claims(self, oidc: Oidc, token: str) -> Mapping[str, Any]:
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if not isinstance(issuer, str) or issuer.rstrip("/") != oidc.issuer:
                return self._refuse("It is not of the provider that `login.oidc` names.")
            key = self._key(oidc, jwt.get_unverified_header(token).get("kid"))
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=oidc.api_audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            return self._refuse("It is over; ask the provider for a new one.")
        except jwt.InvalidAudienceError:
            return self._refuse("It is for another audience than `login.oidc.api_audience`.")
        except jwt.PyJWTError:
            return self._refuse("Its signature or one of its claims does not hold.")
        return claims

    def _refuse(self, reason: str) -> Mapping[str, Any]:
        raise TokenError(f"The access token does not count. {reason}") from None

    def _key(self, oidc: Oidc, name: Any) -> jwt.PyJWK:
        with self._lock:
            self._renew(oidc, is_known=str(name) in self._keys)
            if not self._keys and self._trouble is not None:
                raise self._trouble
            if str(name) not in self._keys:
                self._refuse("It is signed with a key that the provider does not have.")
            return self._keys[str(name)]

    def _renew(self, oidc: Oidc, *, is_known: bool) -> None:
        """Fetch the keys where they are old or one is missing; old ones serve while the provider is away."""
        now = self._clock()
        if now - self._asked_at <= (_KEYS_HOLD_SECONDS if is_known else _ASK_AGAIN_SECONDS):
            return
        self._asked_at = now
        try:
            self._keys, self._trouble = _usable(self._fetch(oidc)), None
        except ProviderError as error:
            self._trouble = error


def _usable(found: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """The keys for signatures, by name; those of a kind that is not known here are left out."""
    keys: dict[str, jwt.PyJWK] = {}
    for one in found.get("keys", ()):
        try:
            key = jwt.PyJWK.from_dict(one)
        except (jwt.PyJWTError, AttributeError, TypeError):
            continue
        if one.get("use", "sig") == "sig" and key.algorithm_name in _ALGORITHMS:
            keys[str(one.get("kid"))] = key
    if not keys:
        raise ProviderError("login.oidc: the provider's key set has no key for signatures.")
    return keys
