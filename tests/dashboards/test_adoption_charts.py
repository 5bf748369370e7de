"""Charts and titles of the adoption page: blank stays blank, small is counted, mandates stand apart."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboards.adoption.action_charts import ActionLatency, ActionShare, latencies, shares
from dashboards.adoption.cohort_chart import cohort_map
from dashboards.adoption.leakage_panel import leakage_title
from dashboards.adoption.panels import deflection_title
from dashboards.drawing.theme import PALETTES
from metrics.deflection import Deflection
from tests.dashboards.frames import NAN, as_plotly_reads, figure

LIGHT = PALETTES["light"]


def _cell(start: date, month: int, numerator: int, size: int) -> dict[str, object]:
    is_ok = size >= 5
    share = numerator / size if is_ok else np.nan
    status = "ok" if is_ok else "too_few"
    cell = {"period_start": start, "months_later": month, "size": size, "numerator": numerator}
    return cell | {"value": share, "low": share, "high": share, "status": status}


def test_a_cohort_map_leaves_months_blank_that_are_not_over_and_small_cohorts_without_colour() -> None:
    old, new = date(2025, 1, 1), date(2025, 4, 1)
    cells = [_cell(old, month, n, 10) for month, n in enumerate((10, 5, 0))]
    cells += [_cell(new, month, n, 2) for month, n in enumerate((2, 1))]
    chart = as_plotly_reads(cohort_map(pd.DataFrame(cells), LIGHT, quarter_start_month=1, is_dark=False))
    # Nobody of the old cohort came back in its third month: a 0 with a colour. The new one has no colour.
    assert [list(row) for row in chart.data[0].z] == [[100.0, 50.0, 0.0], [None, None, None]]
    texts = {(note.x, note.y): note.text for note in chart.layout.annotations}
    assert texts == {(0, 0): "100", (1, 0): "50", (2, 0): "0", (0, 1): "2/2", (1, 1): "1/2"}
    assert list(chart.layout.yaxis.ticktext) == ["Q1 2025<br>n = 10", "Q2 2025<br>n = 2"]


def test_shares_under_a_mandate_have_a_bar_and_a_pattern_of_their_own() -> None:
    name = "self_service_share"
    row = ActionShare(
        "db",
        voluntary=figure(name, 0.25, 40),
        mandated=figure(name, 0.8, 20),
        before=figure(name, NAN, 0, status="no_data"),
    )
    chart = as_plotly_reads(shares([row], LIGHT, previous_label="Q1"))
    free, mandated, before = chart.data
    assert (list(free.x), list(mandated.x), list(before.x)) == ([25.0], [80.0], [None])
    assert (free.marker.pattern.shape, mandated.marker.pattern.shape) == ("", "/")
    label = chart.layout.annotations[0].text.replace("\u00a0", " ")
    assert label == "<b>db</b><br><b>25.0 %</b> of 40 · mandated <b>80.0 %</b> of 20"


def test_a_way_with_too_few_requests_has_no_mark_and_says_how_many_there_were() -> None:
    name = "request_latency"
    row = ActionLatency(
        "db", ticket=figure(name, 12.0, 30, p90=40.0), self_service=figure(name, NAN, 3, status="too_few")
    )
    chart = as_plotly_reads(latencies([row], LIGHT))
    medians = {trace.name: list(trace.x) for trace in chart.data if str(trace.name).startswith("median")}
    assert medians == {"median by ticket": [12.0], "median by self-service": []}
    label = chart.layout.annotations[0].text.replace("\u00a0", " ")
    assert label == "<b>db</b><br><b>12.0 h</b> (30) by ticket · too few (3) by self-service"


@pytest.mark.parametrize(
    ("value", "low", "high", "title"),
    [
        (0.2, 0.1, 0.3, "fell by 20 % since Q1 (95 % 10 to 30)"),
        (-0.2, -0.3, -0.1, "rose by 20 % since Q1 (95 % 10 to 30)"),
        (0.1, -0.1, 0.3, "show no clear change since Q1 (95 % from 30 % fewer to 10 % more)"),
    ],
)
def test_deflection_is_named_only_where_its_interval_leaves_out_zero(
    value: float, low: float, high: float, title: str
) -> None:
    said = deflection_title(Deflection(1.0, 1 - value, value, low, high, 50, 40), "Q1")
    assert said == f"How-to tickets per engineer {title}"


def test_an_unknown_deflection_gives_its_reason() -> None:
    unknown = Deflection(None, None, None, None, None, 0, 0, reason="the rate before is not_collected")
    assert deflection_title(unknown, "Q1") == (
        "How-to questions cannot be compared with Q1: the rate before is not collected"
    )


def test_the_work_on_leaked_tickets_is_of_those_whose_work_is_known() -> None:
    leaks = pd.DataFrame({"n_tickets": [3, 2], "n_touch_known": [3, 1], "touch_hours": [4.5, 1.5]})
    assert leakage_title(leaks) == (
        "5 tickets asked for what self-service offers; 6.0 hours of work on the 4 whose work is known"
    )
    unknown = pd.DataFrame({"n_tickets": [1], "n_touch_known": [0], "touch_hours": [np.nan]})
    assert leakage_title(unknown).endswith("the work on them is not known")
