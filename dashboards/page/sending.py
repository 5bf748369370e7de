"""How a form gives a command, and says what became of it when the page is drawn again."""

from collections.abc import Callable, Mapping

import streamlit as st

from actions.errors import ActionError, InputError
from dashboards.access.roles import Permission
from dashboards.access.visitor import Visitor
from dashboards.page.port import Commands, commands


def commands_for(visitor: Visitor, permission: Permission) -> Commands | None:
    """The commands, for a visitor who may give them; else a line says who may, and there are none."""
    here = commands()
    refusal = here.refusal(visitor, permission) if here else ""
    if refusal:
        st.caption(f":material/lock: {refusal}")
    return None if refusal else here


def send(command: Callable[[], None], said: str, *, done: str, problems: str) -> None:
    """Give the command; ``said`` waits under ``done``, or what is wrong under ``problems``."""
    try:
        command()
    except InputError as error:
        st.session_state[problems] = error.problems
    except ActionError as error:
        st.session_state[problems] = {"": str(error)}
    else:
        st.session_state[done] = said
    st.rerun()


def say_done(done: str, icon: str) -> None:
    """Say once what was done."""
    if said := st.session_state.pop(done, ""):
        st.toast(said, icon=icon)


def say_problems(problems: str, labels: Mapping[str, str]) -> None:
    """Say once what is wrong, each with the label of its field."""
    found: Mapping[str, str] = st.session_state.pop(problems, {})
    for field, message in found.items():
        label = labels.get(field, field.capitalize())
        st.error(f"{label} {message}" if field else message, icon=":material/error:")
