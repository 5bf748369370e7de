"""Numbers as people read them, files as spreadsheets may open them, themes that agree."""

import tomllib
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

import dashboards
from dashboards.delivery.tables import latest_run, own_past, own_past_finding
from dashboards.drawing.theme import PALETTES, palette
from dashboards.page.exports import csv_bytes, file_name
from dashboards.words.values import difference_text, instant_text, interval_text, number, value_text
from tests.dashboards.frames import NAN


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("hours", 17.24, "17.2 h"),
        ("hours", 0.5, "30.0 min"),
        ("hours", 240.0, "10.0 days"),
        ("ratio", 0.1739, "17.4 %"),
        ("per day", 3.4, "3.4 per day"),
        ("per day", 0.5, "3.5 per week"),
        ("per day", 0.1, "3.0 per month"),
        ("per day", 0.0, "0 per day"),
        ("hours", NAN, "–"),
        ("days", 12.5, "12.5 days"),
        ("per engineer and quarter", 0.81, "0.81 per engineer and quarter"),
    ],
)
def test_a_value_has_the_unit_that_a_reader_thinks_in(unit: str, value: float, text: str) -> None:
    assert value_text(unit, value).replace("\u00a0", " ") == text


def test_an_interval_has_the_unit_of_its_value() -> None:
    # 240 h is 10 days, so its ends are in days too: 72 h is 3 days.
    assert interval_text("hours", 240, 72, 480).split("\u00a0") == ["3.0", "to", "20.0"]
    assert interval_text("hours", 240, NAN, NAN) == "no interval"


def test_shares_change_by_points() -> None:
    assert difference_text("ratio", 0.13, 0.142).replace("\u00a0", " ") == "−1.2 points"
    assert number(-1234.5) == "−1,234"


def test_times_name_their_zone() -> None:
    at = datetime(2026, 11, 22, 6, 0)  # noqa: DTZ001 - the warehouse holds UTC without a zone
    assert instant_text(at, "Europe/Berlin") == "22 Nov 2026, 07:00 Europe/Berlin"


def test_a_cell_that_looks_like_a_formula_is_made_harmless() -> None:
    frame = pd.DataFrame({"service_id": ["=HYPERLINK(1)", "api"], "value": [1.5, NAN]})
    assert csv_bytes(frame, is_simulated=False).decode() == "service_id,value\n'=HYPERLINK(1),1.5\napi,\n"


def test_simulated_rows_say_so_in_the_file() -> None:
    text = csv_bytes(pd.DataFrame({"value": [1.5]}), is_simulated=True).decode()
    assert text == "value,is_simulated\n1.5,True\n"
    name = file_name("change_lead_time", "by", "team", is_simulated=True)
    assert name == "payoff_change_lead_time_by_team_simulated.csv"
    name = file_name("change_lead_time", "by", "team", is_simulated=False)
    assert name == "payoff_change_lead_time_by_team.csv"


def test_months_before_a_gap_are_not_joined_to_those_after() -> None:
    assert latest_run([1.0, NAN, 2.0, 3.0, NAN]) == [2.0, 3.0]
    assert latest_run([NAN]) == []


def test_a_team_with_too_few_rows_has_no_value_in_the_table() -> None:
    columns = ["scope_id", "value", "n", "low", "high", "status", "is_stale"]
    now = pd.DataFrame(
        [["b", NAN, 3, NAN, NAN, "too_few", False], ["a", 20.0, 9, 18.0, 22.0, "ok", True]], columns=columns
    )
    months = pd.DataFrame({"scope_id": ["a", "b"], "value": [20.0, NAN]})
    table = own_past("change_lead_time", now, now.iloc[:0], months, {"a": "alpha", "b": "Beta"})
    assert list(table["scope"]) == ["alpha", "Beta"]
    assert [text.replace("\u00a0", " ") for text in table["value"]] == ["20.0 h (stale)", "3 of 5 needed"]


def test_the_theme_file_has_the_colours_of_the_charts() -> None:
    path = Path(dashboards.__file__).parent / ".streamlit" / "config.toml"
    theme = tomllib.loads(path.read_text())["theme"]
    for mode, colours in PALETTES.items():
        assert theme[mode]["backgroundColor"] == colours.paper
        assert theme[mode]["textColor"] == colours.ink
        assert theme[mode]["greenColor"] == colours.good
        assert theme[mode]["redColor"] == colours.bad
        assert theme[mode]["orangeColor"] == colours.warn


def test_a_browser_that_has_not_said_its_mode_gets_the_light_one() -> None:
    assert palette(None) is PALETTES["light"]
    assert palette("dark") is PALETTES["dark"]


def test_how_many_are_better_is_said_of_those_that_can_be_compared() -> None:
    changes = ["↘ fell, better", "↘ fell, better", "↗ rose, worse", "no clear change", ""]
    said = own_past_finding(pd.DataFrame({"change": changes}), "team", "Q2 2025")
    assert said == "2 of 4 teams are better than in Q2 2025, 1 worse"
    assert own_past_finding(pd.DataFrame({"change": [""]}), "team", "Q2 2025").startswith("No team can be")
    unclear = pd.DataFrame({"change": ["no clear change"]})
    assert own_past_finding(unclear, "service", "Q2 2025") == "No service differs clearly from Q2 2025"
