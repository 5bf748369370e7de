"""A visitor as the server saw them, and what stands in their way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from dashboards.access.roles import Permission, Role, allows, needed_role

Kind = Literal["none", "oidc", "proxy"]

_DOING: Mapping[Permission, str] = {
    "read": "Reading these pages",
    "deploy": "Deploying",
    "set_goals": "Setting goals",
    "edit_ledger": "Editing the ledger",
    "read_audit": "Reading the audit",
}
_NO_LOGIN = (
    "There is no login, so only visitors on the machine that serves this page may change anything from it. "
    "Set `login` in the configuration; or use the command line, or the API with a token that has the scope."
)


@dataclass(frozen=True, slots=True)
class Connection:
    """What the server saw of a connection: never what a widget says.

    ``address`` is ``None`` on the server's own machine; ``host`` is the name in the request; ``is_forwarded``
    tells that a proxy stands in between. ``headers`` are by lower-case name, every occurrence;
    ``claims`` are those of a signed login. ``since`` is when an open page got its headers, which stay as
    they were; a single request has none.
    """

    address: str | None
    host: str
    is_forwarded: bool
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who reads a page, and their role; only the gate of the server makes one.

    ``name`` is shown to the visitors themselves, ``person`` is what their pseudonym is made of; neither is
    stored. ``problem`` says why nobody is logged in, where there is more to say than that.
    """

    login: Kind
    role: Role | None
    name: str = field(default="", repr=False)
    person: str = field(default="", repr=False)
    until: datetime | None = None
    problem: str = ""

    @property
    def is_known(self) -> bool:
        """Whether somebody is logged in."""
        return bool(self.person)


class DeniedError(Exception):
    """Something that the visitor may not do."""

    def __init__(self, visitor: Visitor, permission: Permission) -> None:
        super().__init__(refusal(visitor, permission))
        self.visitor, self.permission = visitor, permission


def refusal(visitor: Visitor, permission: Permission, now: datetime | None = None) -> str:
    """Why the visitor may not do this, and what would help; empty where they may."""
    if visitor.until is not None and visitor.until <= (now or datetime.now(UTC)):
        return "The login has expired. Reload the page and log in again."
    if allows(visitor.role, permission):
        return ""
    if visitor.login == "none":
        return visitor.problem or _NO_LOGIN
    if not visitor.is_known:
        return visitor.problem or "Nobody is logged in. Reload the page and log in."
    has = f"you have the role {visitor.role}" if visitor.role else "you have no role here"
    return (
        f"{_DOING[permission]} needs the role {needed_role(permission)}; {has}. "
        "Who runs Payoff gives roles in `login.roles` of its configuration."
    )


def require(visitor: Visitor, permission: Permission, now: datetime | None = None) -> None:
    """Nothing, where the visitor may do this.

    Raises
    ------
    DeniedError : they may not.
    """
    if refusal(visitor, permission, now):
        raise DeniedError(visitor, permission)
