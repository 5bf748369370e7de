"""Who reads the running page, by what the server saw of its connection."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.access.gate import gate, without_gate
from dashboards.access.roles import Permission
from dashboards.access.visitor import Connection, Visitor, require

FORWARDED = (
    *("Forwarded", "Via", "X-Real-Ip"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"),
)
"""Headers that proxies add, any of which tells that there is one."""
_OPENED_AT = "page_opened_at"


def visitor_here() -> Visitor:
    """The visitor of the running page, decided anew each time it is asked."""
    here = gate()
    if here is None:
        return without_gate()
    seen = st.context.headers
    return here.visitor(
        Connection(
            address=st.context.ip_address,
            host=host_name(str(seen.get("Host") or "")),
            is_forwarded=any(seen.get(header) for header in FORWARDED),
            headers={name: tuple(seen.get_all(name)) for name in here.headers},
            claims=st.user.to_dict() if here.kind == "oidc" else {},
            since=st.session_state.setdefault(_OPENED_AT, datetime.now(UTC)),
        )
    )


def require_here(permission: Permission) -> Visitor:
    """The visitor of the running page, who may do this.

    Raises
    ------
    DeniedError : they may not.
    """
    visitor = visitor_here()
    require(visitor, permission)
    return visitor


def host_name(host: str) -> str:
    """The name of a ``Host`` header without its port.

    Examples
    --------
    >>> host_name("localhost:8501"), host_name("[::1]:8501"), host_name("payoff.example")
    ('localhost', '::1', 'payoff.example')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
