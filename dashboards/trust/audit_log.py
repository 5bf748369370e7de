"""Who took which figures along and who changed what, for those who may read the audit."""

import pandas as pd
import streamlit as st

from dashboards.access.audit import audit, audit_frame
from dashboards.access.here import visitor_here
from dashboards.access.visitor import refusal
from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.tables import local_times, show
from dashboards.words.values import count

_NEWEST = 500
_HEADINGS = {"noted_at": "when", "n_rows": "rows", "detail": "window and filter", "subject": "what"}


def audit_log_panel(facts: Facts) -> None:
    """The newest deeds; nothing for those who may not read them, and where nobody notes any."""
    here, visitor = audit(), visitor_here()
    if here is None or refusal(visitor, "read_audit"):
        return
    frame = audit_frame(here.newest(visitor, _NEWEST))
    with panel(
        audit_finding(frame),
        f"The newest {count(_NEWEST)} exports, deployments and changes by page and API, people by their "
        f"pseudonyms; times in {facts.zone}. `payoff audit` gives all of them.",
    ):
        if frame.empty:
            st.caption("Downloads, deployments and changes are noted here before they happen.")
            return
        table = frame.assign(noted_at=local_times(frame["noted_at"], facts)).rename(columns=_HEADINGS)
        show(table, "Exports and changes with who, what and when, newest first")
        download(frame, facts, "audit")


def audit_finding(frame: pd.DataFrame) -> str:
    """``12 exports and 3 changes by 4 people are noted``"""
    if frame.empty:
        return "Nobody has exported figures or changed anything yet"
    exports = int((frame["action"] == "export").sum())
    changes = len(frame) - exports
    people = frame["person"].nunique()
    return (
        f"{count(exports)} export{'s' * (exports != 1)} and {count(changes)} change{'s' * (changes != 1)} "
        f"by {count(people)} {'person' if people == 1 else 'people'}"
    )
