"""What `payoff doctor` says of the login: how people log in, who has which role, whether it works."""

from collections.abc import Sequence

from collectors.base import Finding
from dashboards.access.roles import ROLES
from service.login.config import CALLBACK, Login, Oidc
from service.login.metadata import ProviderError, fetched, provider_of


def login_findings(login: Login) -> Sequence[Finding]:
    """What is configured, and, with a provider, whether it can be asked."""
    if login.kind == "proxy" and login.proxy:
        where = ", ".join(login.proxy.trusted)
        return [Finding(True, f"login: by the proxy at {where}; {_roles(login)}")]
    if login.kind == "oidc" and login.oidc:
        return _of_provider(login.oidc, _roles(login))
    return [Finding(True, "login: none, so `payoff serve` listens on this machine only")]


def _of_provider(oidc: Oidc, roles: str) -> Sequence[Finding]:
    try:
        provider = provider_of(oidc)
        n_keys = len(fetched(provider.keys).get("keys", ()))
    except ProviderError as error:
        return [Finding(False, str(error))]
    found = [
        Finding(True, f"login: {oidc.issuer} answers and has {n_keys} keys; {oidc.roles_claim}: {roles}"),
        Finding(True, f"login: register {oidc.public_url}{CALLBACK} there, for login and logout"),
    ]
    if not provider.logout:
        found.append(Finding(True, "login: it has no logout; who logs out here stays logged in there"))
    return found


def _roles(login: Login) -> str:
    named = {role: "/".join(name.text for name in getattr(login.roles, role)) for role in ROLES}
    parts = [f"{role}: {groups}" for role, groups in named.items() if groups]
    return "; ".join([*parts, f"everybody else: {login.default_role or 'denied'}"])
