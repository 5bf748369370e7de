"""Charts: gaps are gaps, small n is hollow, benchmarks bear their year."""

import json
import math
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboards.drawing.charts import is_running, trend
from dashboards.drawing.flow import ages, stages
from dashboards.drawing.theme import PALETTES, room
from metrics.catalog import metric_named
from tests.dashboards.frames import NAN, as_plotly_reads, figure, weeks

LIGHT = PALETTES["light"]
LEAD_TIME = metric_named("change_lead_time")


def lead_time(
    values: list[float], *, n: int = 20, end: date | None = None, year: int | None = 2024
) -> go.Figure:
    frame = weeks(values, n=n)
    after = end or frame["period_start"].iloc[-1] + pd.Timedelta(days=7)
    return as_plotly_reads(trend(frame, LEAD_TIME, LIGHT, grain="week", end=after, year=year))


def test_a_week_without_data_is_a_gap_in_line_and_band() -> None:
    chart = lead_time([40.0, 38.0, NAN, 30.0, 28.0])
    line = next(trace for trace in chart.data if trace.name == "median hours")
    assert line.connectgaps is False
    assert math.isnan(line.y[2])
    bands = [trace for trace in chart.data if trace.name == "95 % interval"]
    assert [len(band.x) for band in bands] == [4, 4]


def test_weeks_below_the_minimum_are_hollow_and_named() -> None:
    chart = lead_time([40.0, 38.0, 30.0], n=4)
    small = next(trace for trace in chart.data if trace.name.startswith("fewer than 5"))
    assert small.marker.color == LIGHT.paper
    assert len(small.x) == 3


def test_benchmarks_have_their_year_and_lie_on_a_log_axis() -> None:
    chart = lead_time([40.0, 38.0, 30.0])
    assert chart.layout.yaxis.type == "log"
    elite = next(note for note in chart.layout.annotations if "elite" in note.text)
    assert "2024" in elite.text
    assert elite.y == pytest.approx(math.log10(24))
    assert not any("elite" in note.text for note in lead_time([40.0], year=None).layout.annotations)


def test_lines_are_straight_and_no_chart_is_a_pie() -> None:
    chart = lead_time([40.0, 38.0, 30.0])
    assert {trace.type for trace in chart.data} == {"scatter"}
    assert all(trace.line.shape in (None, "linear") for trace in chart.data)


def test_a_week_that_is_not_over_stands_apart_from_the_line() -> None:
    chart = lead_time([40.0, 38.0, 90.0], end=date(2025, 1, 22))
    line = next(trace for trace in chart.data if trace.name == "median hours")
    assert len(line.x) == 2
    assert next(trace for trace in chart.data if trace.name == "week not over").y == (90.0,)


def test_a_month_is_over_when_the_window_ends_with_it() -> None:
    assert not is_running(date(2025, 2, 1), "month", date(2025, 3, 1))
    assert is_running(date(2025, 3, 1), "month", date(2025, 3, 31))
    assert not is_running(date(2025, 1, 1), "quarter", date(2025, 4, 1))
    assert is_running(date(2025, 1, 6), "week", date(2025, 1, 12))


def test_quarters_are_named_above_the_plot() -> None:
    chart = lead_time([30.0] * 30)
    names = [note.text for note in chart.layout.annotations if note.text.startswith("Q")]
    assert names == ["Q1 2025", "Q2", "Q3"]


def test_a_stage_that_nobody_went_through_has_no_bar() -> None:
    now = [figure("change_coding_time", 5.0, 40), figure("change_draft_time", status="no_data")]
    chart = as_plotly_reads(stages(now, now, LIGHT, previous_label="Q3 2026"))
    assert chart.data[0].x == (5.0, None)
    assert "no data" in [note.text for note in chart.layout.annotations]


def test_waiting_changes_are_counted_by_age_and_state() -> None:
    waiting = pd.DataFrame(
        {
            "state": ["not merged", "not merged", "merged, not deployed", "not merged"],
            # 2 hours; 30 hours; 200 hours; unknown, so in no bar.
            "age_hours": [2.0, 30.0, 200.0, NAN],
        }
    )
    merged, unmerged = as_plotly_reads(ages(waiting, LIGHT)).data
    assert list(merged.y) == [0, 0, 1, 0]
    assert list(unmerged.y) == [1, 1, 0, 0]


def test_a_chart_is_sent_so_that_a_copy_of_it_is_not_drawn_again() -> None:
    sent = ages(pd.DataFrame({"state": ["merged, not deployed"], "age_hours": [2.0]}), LIGHT).figure()
    layout = json.loads(sent.to_json())["layout"]
    assert layout["template"] is None, "a template is compared by identity"
    assert layout["datarevision"] == 1, "without a revision each copy of the data counts as other data"


def test_the_longest_line_of_a_label_has_room_beside_the_plot() -> None:
    # 7 characters of 6.5 px are 45.5, and 8 for the tick.
    assert room(["Q1 2026<br>n = 5", "Q2"]) == 54
    assert room([]) == 8
