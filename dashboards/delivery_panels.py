"""The panels of the delivery page: trend, scopes, distribution, stages, readings, open changes, rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboards.charts import trend
from dashboards.components import chart, colours, definition, download, evidence_rows, panel
from dashboards.data import Facts
from dashboards.filters import View
from dashboards.keys import GRAINS, Key, fitting_trend, trend_of
from dashboards.spreads import ages, levels, stages, strip
from dashboards.tables import own_past
from dashboards.values import NOTHING, count, day_text, number, share_text, value_text
from dashboards.windows import context_start
from dashboards.wording import Figure, finding, only_figure, pooling, qualification, state
from metrics.bands import BANDS, BENCHMARKS_2025, score_2025
from metrics.catalog import STAGES, Metric, metric_named
from metrics.distribution import Distribution
from metrics.scope import By, Period

_WAITING_COUNTED, _WAITING_SHOWN = 5000, 200


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


def trend_panel(facts: Facts, view: View, key: Key) -> tuple[date, date] | None:
    """The trend; the period of the point that the reader clicked, or ``None``."""
    name = key.metric.name
    title = finding(key.now, key.before, view.window.previous_label)
    with panel(title, f"{_aggregation(facts, view, key.metric)} Click on a point to see the rows behind it."):
        frame, grain = _chosen_trend(facts, view, name)
        figure = trend(
            frame,
            key.metric,
            colours(),
            grain=grain,
            end=view.window.end,
            quarter_start_month=facts.quarter_start_month,
            year=facts.report_year,
        )
        clicked = chart(
            figure, alt=title, key=f"delivery-{name}-{grain}", on_select="rerun", selection_mode="points"
        )
        with st.container(horizontal=True):
            definition(key.metric, key=f"delivery-{name}")
            download(frame, facts, name, "by", grain, view.window.end)
    return _clicked_period(clicked, frame, view.window.end)


def _aggregation(facts: Facts, view: View, metric: Metric) -> str:
    band = "band: 25th to 75th percentile" if metric.statistic == "quantile" else "band: 95 % interval"
    return f"{pooling(view.n_services).capitalize()}; {band}; dotted lines: DORA {facts.report_year} levels."


def _chosen_trend(facts: Facts, view: View, name: str) -> tuple[pd.DataFrame, Period]:
    chosen = st.segmented_control(
        "By",
        ["fitting", *GRAINS],
        default="fitting",
        required=True,
        key="by",
        bind="query-params",
        format_func=lambda grain: "Fitting" if grain == "fitting" else str(grain).capitalize(),
        label_visibility="collapsed",
        help="Fitting: the finest in which most points have enough data.",
    )
    if chosen in GRAINS:
        return trend_of(facts, view, name, chosen), chosen
    return fitting_trend(facts, view, name)


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


def scopes_panel(facts: Facts, view: View, name: str) -> tuple[By, str, str] | None:
    """Teams or services against their own past; the row that the reader chose, or ``None``."""
    metric, window = metric_named(name), view.window
    with panel(
        "Each against its own past",
        f"{window.label[0].upper()}{window.label[1:]} against {window.previous_label}, by the alphabet. "
        "Choose a row to see what is behind it.",
    ):
        by: By = st.segmented_control(
            "Level",
            ["team", "service"],
            default="team",
            required=True,
            key="level",
            bind="query-params",
            format_func=lambda level: f"By {level}",
            label_visibility="collapsed",
        )
        now = facts.figures(name, window.start, window.end, by=by, where=view.where)
        before = facts.figures(name, window.previous_start, window.previous_end, by=by, where=view.where)
        start = context_start(window, facts.quarter_start_month)
        months = facts.figures(name, start, window.end, by=by, period="month", where=view.where)
        names = view.team_names if by == "team" else view.service_names
        table = own_past(name, now, before, months, names)
        chosen = st.dataframe(
            table.drop(columns="scope_id"),
            hide_index=True,
            height=min(38 + 35 * max(len(table), 1), 400),
            alt=f"{metric.title} by {by}, each against its own past",
            on_select="rerun",
            selection_mode="single-row",
            key=f"scopes-{name}-{by}",
            column_config={
                "scope": st.column_config.TextColumn(by.capitalize(), pinned=True),
                "value": st.column_config.TextColumn(metric.title),
                "interval": st.column_config.TextColumn("95 % interval"),
                "n": st.column_config.NumberColumn("n", format="localized", help="What the figure counts."),
                "previous": st.column_config.TextColumn(window.previous_label),
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


def spread_panels(facts: Facts, view: View, name: str) -> None:
    """How the services lie, and how many say something."""
    metric, window = metric_named(name), view.window
    spread = facts.spread(name, window.start, window.end, where=view.where)
    left, right = st.columns([3, 2])
    with left, panel(_spread_title(spread, metric), _spread_caption(spread, metric)):
        if spread.status_counts["ok"]:
            chart(
                strip(spread, metric, view.service_names, colours()),
                alt=_spread_title(spread, metric),
                key=f"strip-{name}",
            )
        else:
            st.caption("No service has enough data in this window.")
        download(spread.services, facts, name, "by-service", window.start, window.end)
    with right, panel(_levels_title(spread), _levels_caption(spread)):
        chart(levels(spread, colours()), alt=_levels_title(spread), key=f"levels-{name}")


def _spread_title(spread: Distribution, metric: Metric) -> str:
    if spread.quartiles is None:
        return "Too few services have a value to say how they lie"
    low, _, high = (value_text(metric.unit, q) for q in spread.quartiles)
    return f"Half of the services lie between {low} and {high}"


def _spread_caption(spread: Distribution, metric: Metric) -> str:
    text = f"{metric.title}, one dot per service with enough data; every service weighs the same."
    benchmark = BENCHMARKS_2025.get(metric.name)
    if spread.quartiles is None or benchmark is None:
        return text
    around = f" ± {benchmark.sd}" if benchmark.sd else ""
    score = number(score_2025(metric.name, spread.quartiles[1]))
    return (
        f"{text} The median service scores {score} of 10 (DORA 2025; survey mean {benchmark.mean}{around})."
    )


def _levels_title(spread: Distribution) -> str:
    said, total = spread.status_counts["ok"], len(spread.services)
    return f"{count(said)} of {count(total)} services have enough data"


def _levels_caption(spread: Distribution) -> str:
    if not spread.level_counts:
        return "Services of the window. There are no published levels for this metric."
    bands = BANDS[spread.year][spread.metric]
    return f"Services by the level of their value, DORA {spread.year}. {bands.footnote}".rstrip()


def stages_panel(facts: Facts, view: View) -> None:
    """Where a change spends its time: each stage's median side by side."""
    window = view.window
    now = [_stage(facts, view, name, window.start, window.end) for name in STAGES]
    before = [_stage(facts, view, name, window.previous_start, window.previous_end) for name in STAGES]
    with panel(
        _stages_title(now),
        f"Median per stage, {pooling(view.n_services)}. The stages of a change add up to its lead time, the "
        "medians do not add up to the median. A stage that never happened is absent, not zero.",
    ):
        chart(
            stages(now, before, colours(), previous_label=window.previous_label),
            alt=_stages_title(now),
            key="stages",
        )
        with st.container(horizontal=True):
            for stage in now:
                definition(stage.metric, key=stage.metric.name, label=stage.metric.title)


