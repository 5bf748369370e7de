"""Overview: how delivery stands, what changed, and what is not known. One screen for leadership."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.axes import band_columns
from dashboards.cards import card
from dashboards.charts import trend
from dashboards.components import chart, colours, definition, download, head, left_out, panel
from dashboards.data import Facts, open_facts
from dashboards.filters import View, chosen
from dashboards.health import Health, health
from dashboards.keys import KEYS, Key, fitting_trend, key_of
from dashboards.values import count
from dashboards.wording import direction, finding, is_better, pooling, sentence, state, unknowns

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


def _findings(keys: list[Key], view: View) -> None:
    with panel(
        "What the figures say",
        f"{view.window.label[0].upper()}{view.window.label[1:]} against {view.window.previous_label}; "
        "a change is named only where the two 95 % intervals are apart.",
    ):
        for key in keys:
            icon = _ICONS[is_better(key.metric, direction(key.now, key.before))]
            st.markdown(f"{icon} {sentence(key.now, key.before, view.window.previous_label)}")
        st.caption("These sentences describe; what caused a change is another question.")


def _unknowns(keys: list[Key], state_of_data: Health, view: View) -> None:
    with panel("What is left out or not known", f"Same window, {view.window.label}."):
        for line in [*_gaps(state_of_data), *(line for key in keys for line in _key_gaps(key))]:
            st.markdown(f"- {line}")


def _gaps(state_of_data: Health) -> list[str]:
    silent = state_of_data.n_services - state_of_data.n_with_deployments
    unlinked = state_of_data.n_incidents - state_of_data.n_linked
    lines = (
        [f"**{count(silent)} services** have no deployment source and are in no figure."] if silent else []
    )
    blind = state_of_data.n_services - state_of_data.n_with_incidents
    if blind:
        lines.append(
            f"**{count(blind)} services** have no incident source; their failures are partly unknown."
        )
    if unlinked:
        lines.append(f"**{count(unlinked)} incidents** are tied to no deployment and count in no rate.")
    return lines


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
    "Delivery at a glance", "Is software delivery getting faster and more stable?", facts, view, state_of_data
)
keys = [key_of(facts, view, name) for name in KEYS]

with st.grid(5, min_column_width=180, gap="small"):
    for key in keys:
        card(key, view.window.previous_label, facts.report_year, view.n_services)

left, right = st.columns(2)
with left:
    _trend_panel(facts, view, keys[KEYS.index("change_lead_time")])
with right:
    _trend_panel(facts, view, keys[KEYS.index("change_fail_rate")])
left, right = st.columns([3, 2])
with left:
    _findings(keys, view)
with right:
    _unknowns(keys, state_of_data, view)
