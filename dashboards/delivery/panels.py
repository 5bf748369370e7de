"""Panels of the delivery page: the trend, teams and services, and the rows behind what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboards.delivery.tables import own_past, own_past_finding
from dashboards.drawing.axes import band_columns
from dashboards.page.components import chart, definition, download, evidence_rows, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.keys import GRAINS, Key, fitting_trend, trend_chart, trend_of
from dashboards.page.layout import section
from dashboards.page.tables import show
from dashboards.words.values import day_text
from dashboards.words.windows import context_start
from dashboards.words.wording import finding, has_levels, noun, pooling
from metrics.bands import BANDS
from metrics.catalog import Metric, metric_named
from metrics.scope import By, Period

LEVELS: tuple[By, ...] = ("team", "service", "action")


@dataclass(frozen=True, slots=True)
class Cell:
    """Whose rows are asked for: a scope in a part of the window."""

    by: By
    scope_id: str
    scope: str
    start: date
    end: date

    @property
    def words(self) -> str:
        return f"{self.scope}, {day_text(self.start)} to {day_text(self.end - timedelta(days=1))}"


def choose_grain() -> Period | None:
    """The period of a trend's points; ``None`` where the finest that fits is wanted."""
    chosen = st.segmented_control(
        "Points by",
        ["fitting", *GRAINS],
        default="fitting",
        required=True,
        key="by",
        bind="query-params",
        format_func=lambda grain: "Automatic" if grain == "fitting" else str(grain).capitalize(),
        label_visibility="collapsed",
        help="Automatic: the finest period in which most points have enough data.",
    )
    return chosen if chosen in GRAINS else None


def trend_panel(facts: Facts, view: View, key: Key, chosen: Period | None) -> tuple[date, date] | None:
    """The trend by the chosen period; the days of the point that the reader clicked, or ``None``."""
    name = key.metric.name
    title = finding(key.now, key.before, view.window.previous_label)
    frame, grain = (
        fitting_trend(facts, view, name) if chosen is None else (trend_of(facts, view, name, chosen), chosen)
    )
    bands = BANDS.get(facts.report_year, {}).get(name)
    year = facts.report_year if bands and has_levels(key.metric, view.n_services) else None
    if frame.empty:
        with panel(title, "Nothing that this measure counts is known in this scope."):
            definition(key.metric, key=f"delivery-{name}")
        return None
    with panel(title, _trend_caption(view, key.metric, frame, grain, year)):
        drawn = trend_chart(facts, view, key.metric, frame, grain, goal=key.goal, year=year)
        clicked = chart(
            drawn, alt=title, key=f"delivery-{name}-{grain}", on_select="rerun", selection_mode="points"
        )
        with st.container(horizontal=True):
            definition(key.metric, key=f"delivery-{name}")
            download(frame, facts, name, "by", grain, view.window.end)
    return _clicked_period(clicked, frame, view.window.end)


def _trend_caption(view: View, metric: Metric, frame: pd.DataFrame, grain: Period, year: int | None) -> str:
    text = f"By {grain}, {pooling(view.n_services, metric)}; band: {band_columns(frame)[2]}"
    if year is not None:
        text = f"{text}; dotted: DORA {year} levels"
    elif not has_levels(metric, view.n_services):
        text = f"{text}; levels are of one service, so see the services below"
    return f"{text}. Click on a point to see the rows behind it."


def _clicked_period(clicked: object, frame: pd.DataFrame, end: date) -> tuple[date, date] | None:
    points = getattr(getattr(clicked, "selection", None), "points", None) or []
    days = [str(point.get("customdata")) for point in points if point.get("customdata")]
    if not days:
        return None
    starts = [start for start in frame["period_start"] if str(start) in days[0]]
    if not starts:
        return None
    later = [start for start in frame["period_start"] if start > starts[0]]
    return starts[0], min(later, default=end)


def scopes_panel(
    facts: Facts, view: View, name: str, among: Sequence[By] = LEVELS
) -> tuple[By, str, str] | None:
    """Teams or services against their own past; the row that the reader chose, or ``None``."""
    metric, window = metric_named(name), view.window
    if not (levels := [level for level in levels_of(metric) if level in among]):
        return None
    section("Each against its own past")
    by, where = _choose_level(levels), view.where_for(metric)
    now = facts.figures(name, window.start, window.end, by=by, where=where)
    before = facts.figures(name, window.previous_start, window.previous_end, by=by, where=where)
    start = context_start(window, facts.quarter_start_month)
    months = facts.figures(name, start, window.end, by=by, period="month", where=where)
    names = {"team": view.team_names, "service": view.service_names}.get(by, {})
    table = own_past(name, now, before, months, names)
    with panel(
        own_past_finding(table, by, window.previous_label),
        f"{window.label[0].upper()}{window.label[1:]} against {window.previous_label}, in alphabetical "
        "order. Choose a row to see what is behind it.",
    ):
        chosen = show(
            table.drop(columns="scope_id"),
            f"{metric.title} by {by}, each against its own past",
            on_select="rerun",
            selection_mode="single-row",
            key=f"scopes-{name}-{by}",
            columns={
                "scope": st.column_config.TextColumn(by.capitalize(), pinned=True),
                "value": st.column_config.TextColumn(metric.title),
                "interval": st.column_config.TextColumn("95 % interval"),
                "n": st.column_config.NumberColumn("n", help="What the figure counts."),
                "previous": st.column_config.TextColumn("Before", help=f"In {window.previous_label}."),
                "change": st.column_config.TextColumn("Change"),
                "months": st.column_config.BarChartColumn(
                    "By month",
                    y_min=0,
                    color="primary",
                    help="The latest months that follow each other with enough data; up to fifteen.",
                ),
            },
        )
        download(now, facts, name, "by", by, window.start, window.end)
    rows = chosen["selection"]["rows"]
    if not rows or rows[0] >= len(table):
        return None
    row = table.iloc[rows[0]]
    return by, str(row["scope_id"]), str(row["scope"])


def levels_of(metric: Metric) -> list[By]:
    """By what a metric is told apart. A metric that counts teams says nothing of a single one."""
    is_of_one = noun(metric, 2) in ("teams", "onboarded teams")
    return [level for level in LEVELS if level in metric.by and not (is_of_one and level == "team")]


def _choose_level(levels: list[By]) -> By:
    if len(levels) == 1:
        return levels[0]
    return st.segmented_control(
        "Level",
        levels,
        default=levels[0],
        required=True,
        # Two sets of choices are two widgets; what the URL says of one is no word of the other.
        key="level" if "service" in levels else "asked-by",
        bind="query-params",
        format_func=lambda level: f"By {level}",
        label_visibility="collapsed",
    )


def evidence_panel(facts: Facts, view: View, metric: Metric, cell: Cell, *, is_chosen: bool) -> None:
    """The rows behind the chosen point or row, or behind the whole figure once asked for."""
    with panel("The rows behind the figure", f"{metric.title} of {cell.words}."):
        is_shown = st.toggle("Show the rows", value=False, key="rows", bind="query-params") or is_chosen
        if is_shown:
            evidence_rows(
                facts,
                metric,
                cell.start,
                cell.end,
                by=cell.by,
                scope_id=cell.scope_id,
                view=view,
                words=cell.words,
            )
