"""The forms that enter a new version of a figure of the ledger and take one back, for who may edit it."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import get_args

import streamlit as st

from dashboards.access.here import visitor_here
from dashboards.access.visitor import Visitor
from dashboards.page.data import Facts
from dashboards.page.port import Commands
from dashboards.page.sending import commands_for, say_done, say_problems, send
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.words.locale import in_use
from dashboards.words.values import with_days
from metrics.quarters import quarter_of
from metrics.roi.parameters import ATTRIBUTED_LINES, PARAMETERS, Parameter
from warehouse.ledger import Entry, Grade, Ledger, Values, Wish

_DONE, _WRONG, _NOT_ENDED = "figure-done", "figure-problems", "figure-end-problems"
_FIELDS: Mapping[str, str] = {
    "likely": "Likely",
    "source": "Source",
    "owner": "Who answers",
    "valid_from": "Valid from",
    "note": "Why",
}
_TEAMS = "SELECT team_id, coalesce(name, team_id) AS name FROM teams ORDER BY lower(coalesce(name, team_id))"
_EVERY_TEAM = "*"


def figure_forms(facts: Facts, ledger: Ledger, money: Money) -> None:
    """Both forms; where the visitor may not, who may. ``ledger`` has what is pending."""
    visitor = visitor_here()
    here = commands_for(visitor, "edit_ledger")
    if here is None:
        return
    say_done(_DONE, ":material/edit_note:")
    with st.popover("Enter a figure", icon=":material/edit_note:"):
        _edit_form(facts, here, visitor, ledger, money)
    held = ledger.in_force(date.max)
    if held:
        with st.popover("Take back a version", icon=":material/undo:"):
            _take_back_form(here, visitor, list(held.values()))


def _edit_form(facts: Facts, here: Commands, visitor: Visitor, ledger: Ledger, money: Money) -> None:
    # Outside of the form: unit, help and what holds already follow from these two.
    key = st.selectbox("Figure", _keys(ledger), format_func=text.figure_name, key="figure-key")
    teams: dict[str, str] = dict(facts.rows(_TEAMS).itertuples(index=False))
    scope = st.selectbox(
        "Holds for",
        [_EVERY_TEAM, *teams],
        format_func=lambda one: teams.get(one, "Every team without one of its own"),
        key="figure-scope",
    )
    parameter = PARAMETERS[key.partition(":")[0]]
    entry = ledger.in_force(date.max).get((key, scope))
    unit = parameter.unit.replace("currency", money.result.currency)
    st.caption(f"{parameter.help}  \n{_state(entry, parameter)} {_used(money, key)}".rstrip())
    with st.form(f"figure-{key}-{scope}", border=False):
        wish = _asked(facts, key, scope, entry.values if entry else None, unit)
        say_problems(_WRONG, _FIELDS)
        st.caption("Money counts it from the next publication on; frozen reports stay as they are.")
        if st.form_submit_button("Enter the figure", type="primary"):
            said = f"A new version of {text.figure_name(key)} is entered."
            send(partial(here.edit_ledger, visitor, wish), said, done=_DONE, problems=_WRONG)


def _asked(facts: Facts, key: str, scope: str, held: Values | None, unit: str) -> Wish:
    """The fields of the form, filled with what holds; low and high are the likely value where left empty."""
    parameter = PARAMETERS[key.partition(":")[0]]
    ends = (held.low, held.likely, held.high) if held else parameter.default or (None, None, None)
    with st.container(horizontal=True):
        low, likely, high = (
            st.number_input(f"{name}, {unit}", value=end, format="%g", width=150)
            for name, end in zip(("Low", "Likely", "High"), ends, strict=True)
        )
    grades = list(get_args(Grade))
    first = quarter_of(facts.today, facts.quarter_start_month).start
    # Two in a row, so that the button is seen without scrolling.
    with st.container(horizontal=True):
        grade = st.selectbox(
            "How well it is known", grades, index=grades.index(held.grade if held else "assumed")
        )
        valid_from = st.date_input("Valid from", value=first, format=in_use().day_order())
    with st.container(horizontal=True):
        source = st.text_input(
            "Source (a document, a system)", value=held.source if held else "", max_chars=200
        )
        owner = st.text_input("Who answers for it (a role)", value=held.owner if held else "", max_chars=80)
    note = st.text_input("Why", max_chars=300)
    return Wish(
        key,
        scope,
        likely if low is None else low,
        likely,
        likely if high is None else high,
        source.strip() or None,
        owner.strip() or None,
        valid_from,
        grade,
        note,
    )


def _take_back_form(here: Commands, visitor: Visitor, held: Sequence[Entry]) -> None:
    with st.form("take-back", border=False):
        entry = st.selectbox("Version that holds", held, format_func=version_text)
        note = st.text_input("Why", max_chars=300)
        say_problems(_NOT_ENDED, _FIELDS)
        st.caption("The version before it holds again, or the default; its history stays.")
        if st.form_submit_button("Take it back") and entry is not None:
            said = f"Version {entry.version} of {text.figure_name(entry.key)} is taken back."
            take_back = partial(here.take_back, visitor, entry.key, entry.scope_id, note)
            send(take_back, said, done=_DONE, problems=_NOT_ENDED)


def version_text(entry: Entry) -> str:
    """``Salary, version 3``"""
    name = entry.key if entry.scope_id == _EVERY_TEAM else f"{entry.key} of {entry.scope_id}"
    return f"{text.figure_name(name)}, version {entry.version}"


def _state(entry: Entry | None, parameter: Parameter) -> str:
    if entry is not None:
        waits = ", and waits for the next publication" if entry.is_pending else ""
        return f"Version {entry.version} holds{waits}."
    return "Nobody has entered one; the default holds." if parameter.default else "Nobody has entered one."


def _used(money: Money, key: str) -> str:
    """What the quarter shown was computed with, where it was: also what no ledger states."""
    figure = next((figure for figure in money.result.figures if figure.label == key), None)
    if figure is None:
        return ""
    likely = text.with_unit(text.ends_of(figure)[1], text.unit_of(money, key))
    return f"{text.quarter_name(money)} uses {likely} ({figure.grade}; {with_days(figure.source)})."


def _keys(ledger: Ledger) -> list[str]:
    """Every figure of the model, those of single lines, and those of actions that the ledger has."""
    own = {key for key, _ in ledger.by_name}
    own |= {f"{name}:{line}" for name in PARAMETERS for line in ATTRIBUTED_LINES if _is_by_line(name)}
    places = {name: place for place, name in enumerate(PARAMETERS)}
    known = {*PARAMETERS, *(key for key in own if key.partition(":")[0] in PARAMETERS)}
    return sorted(known, key=lambda key: (places[key.partition(":")[0]], key))


def _is_by_line(name: str) -> bool:
    return PARAMETERS[name].suffix == "line"
