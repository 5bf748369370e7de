"""Who a connection belongs to, and their role: decided from what the server saw, for every kind of login."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from dashboards.access.roles import ROLES, Role, highest
from dashboards.access.visitor import Connection, Kind, Visitor
from service.login.config import Login, Oidc, Proxy
from warehouse.engine import Clock, utc_now
from warehouse.names import any_matches

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOCAL = "dashboard"
"""Whoever sits at the server's own machine, where there is no login."""
_ANOTHER_NAME = (
    "This server is for its own machine; open it as http://localhost. Under another name it needs a proxy "
    "that says whom it forwards (X-Forwarded-For), or a `login` in the configuration."
)
_SHOWN = ("name", "preferred_username", "email", "sub")


class LoginGate:
    """The gate of a configuration. ``host`` is the address that the server listens on."""

    def __init__(self, login: Login, *, host: str = "127.0.0.1", clock: Clock = utc_now) -> None:
        self._login, self._clock = login, clock
        self._is_own_machine = host in LOOPBACK

    @property
    def kind(self) -> Kind:
        """How people log in."""
        return self._login.kind

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it looks at, in lower case."""
        proxy = self._login.proxy if self.kind == "proxy" else None
        return (proxy.user_header.lower(), proxy.groups_header.lower()) if proxy else ()

    @property
    def logout_url(self) -> str:
        """Where a proxy ends a login."""
        return self._login.proxy.logout_url if self._login.proxy and self.kind == "proxy" else ""

    def visitor(self, seen: Connection) -> Visitor:
        """Who this is, and their role."""
        if self.kind == "oidc" and self._login.oidc:
            return self._by_claims(self._login.oidc, seen.claims)
        if self.kind == "proxy" and self._login.proxy:
            return self._by_headers(self._login.proxy, seen)
        return self._by_place(seen)

    def _by_place(self, seen: Connection) -> Visitor:
        """Without a login: everything on this machine, and reading from elsewhere.

        The name in the request is looked at too. A page of somebody else can lead its own name to this
        machine and then reads as if it were ours: where only this machine listens and no proxy stands in
        between, it gets nothing. No name is a connection that is gone, which is not from here either.
        """
        if self._is_own_machine and not seen.is_forwarded and seen.host not in ("", *LOOPBACK):
            return Visitor("none", None, problem=_ANOTHER_NAME)
        is_here = seen.address in (None, *LOOPBACK) and seen.host in LOOPBACK
        is_trusted = self._is_own_machine and is_here and not seen.is_forwarded
        return Visitor("none", "admin" if is_trusted else "viewer")

    def _by_claims(self, oidc: Oidc, claims: Mapping[str, Any]) -> Visitor:
        """By a signed login. Streamlit checks its signature and not its age."""
        person = claims.get(oidc.person_claim) or claims.get("sub")
        if not claims.get("is_logged_in") or not person or not _is_meant(oidc, claims):
            return Visitor("oidc", None)
        until = _ends_at(claims.get("iat"), oidc)
        if until is None or until <= self._clock():
            return Visitor("oidc", None, problem="The login has expired. Log in again.")
        role = self.role_of(values_of(claims, oidc.roles_claim))
        name = next((str(claims[claim]) for claim in _SHOWN if claims.get(claim)), str(person))
        return Visitor("oidc", role, name, person_of(oidc, claims), until)

    def _by_headers(self, proxy: Proxy, seen: Connection) -> Visitor:
        """By headers, which mean something from the proxy's own address only, and once only.

        A header that comes twice was sent by the client and added to by the proxy, or the other way round.
        """
        users = seen.headers.get(proxy.user_header.lower(), ())
        groups = seen.headers.get(proxy.groups_header.lower(), ())
        if not _is_trusted(proxy, seen.address):
            return Visitor("proxy", None, problem="This connection does not come from the proxy.")
        if len(users) > 1 or len(groups) > 1:
            return Visitor("proxy", None, problem="The proxy lets its clients set the headers of the login.")
        user = users[0].strip() if users else ""
        if not user:
            return Visitor("proxy", None, problem="The proxy names nobody.")
        until = seen.since + timedelta(hours=proxy.session_hours) if seen.since else None
        if until is not None and until <= self._clock():
            return Visitor("proxy", None, problem="This page was open for long. Reload it to go on.")
        named = groups[0].split(proxy.separator) if groups else []
        return Visitor("proxy", self.role_of(group.strip() for group in named), user, user, until)

    def role_of(self, groups: Iterable[str]) -> Role | None:
        """The highest role of any of these groups."""
        names = self._login.roles
        found: list[Role] = [
            role for group in groups if group for role in ROLES if any_matches(getattr(names, role), group)
        ]
        return highest(found) or self._login.default_role


def person_of(oidc: Oidc, claims: Mapping[str, Any]) -> str:
    """What the pseudonym is made of; a `sub` is no login of another tool, so it is kept apart from those."""
    own = claims.get(oidc.person_claim) if oidc.person_claim != "sub" else None
    return str(own) if own else f"sub:{claims['sub']}"


def values_of(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The texts of a claim: by its whole name, which may have dots, else along them; a single one alone."""
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list | tuple) else ()


def _is_meant(oidc: Oidc, claims: Mapping[str, Any]) -> bool:
    """Whether the login is of this provider and for us: the configuration may have changed since."""
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    return str(claims.get("iss", "")).rstrip("/") == oidc.issuer and oidc.client_id in meant


def _ends_at(began: Any, oidc: Oidc) -> datetime | None:
    if isinstance(began, bool) or not isinstance(began, int | float):
        return None
    return datetime.fromtimestamp(began, UTC) + timedelta(hours=oidc.session_hours)


def _is_trusted(proxy: Proxy, address: str | None) -> bool:
    """``None`` is this machine, by either of its addresses: Streamlit names none of them."""
    try:
        found = [ip_address(one) for one in ((address,) if address is not None else ("127.0.0.1", "::1"))]
    except ValueError:
        return False
    plain = [getattr(one, "ipv4_mapped", None) or one for one in found]
    return any(one in network for one in plain for network in proxy.networks)
