"""What a provider says of itself: its metadata and its keys, fetched by the one door to HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from collectors.errors import CollectorError
from collectors.http import Client
from service.errors import PayoffError
from service.login.config import Oidc, secure_url

_NAME = "login.oidc"
_ATTEMPTS = 2
_LONGEST_WAIT_SECONDS = 5


class ProviderError(PayoffError):
    """The provider cannot be asked, or does not say what it has to."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What is needed of the metadata; ``logout`` is empty where the provider has no logout of its own."""

    keys: str
    logout: str


def provider_of(oidc: Oidc) -> Provider:
    """The provider's own description.

    Raises
    ------
    ProviderError : it cannot be fetched, or it is that of another provider.
    """
    found = fetched(oidc.metadata)
    issuer = str(found.get("issuer", ""))
    if issuer.rstrip("/") != oidc.issuer:
        raise ProviderError(
            f"{_NAME}: the metadata at {oidc.metadata} is of {issuer or 'nobody'}, and `issuer` is "
            f"{oidc.issuer}. Write it as the metadata has it; for Entra ID, your own tenant."
        )
    missing = [
        name for name in ("authorization_endpoint", "token_endpoint", "jwks_uri") if not found.get(name)
    ]
    if missing:
        raise ProviderError(f"{_NAME}: the metadata at {oidc.metadata} has no {', '.join(missing)}.")
    try:
        return Provider(secure_url(str(found["jwks_uri"])), str(found.get("end_session_endpoint") or ""))
    except ValueError as error:
        raise ProviderError(f"{_NAME}: jwks_uri in the metadata {error}.") from error


def fetched(url: str) -> Mapping[str, Any]:
    """A JSON object of the provider.

    Raises
    ------
    ProviderError : it cannot be fetched, or is none.
    """
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    client = Client(_NAME, base, attempts=_ATTEMPTS, longest_wait_seconds=_LONGEST_WAIT_SECONDS)
    try:
        found = client.get_json(urlunsplit(("", "", parts.path or "/", parts.query, "")))
    except CollectorError as error:
        raise ProviderError(str(error)) from error
    finally:
        client.close()
    if not isinstance(found, dict):
        raise ProviderError(f"{_NAME}: {url} gives no JSON object. Correct the address.")
    return found
