"""The flow of changes: the stages that they go through, and how long those on their way have waited."""

import math
from collections.abc import Sequence

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import LEGEND, Palette, figure, room, whiskers
from dashboards.words.values import count, scale_of, value_text
from dashboards.words.vocabulary import STATES
from dashboards.words.wording import Figure

AGES = ((24.0, "< 1 day"), (168.0, "< 1 week"), (730.0, "< 1 month"), (math.inf, "older"))


def stages(
    now: Sequence[Figure], before: Sequence[Figure], colours: Palette, *, previous_label: str
) -> Chart:
    """Each stage's median with its interval, beside that of the window before. Medians do not add up."""
    known = [stage for stage in now if stage.is_ok]
    suffix_scale = scale_of("hours", max((stage.value for stage in known), default=1.0))
    factor = suffix_scale.factor
    labels = [stage.metric.title for stage in now]
    chart = figure(colours, left=room(labels), right=92, top=8, bottom=LEGEND)
    chart.add(
        "bar",
        x=[stage.value * factor if stage.is_ok else None for stage in now],
        y=labels,
        orientation="h",
        marker={"color": colours.accent},
        error_x=whiskers(now, factor, colours),
        name="median with 95 % interval",
        hoverinfo="skip",
    )
    chart.add(
        "scatter",
        x=[stage.value * factor if stage.is_ok else None for stage in before],
        y=labels,
        mode="markers",
        marker={"symbol": "diamond-open", "size": 10, "color": colours.ink, "line": {"width": 1.6}},
        name=f"median in {previous_label}",
        hoverinfo="skip",
    )
    for stage in now:
        _annotate_stage(chart, stage, colours)
    chart.set_y(autorange="reversed", showgrid=False, tickfont={"color": colours.ink}, ticksuffix=" ")
    chart.set_x(
        showgrid=True, gridcolor=colours.grid, ticksuffix=suffix_scale.suffix, rangemode="tozero", nticks=6
    )
    chart.layout["bargap"] = 0.45
    return chart


def _annotate_stage(chart: Chart, stage: Figure, colours: Palette) -> None:
    p90 = float(stage.extras.get("p90", math.nan))
    tail = f"<br>p90 {value_text('hours', p90)}" if not math.isnan(p90) else ""
    text = f"<b>{value_text('hours', stage.value)}</b>{tail}" if stage.is_ok else STATES[stage.status]
    chart.add_words(
        text,
        x=1,
        xref="paper",
        xanchor="left",
        xshift=8,
        y=stage.metric.title,
        align="left",
        font={"size": 12, "color": colours.ink},
    )


def ages(waiting: pd.DataFrame, colours: Palette) -> Chart:
    """How many changes wait, by age, those merged apart from those not merged."""
    labels = [label for _, label in AGES]
    limits = [0.0, *(limit for limit, _ in AGES)]
    chart = figure(colours, height=250, left=room([count(len(waiting))]), top=8, bottom=LEGEND)
    for state, colour, pattern in (
        ("merged, not deployed", colours.accent, ""),
        ("not merged", colours.muted, "/"),
    ):
        hours = waiting.loc[waiting["state"] == state, "age_hours"].dropna().clip(lower=0)
        n = pd.cut(hours, limits, labels=labels, right=False).value_counts().reindex(labels, fill_value=0)
        chart.add(
            "bar",
            x=labels,
            y=n.to_list(),
            name=state,
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fgcolor": colours.paper, "fillmode": "overlay"},
            },
            text=[count(v) if v else "" for v in n],
            textposition="outside",
            textfont={"color": colours.ink},
            cliponaxis=False,
            hoverinfo="skip",
        )
    chart.layout |= {"bargap": 0.4, "bargroupgap": 0.08}
    chart.set_y(rangemode="tozero", nticks=4)
    return chart
