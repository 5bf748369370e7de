"""Leakage: tickets that should have been a run, by action and team, down to the tickets with their links."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from dashboards.page.components import download, download_rows, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.tables import show
from dashboards.words.values import count, number
from dashboards.words.wording import only_figure, state
from metrics.leakage import A_PAGE, leaked_tickets


def leakage_panel(facts: Facts, view: View) -> None:
    """Where tickets still come although the action is there; a row opens its tickets."""
    window = view.window
    leaks = facts.leakage(window.start, window.end, where=view.where)
    name = "self_service_share"
    share = only_figure(name, facts.figures(name, window.start, window.end, where=view.where))
    if leaks.empty and share.status == "not_collected":
        with panel("Tickets for what self-service offers: not collected", state(share)):
            return
    with panel(
        leakage_title(leaks),
        f"Request tickets of {window.label} created after somebody had run the action with success; in "
        "alphabetical order. Choose a row to see its tickets.",
    ):
        if not leaks.empty:
            _leaks(facts, view, leaks)


# What is chosen here concerns nothing else of the page, so nothing else is drawn again.
@st.fragment
def _leaks(facts: Facts, view: View, leaks: pd.DataFrame) -> None:
    chosen = _table(leaks, view)
    download(leaks, facts, "leakage", view.window.start, view.window.end)
    _tickets(facts, view, leaks, chosen)


def leakage_title(leaks: pd.DataFrame) -> str:
    """How many tickets leaked, and what work on them is known."""
    if leaks.empty:
        return "No ticket asked for what self-service offers"
    n, known = int(leaks["n_tickets"].sum()), int(leaks["n_touch_known"].sum())
    text = f"{count(n)} {'ticket' if n == 1 else 'tickets'} asked for what self-service offers"
    if not known:
        return f"{text}; the work on them is not known"
    hours = number(float(leaks["touch_hours"].sum()))
    those = "them" if known == n else f"the {count(known)} whose work is known"
    return f"{text}; {hours} hours of work on {those}"


def _table(leaks: pd.DataFrame, view: View) -> tuple[str, str] | None:
    """The leaks as a table; action and team of the chosen row."""
    named = leaks.assign(team=leaks["team_id"].map(lambda team: view.team_names.get(team, team)))
    named = named.sort_values(["action", "team"], key=lambda column: column.str.lower(), ignore_index=True)
    table = pd.DataFrame(
        {
            "Action": named["action"],
            "Team": named["team"],
            "Tickets": named["n_tickets"].astype("int64"),
            "Runs": named["n_runs"].astype("int64"),
            "Mandated": named["n_mandated"].astype("int64"),
            "hours": named["touch_hours"],
            "last": named["last_at"],
        }
    )
    picked = show(
        table,
        "Tickets that should have been a run, by action and team",
        most=7,
        on_select="rerun",
        selection_mode="single-row",
        key="leakage",
        columns={
            "Runs": st.column_config.NumberColumn(help="Successful runs of that team in the same window."),
            "Mandated": st.column_config.NumberColumn(help="Tickets of a team that must use the action."),
            "hours": st.column_config.NumberColumn(
                "Work, h", help="Hours of work on those tickets whose work is known."
            ),
            "last": "Newest, UTC",
        },
    )
    rows = picked["selection"]["rows"]
    if not rows or rows[0] >= len(named):
        return None
    return str(named["action"][rows[0]]), str(named["team_id"][rows[0]])


def _tickets(facts: Facts, view: View, leaks: pd.DataFrame, chosen: tuple[str, str] | None) -> None:
    """The tickets of the chosen row, or all of them once asked for."""
    window, where, words = view.window, view.where, "all of them"
    if chosen is not None:
        action, team = chosen
        leaks = leaks[(leaks["action"] == action) & (leaks["team_id"] == team)]
        where = replace(where, actions=(action,), teams=(team,))
        words = f"{action}, {view.team_names.get(team, team)}"
    n = int(leaks["n_tickets"].sum())
    more = f"; the newest {count(A_PAGE)} are shown, the file has all" if n > A_PAGE else ""
    is_shown = st.toggle("Show the tickets", value=False, key="tickets", bind="query-params") or bool(chosen)
    st.caption(f"{count(n)} tickets behind {words}{more if is_shown else ''}. Times in UTC.")
    if is_shown:
        show(
            _presented(facts.leaked_tickets(window.start, window.end, where=where), view),
            f"Tickets behind {words}",
            most=7,
            columns={
                "url": st.column_config.LinkColumn("Source", display_text="open", width="small"),
                "created": "Created",
                "hours": "Work, h",
            },
        )
    asked = partial(leaked_tickets, facts.snapshot, window.start, window.end, where=where, limit=n)
    name = ("leaked_tickets", *(chosen or ()), window.start, window.end)
    download_rows(asked, n, facts, *name, label="Tickets as CSV")


def _presented(tickets: pd.DataFrame, view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "url": tickets["url"].fillna(""),
            "Ticket": tickets["ticket_id"],
            "Action": tickets["action"],
            "Team": tickets["team_id"].map(lambda team: view.team_names.get(team, team)),
            "created": tickets["created_at"],
            "hours": tickets["touch_hours"],
        }
    )
