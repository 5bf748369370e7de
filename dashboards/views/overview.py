"""Overview: is it paying off? Money, adoption and delivery at a glance, what changed, what is not known."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.drawing.axes import band_columns
from dashboards.drawing.charts import trend
from dashboards.page.cards import card
from dashboards.page.components import chart, colours, definition, download, head, left_out, panel
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import View, chosen
from dashboards.page.health import Health, gaps, health
from dashboards.page.keys import KEYS, Key, fitting_trend, key_of
from dashboards.report.text import missing_sentence, verdict_sentence
from dashboards.roi.money import money_of, quarter_shown
from dashboards.roi.quarter import Money
from dashboards.roi.value_cards import value_cards
from dashboards.roi.value_panels import value_panels
from dashboards.words.wording import direction, finding, is_better, pooling, sentence, state, unknowns
from metrics.errors import MetricError
from metrics.roi.result import WIDEST

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
    band = band_columns(frame)[2]
    with panel(title, f"By {grain}, {pooling(view.n_services)}; band: {band}; dotted: DORA {year} levels."):
        figure = trend(
            frame,
            key.metric,
            colours(),
            grain=grain,
            end=view.window.end,
            quarter_start_month=facts.quarter_start_month,
            year=year,
        )
        chart(figure, alt=title, key=f"trend-{name}")
        with st.container(horizontal=True):
            definition(key.metric, key=f"trend-{name}")
            download(frame, facts, name, "by", grain, view.window.end)


def _money(facts: Facts, view: View) -> tuple[Money, Money] | None:
    """The quarter and the one before; ``None`` where the money cannot be computed, which is said."""
    quarter = quarter_shown(facts, view.window)
    try:
        return money_of(facts, quarter), money_of(facts, quarter.previous)
    except MetricError as error:
        st.error(f"The money of {quarter.name} cannot be computed: {error}")
        return None


def _findings(keys: list[Key], view: View, money: Money | None) -> None:
    with panel(
        "What the figures say",
        f"{view.window.label[0].upper()}{view.window.label[1:]} against {view.window.previous_label}; "
        "a change is named only where the two 95 % intervals are apart.",
    ):
        if money is not None and money.is_known:
            st.markdown(f"{_verdict_icon(money)} {verdict_sentence(money)} {missing_sentence(money)}")
        for key in keys:
            icon = _ICONS[is_better(key.metric, direction(key.now, key.before))]
            st.markdown(f"{icon} {sentence(key.now, key.before, view.window.previous_label)}")
        st.caption("These sentences describe; what caused a change is another question.")


def _verdict_icon(money: Money) -> str:
    """A thumb only where the whole range is on one side of zero."""
    spread = money.result.headline(WIDEST).net.spread
    is_clear = not money.is_refused(WIDEST) and (spread.p10 > 0 or spread.p90 < 0)
    return _ICONS[spread.p10 > 0 if is_clear else None]


def _unknowns(keys: list[Key], state_of_data: Health, view: View) -> None:
    with panel("What is left out or not known", f"Same window, {view.window.label}."):
        for line in [*gaps(state_of_data), *(line for key in keys for line in _key_gaps(key))]:
            st.markdown(f"- {line}")


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
keys = [key_of(facts, view, name) for name in KEYS]
adoption = [key_of(facts, view, name) for name in ADOPTION]
money = _money(facts, view)

st.subheader("Value and adoption", anchor=False)
with st.grid(6 if money else 4, min_column_width=150, gap="small"):
    if money:
        value_cards(*money)
    for key in adoption:
        card(key, view.window.previous_label, facts.report_year, view.n_services)
st.subheader("Delivery", anchor=False)
with st.grid(5, min_column_width=180, gap="small"):
    for key in keys:
        card(key, view.window.previous_label, facts.report_year, view.n_services)

if money:
    value_panels(facts, *money)
left, right = st.columns(2)
with left:
    _trend_panel(facts, view, keys[KEYS.index("change_lead_time")])
with right:
    _trend_panel(facts, view, keys[KEYS.index("change_fail_rate")])
left, right = st.columns([3, 2])
with left:
    _findings([*keys, *adoption], view, money[0] if money else None)
with right:
    _unknowns([*keys, *adoption], state_of_data, view)
