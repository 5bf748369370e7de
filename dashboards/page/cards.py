"""A card: one key with its unit, its change against a named window, n, interval, level and months."""

import math
from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboards.drawing.spark import spark_bars, spark_line
from dashboards.page.components import colours, definition, left_out, small_picture
from dashboards.page.keys import Key
from dashboards.words.goals import VERDICT_MARKS, asked_words, verdict_label
from dashboards.words.values import as_float, count, difference_text, value_text
from dashboards.words.wording import (
    Direction,
    direction,
    interval_words,
    is_better,
    level,
    n_words,
    shown,
    state,
    unknowns,
)
from metrics.goals.goal import JudgedGoal

# The second line of a title says what the number is. The longest title takes two lines by itself.
_MEASURED = {
    "change_lead_time": "median",
    "deployment_frequency": "of all services together",
    "change_fail_rate": "of production deployments",
    "deployment_rework_rate": "of production deployments",
    "team_adoption_rate": "of active teams",
    "self_service_share": "of requests",
    "golden_path_share": "of production deployments",
    "fallback_rate": "of failed runs, to a ticket",
    "how_to_ticket_rate": "and quarter",
    "request_latency": "median, by ticket",
    "action_success_rate": "of self-service runs",
    "activation_rate": "of onboarded teams",
}
_SAID_BY_TITLE = "per engineer and quarter"
_ARROWS: dict[Direction, Literal["up", "down", "off"]] = {"rose": "up", "fell": "down"}


def card(
    key: Key,
    previous_label: str,
    year: int,
    n_services: int,
    *,
    is_detailed: bool = False,
    opener: Callable[..., None] | None = None,
) -> None:
    """One card; what is not known says so in place of the number.

    ``opener`` draws what opens the rows behind the metric of a name, where the page has none of its own.
    """
    figure = key.now
    with st.container(border=True, height="stretch", key=f"card-{figure.metric.name}", gap="xsmall"):
        measured = _measured(figure.metric.name, n_services, is_detailed)
        st.markdown(f"**{figure.metric.title}**" + (f"  \n:gray[:small[{measured}]]" if measured else ""))
        _metric(key)
        _months(key)
        notes = [*_level_note(key, year, n_services), *unknowns(figure)]
        if is_detailed:
            notes += _details(key)
        goal = [] if key.goal is None else _goal_lines(key.goal)
        # One text: each element is sent, and drawn, apart.
        said = (_qualifications(key, previous_label), goal, [_sentence(note) for note in notes])
        st.caption("\n\n".join("  \n".join(lines) for lines in said if lines))
        st.space("stretch")
        name = figure.metric.name
        with st.container(horizontal=True, gap="small"):
            definition(figure.metric, key=f"card-{name}", label="Definition")
            if opener is not None:
                opener(name, key=f"card-{name}")


def _measured(name: str, n_services: int, is_detailed: bool) -> str:
    if name == "deployment_frequency" and n_services == 1:
        return ""
    return _MEASURED.get(name, "median" if is_detailed else "")


def _metric(key: Key) -> None:
    moved = direction(key.now, key.before)
    better = is_better(key.metric, moved)
    st.metric(
        key.metric.title,
        _short(shown(key.now)),
        _short(_delta(key, moved)),
        delta_color="gray" if better is None else "green" if better else "red",
        delta_arrow=_ARROWS.get(moved, "off"),
        label_visibility="collapsed",
    )


def _months(key: Key) -> None:
    """The months' values in the colour of the change; a month without one is a gap."""
    values = [float(value) for value in key.months["value"]]
    known = [value for value in values if not math.isnan(value)]
    if len(known) > 1:
        first, last = (value_text(key.metric.unit, value) for value in (known[0], known[-1]))
        better = is_better(key.metric, direction(key.now, key.before))
        palette = colours()
        colour = palette.muted if better is None else palette.good if better else palette.bad
        draw = spark_bars if _has_gaps(key) else spark_line
        small_picture(draw(values, colour), f"{key.metric.title} by month, from {first} to {last}")


def _short(text: str) -> str:
    """Without a unit that the title says; a card has no room to say it twice."""
    return text.removesuffix(_SAID_BY_TITLE).rstrip()


def _delta(key: Key, moved: Direction) -> str:
    if moved == "unknown":
        return "not comparable"
    if moved == "unclear":
        return "no clear change"
    return difference_text(key.metric.unit, key.now.value, key.before.value)


def _has_gaps(key: Key) -> bool:
    """Whether months without a value stand between others, where a line would be dots that nobody sees."""
    known = key.months["value"].notna()
    return bool(known.any() and not known[known.idxmax() : known[::-1].idxmax()].all())


def _qualifications(key: Key, previous_label: str) -> list[str]:
    now, before = key.now, key.before
    earlier = value_text(now.metric.unit, before.value) if before.is_ok else shown(before)
    lines = [f"{previous_label[0].upper()}{previous_label[1:]}: {_short(earlier)}"]
    return [*lines, interval_words(now), n_words(now)] if now.is_ok else [*lines, state(now)]


def _goal_lines(goal: JudgedGoal) -> list[str]:
    """The target, and the verdict with the figure of its own window, which is not that of the card."""
    icon, colour = VERDICT_MARKS[goal.verdict]
    figure = "" if math.isnan(goal.now.value) else f", {value_text(goal.unit, goal.now.value)}"
    when = "by then" if goal.is_over else "over 90 days"
    verdict = _sentence(f"{verdict_label(goal)}{figure} {when}")
    pending = ", pending until the next publication" if goal.is_pending else ""
    return [f":material/flag: Goal: {asked_words(goal)}{pending}", f":{colour}[{icon}] {verdict}"]


def _level_note(key: Key, year: int, n_services: int) -> list[str]:
    figure = key.now
    if key.metric.name == "deployment_frequency" and figure.is_ok and n_services > 1:
        return [f"{value_text('per day', figure.value / n_services)} per service"]
    words = level(figure, year, n_services)
    return [words] if words else []


def _details(key: Key) -> list[str]:
    """What stands beside the headline: other quantiles, rhythm, kinds, and what is left out."""
    figure, lines = key.now, []
    for column, words in (("p75", "75th percentile"), ("p90", "90th percentile")):
        if not math.isnan(value := as_float(figure.extras.get(column))):
            lines.append(f"{words}: {value_text(figure.metric.unit, value)}")
    if "deployment_days" in figure.extras:
        days = as_float(figure.extras["days"])
        lines.append(f"Deployments on {count(figure.extras['deployment_days'])} of {count(days)} days")
        gap = as_float(figure.extras["median_gap_hours"])
        lines += [] if math.isnan(gap) else [f"Median gap: {value_text('hours', gap)}"]
    for column, words in (
        ("numerator", "in the numerator"),
        ("n_rollbacks", "rollbacks"),
        ("n_redeploys", "redeploys"),
        ("n_hotfixes", "hotfixes"),
    ):
        if column in figure.extras:
            lines.append(f"{count(figure.extras[column])} {words}")
    return [*lines, left_out(figure)] if left_out(figure) else lines


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
