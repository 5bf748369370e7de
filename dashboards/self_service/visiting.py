"""Who reads this page, by what the server saw of the connection."""

import streamlit as st

from dashboards.self_service.port import Visitor

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


def visitor_here() -> Visitor:
    """The visitor of the running page."""
    headers = st.context.headers
    is_forwarded = any(headers.get(header) for header in _FORWARDED)
    return Visitor(st.context.ip_address, host_name(str(headers.get("Host") or "")), is_forwarded)


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
