"""Overview: is it paying off? Money, adoption and delivery at a glance, what changed, what is not known."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from dashboards.drawing.axes import band_columns
from dashboards.goals.panel import goal_decisions, goals_panel
from dashboards.page.cards import card
from dashboards.page.components import chart, definition, download, left_out, panel
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import View, chosen
from dashboards.page.goals import goals_here
from dashboards.page.head import head
from dashboards.page.keys import KEYS, Key, fitting_trend, key_of, trend_chart
from dashboards.page.layout import five_cards, section, side_by_side
from dashboards.page.opened import rows_button
from dashboards.questions.health import Health, gaps, health
from dashboards.questions.quarter import Money, quarter_shown
from dashboards.roi.money import money_of
from dashboards.roi.value_cards import value_cards
from dashboards.roi.value_panels import changes_panel, decisions_panel, waterfall_panel
from dashboards.roi.verdict import verdict_panel
from dashboards.words.values import count
from dashboards.words.wording import direction, finding, is_better, pooling, sentence, state, unknowns
from metrics.errors import MetricError

ADOPTION = ("team_adoption_rate", "self_service_share", "golden_path_share", "how_to_ticket_rate")
_ICONS = {
    True: ":green[:material/thumb_up:]",
    False: ":red[:material/thumb_down:]",
    None: ":gray[:material/trending_flat:]",
}


def _trend_panel(facts: Facts, view: View, key: Key) -> None:
    name = key.metric.name
    frame, grain = fitting_trend(facts, view, name)
    year = facts.report_year
    title = finding(key.now, key.before, view.window.previous_label)
    if frame.empty:
        with panel(title, "Nothing that this measure counts is known in this scope."):
            definition(key.metric, key=f"trend-{name}")
        return
    band = band_columns(frame)[2]
    with panel(title, f"By {grain}, {pooling(view.n_services)}; band: {band}; dotted: DORA {year} levels."):
        drawn = trend_chart(facts, view, key.metric, frame, grain, goal=key.goal, year=year)
        chart(drawn, alt=title, key=f"trend-{name}")
        with st.container(horizontal=True):
            definition(key.metric, key=f"trend-{name}")
            rows_button(facts, view, name, key=f"trend-{name}")
            download(frame, facts, name, "by", grain, view.window.end)


def _money(facts: Facts, view: View) -> tuple[Money, Money] | None:
    """The quarter and the one before; ``None`` where the money cannot be computed, which is said."""
    quarter = quarter_shown(facts, view.window)
    try:
        return money_of(facts, quarter), money_of(facts, quarter.previous)
    except MetricError as error:
        st.error(f"The money of {quarter.name} cannot be computed: {error}")
        return None


def _findings(keys: list[Key], view: View) -> None:
    with panel(
        _findings_title(keys),
        f"{view.window.label[0].upper()}{view.window.label[1:]} against {view.window.previous_label}; "
        "a change is named only where the two 95 % intervals are apart.",
    ):
        st.markdown("\n\n".join(_judged(key, view.window.previous_label) for key in keys))
        st.caption("These sentences describe; what caused a change is another question.")


def _judged(key: Key, previous_label: str) -> str:
    icon = _ICONS[is_better(key.metric, direction(key.now, key.before))]
    return f"{icon} {sentence(key.now, key.before, previous_label)}"


def _findings_title(keys: list[Key]) -> str:
    moved = [is_better(key.metric, direction(key.now, key.before)) for key in keys]
    n_better, n_worse = moved.count(True), moved.count(False)
    if not n_better and not n_worse:
        is_known = any(direction(key.now, key.before) != "unknown" for key in keys)
        return "No figure shows a clear change" if is_known else "No figure can be compared yet"
    worse = f", {count(n_worse)} worse" if n_worse else ", none worse"
    return f"{count(n_better)} of {count(len(keys))} figures are better{worse}"


def _unknowns(keys: list[Key], state_of_data: Health, view: View) -> None:
    with panel("What is left out or not known", f"Same window, {view.window.label}."):
        lines = [*gaps(state_of_data), *(line for key in keys for line in _key_gaps(key))]
        if lines:
            st.markdown("\n".join(f"- {line}" for line in lines))


def _key_gaps(key: Key) -> list[str]:
    notes = [*unknowns(key.now)]
    if excluded := left_out(key.now):
        notes.append(excluded.rstrip(".").replace("Left out: ", "left out "))
    if key.now.status != "ok":
        notes.insert(0, state(key.now).rstrip("."))
    if key.now.is_stale:
        notes.append("stale: newer data is missing")
    return [f"**{key.metric.title}**: {'; '.join(notes)}."] if notes else []


facts = open_facts()
if facts is None:
    st.stop()
view = chosen()
state_of_data = health(facts, view, datetime.now(UTC))
head(
    "Executive overview",
    "Does the platform pay off, and is delivery getting better?",
    facts,
    view,
    state_of_data,
)
goals = goals_here(facts, view)
keys = [key_of(facts, view, name, goals) for name in KEYS]
adoption = [key_of(facts, view, name, goals) for name in ADOPTION]
money = _money(facts, view)

if money:
    grid = st.grid(4, min_column_width=230, gap="small")
    if money[0].is_known:
        with grid.cell(column_span=2):
            verdict_panel(facts, money[0], is_drawn=True)
    with grid:
        value_cards(*money)
opener = partial(rows_button, facts, view)
section("Adoption")
with st.grid(4, min_column_width=230, gap="small"):
    for key in adoption:
        card(key, view.window.previous_label, facts.report_year, view.n_services, opener=opener)
section("Delivery")
with five_cards("keys"):
    for key in keys:
        card(key, view.window.previous_label, facts.report_year, view.n_services, opener=opener)

section("Goals")
goals_panel(facts, view, goals)
section("What it says, and what to do")
halves = side_by_side()
with halves:
    _findings([*keys, *adoption], view)
with halves.cell():
    if money:
        decisions_panel(facts, money[0], goal_decisions(facts, goals))
    _unknowns([*keys, *adoption], state_of_data, view)
section("What is behind it")
with side_by_side():
    if money:
        waterfall_panel(facts, money[0])
        changes_panel(facts, *money)
    _trend_panel(facts, view, keys[KEYS.index("change_lead_time")])
    _trend_panel(facts, view, keys[KEYS.index("change_fail_rate")])