def _stage(facts: Facts, view: View, name: str, start: date, end: date) -> Figure:
    return only_figure(name, facts.figures(name, start, end, where=view.where))


def _stages_title(now: list[Figure]) -> str:
    known = sorted((stage for stage in now if stage.is_ok), key=lambda stage: stage.value)
    if not known:
        return "Too few changes to say where their time goes"
    longest = known[-1]
    if len(known) > 1 and not longest.low > known[-2].high:
        return "No stage of a change is clearly the longest"
    return f"{longest.metric.title} is the longest stage: {value_text('hours', longest.value)}"


def readings_panel(facts: Facts, view: View) -> None:
    """What other definitions make of the same rows."""
    readings = facts.readings(view.window.start, view.window.end, where=view.where)
    values = [reading.value for reading in readings if reading.value is not None]
    title = (
        f"Other definitions read these rows as {number(100 * min(values))} to {number(100 * max(values))} %"
        if values
        else "There are no rows to read by other definitions"
    )
    with panel(
        title,
        "The same deployments and incidents, to explain a difference to another tool. Ours comes first.",
    ):
        table = pd.DataFrame(
            {
                "Reading": [NOTHING if r.value is None else share_text(r.value, 1) for r in readings],
                "Definition": [r.label for r in readings],
                "Counted": [_counted(r.numerator, r.denominator) for r in readings],
                "Used by": [r.used_by for r in readings],
            }
        )
        st.table(table, hide_index=True, border="horizontal", alt="Change fail rate by other definitions")


def _counted(numerator: int | None, denominator: int | None) -> str:
    return "mean of rates" if denominator is None else f"{count(numerator or 0)} of {count(denominator)}"


def incidents_panel(facts: Facts, view: View, now: Figure) -> None:
    """Time to restore an incident of any cause: operations, apart from the five keys."""
    with panel(
        f"Apart from the keys: incidents of any cause are restored in {value_text('hours', now.value)}"
        if now.is_ok
        else f"Apart from the keys: {state(now)}",
        "From an incident's start to its resolution, whatever caused it. This is operations, not a DORA key.",
    ):
        if now.is_ok:
            st.caption(f"Median; {qualification(now)}.")
        definition(now.metric, key="incidents")


def waiting_panel(facts: Facts, view: View) -> None:
    """Changes that no production deployment contains yet."""
    waiting = facts.waiting(where=view.where, limit=_WAITING_COUNTED)
    with panel(
        _waiting_title(waiting),
        f"At {day_text(facts.today)}, without bots. Lead time knows only changes that arrived.",
    ):
        if waiting.empty:
            return
        left, right = st.columns([2, 3])
        with left:
            chart(ages(waiting, colours()), alt=_waiting_title(waiting), key="ages")
        with right:
            st.dataframe(
                _shown(waiting, view.service_names),
                hide_index=True,
                height=250,
                alt="Changes that wait, oldest first",
                column_config={
                    "age_days": st.column_config.NumberColumn("Age, days", format="%.1f"),
                    "url": st.column_config.LinkColumn("Source", display_text="open"),
                },
            )
        download(waiting, facts, "open_changes", facts.today)


def _waiting_title(waiting: pd.DataFrame) -> str:
    if waiting.empty:
        return "No change waits for production"
    at_least = "At least " if len(waiting) >= _WAITING_COUNTED else ""
    oldest = value_text("hours", float(waiting["age_hours"].max()))
    return f"{at_least}{count(len(waiting))} changes are not in production yet, the oldest for {oldest}"


def _shown(waiting: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    top = waiting.head(_WAITING_SHOWN)
    return pd.DataFrame(
        {
            "Service": top["service_id"].map(lambda s: names.get(s, s)),
            "State": top["state"],
            "age_days": top["age_hours"] / 24,
            "url": top["url"],
        }
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
