"""Figures as each locale writes them: one number, amount and day, on pages, in charts, tables and reports."""

from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from dashboards.drawing.charts import trend
from dashboards.drawing.theme import PALETTES
from dashboards.page.exports import csv_bytes
from dashboards.page.tables import written
from dashboards.words.locale import in_use, using_locale, written_in
from dashboards.words.values import (
    amount_text,
    count,
    day_text,
    exact_text,
    factor_text,
    in_currency,
    interval_text,
    number,
    percent_text,
    round_number,
    short_text,
    value_text,
)
from metrics.catalog import metric_named
from tests.dashboards.frames import weeks

# Locale, a count, a number, an amount, an exact amount in francs, an amount of a chart, a day.
WRITTEN = [
    ("en", "1,234,567", "17.2", "EUR −71,800", "1,234.56", "71.8k", "4 Nov 2026"),
    ("en-GB", "1,234,567", "17.2", "EUR −71,800", "1,234.56", "71.8k", "4 Nov 2026"),
    ("en-US", "1,234,567", "17.2", "EUR −71,800", "1,234.56", "71.8k", "Nov 4, 2026"),
    ("de-DE", "1.234.567", "17,2", "−71.800 EUR", "1.234,56", "71,8k", "04.11.2026"),
    ("de-CH", "1’234’567", "17.2", "EUR −71’800", "1’234.56", "71.8k", "04.11.2026"),
    # The French group digits by a narrow space that does not break.
    ("fr", "1\u202f234\u202f567", "17,2", "−71\u202f800 EUR", "1\u202f234,56", "71,8k", "4 nov. 2026"),
    ("en-IN", "12,34,567", "17.2", "EUR −71,800", "1,234.56", "71.8k", "4 Nov 2026"),
]


@pytest.mark.parametrize("row", WRITTEN, ids=[row[0] for row in WRITTEN])
def test_every_figure_is_written_as_its_locale_writes_it(row: tuple[str, ...]) -> None:
    with using_locale(row[0]):
        assert (
            count(1234567),
            number(17.24),
            amount_text(-71800.4, "EUR").replace("\u00a0", " "),
            exact_text(Decimal("1234.56"), "CHF"),
            short_text(71800),
            day_text(date(2026, 11, 4)),
        ) == row[1:]
    assert in_use().name == "en"


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    assert exact_text(Decimal("1234.56"), "JPY") == "1,235"
    assert exact_text(Decimal("1234.50"), "CHF") == "1,234.50"
    with using_locale("de-DE"):
        assert in_currency("−20,1k to 180k", "JPY").replace("\u00a0", " ") == "−20,1k to 180k JPY"


def test_what_is_not_all_is_never_written_as_all_and_what_is_some_never_as_none() -> None:
    # 34,984 of 35,000 is 99.954 %, which one decimal would round to 100.0.
    said = [percent_text(share).replace("\u00a0", " ") for share in (34984 / 35000, 1.0, 0.999, 0.0, 1e-6)]
    assert said == ["> 99.9 %", "100 %", "99.9 %", "0 %", "< 0.01 %"]
    assert percent_text(0.996, 0).replace("\u00a0", " ") == "> 99 %"
    assert percent_text(-0.284, 0).replace("\u00a0", " ") == "−28 %"
    assert percent_text(2.5, 0).replace("\u00a0", " ") == "250 %"
    assert value_text("ratio", 0.9996).replace("\u00a0", " ") == "> 99.9 %"
    assert interval_text("ratio", 0.9996, 0.991, 0.99999).split("\u00a0") == ["99.1", "to", "99.9"]


def test_a_factor_keeps_the_digits_to_recompute_with() -> None:
    # 2,399.95 hours at 0.5 of 0.7: nothing of it may be rounded away.
    assert [factor_text(value) for value in (2399.95, 0.5, 0.123456789)] == ["2,399.95", "0.5", "0.123457"]


def test_a_small_factor_keeps_its_digits_instead_of_becoming_nothing() -> None:
    # A request may cost EUR 0.0000315; a row that shows 0 for it could not be recomputed.
    assert [factor_text(value) for value in (0.00005, 0.0000315)] == ["0.00005", "0.0000315"]
    assert round_number(0.00002) == "0.00002"


def test_an_unknown_locale_says_what_would_do() -> None:
    with pytest.raises(ValueError, match="no locale 'xx-YY'; use one such as en"):
        written_in("xx-YY")


def test_a_chart_has_the_separators_and_months_of_the_locale() -> None:
    frame = weeks([20.0] * 30)
    with using_locale("fr"):
        drawn = trend(
            frame, metric_named("change_lead_time"), PALETTES["light"], grain="week", end=date(2025, 8, 4)
        )
    assert drawn.layout["separators"] == ",\u202f"
    assert drawn.layout["xaxis"]["ticktext"][:2] == ["févr.<br>2025", "mars"]


def test_a_table_shows_the_locale_and_keeps_its_values() -> None:
    frame = pd.DataFrame(
        {"n": [1234, 5], "share": [0.9996, 0.25], "at": [datetime(2026, 11, 4, 7), None], "x": [1.5, None]}  # noqa: DTZ001
    )
    with using_locale("de-DE"):
        html = written(frame, {}).to_html()
    for text in ("1.234", "&gt;\u00a099,9", "25,0\u00a0%", "04.11.2026, 07:00", "1,5"):
        assert text in html or text.replace("&gt;", ">") in html
    assert "NaT" not in html
    assert "nan" not in html
    assert written(frame, {}).data["share"].tolist() == [0.9996, 0.25]


def test_a_file_for_machines_knows_no_locale() -> None:
    with using_locale("de-DE"):
        assert csv_bytes(pd.DataFrame({"x": [1234.5]}), is_simulated=False) == b"x\n1234.5\n"
