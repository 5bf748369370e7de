"""The policy: which role may do what. Pages, the command port and the API ask this and nothing else."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

Role = Literal["viewer", "platform", "admin"]
Permission = Literal["read", "deploy", "set_goals", "edit_ledger", "read_audit"]

ROLES: tuple[Role, ...] = get_args(Role)
"""The lowest first; a higher one may do all that a lower one may."""

_NEEDED: Mapping[Permission, Role] = {
    "read": "viewer",
    "deploy": "platform",
    "set_goals": "platform",
    "edit_ledger": "admin",
    "read_audit": "admin",
}


def needed_role(permission: Permission) -> Role:
    """The lowest role that may do this."""
    return _NEEDED[permission]


def allows(role: Role | None, permission: Permission) -> bool:
    """Whether somebody of this role may do this; ``None`` is nobody known, who may nothing."""
    return role is not None and ROLES.index(role) >= ROLES.index(_NEEDED[permission])


def highest(roles: Iterable[Role]) -> Role | None:
    """The highest of some roles; ``None`` where there is none."""
    return max(roles, key=ROLES.index, default=None)
