"""The pages in front of all others: the login, the refusal; and the line that says who is logged in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from dashboards.access.gate import gate
from dashboards.access.roles import needed_role
from dashboards.access.visitor import DeniedError, Visitor
from dashboards.words.markdown import plain

_ICON = Path(__file__).parents[1] / "icon.svg"
_MAY = {
    "viewer": "reads all pages and takes their figures along",
    "platform": "also deploys and sets goals",
    "admin": "also edits the ledger and reads the audit",
}


def closed_page(denied: DeniedError) -> None:
    """What stands in place of the page: the login, or which role is missing."""
    if denied.visitor.is_known:
        _role_missing(denied)
    else:
        _login(denied.visitor)


def _login(visitor: Visitor) -> None:
    with _card():
        st.image(str(_ICON), width=44, alt="")
        st.title("Payoff", anchor=False)
        st.markdown("Does our internal developer platform pay off?")
        if visitor.problem:
            st.warning(visitor.problem, icon=":material/lock:")
        if visitor.login == "oidc":
            st.button(
                "Log in",
                type="primary",
                icon=":material/login:",
                on_click=st.login,
                width="stretch",
                key="login",
            )
            st.caption("You log in with your organisation and come back here.")
        elif visitor.login == "proxy":
            st.caption("Open Payoff by the address of your organisation's proxy; it knows who you are.")


def _role_missing(denied: DeniedError) -> None:
    visitor, needed = denied.visitor, needed_role(denied.permission)
    with _card():
        st.title(f"This needs the role {needed}", anchor=False)
        st.markdown(f"You are logged in as **{plain(visitor.name)}**, {_role_of(visitor)}.")
        st.markdown(str(denied))
        st.markdown("\n".join(f"- **{role}** {may}" for role, may in _MAY.items()))
        _log_out(visitor, "Log out, or use another account")


def who_is_here(visitor: Visitor) -> None:
    """Who is logged in, their role, and the way out, at the foot of the sidebar."""
    if not visitor.is_known:
        return
    with st.sidebar, st.container(key="who-is-here", gap="xsmall"):
        st.caption(f":material/account_circle: {plain(visitor.name)}  \n{_role_of(visitor).capitalize()}")
        _log_out(visitor, "Log out")


def _log_out(visitor: Visitor, label: str) -> None:
    here = gate()
    if visitor.login == "oidc":
        st.button(label, icon=":material/logout:", on_click=st.logout, key="logout")
    elif here is not None and here.logout_url:
        st.link_button(label, here.logout_url, icon=":material/logout:")


def _role_of(visitor: Visitor) -> str:
    return f"role {visitor.role}" if visitor.role else "without a role here"


@contextmanager
def _card() -> Iterator[None]:
    """A card in the middle of the page, where nothing else stands."""
    st.space(96)
    with st.container(horizontal_alignment="center"), st.container(border=True, width=460, key="door"):
        yield
