"""Rows of the report's CSV: whatever the factors are, the printed ones give the printed amount."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.report.files import LINE_COLUMNS, Stamp, line_rows, lines_csv
from dashboards.words.spreadsheet import cell
from metrics.quarters import quarter_named
from metrics.roi.catalogue import LINES
from metrics.roi.lines import Line, Spread
from metrics.roi.rounding import exact
from metrics.trust import SourceState

STAMP = Stamp("r1", "1", "c0ffee", datetime(2026, 10, 2, 8, tzinfo=UTC))
QUARTER = quarter_named("2026-Q3")
KINDS = {kind.line_id: kind for kind, _ in LINES}
SIZES = st.floats(-1e6, 1e6, allow_nan=False, width=64)
SHARES = st.floats(0, 1, allow_nan=False)
TICKETS = SourceState("tickets", ("jira",), 0.5, 2, 1, None, (), "refused", ("below coverage: 50 %",))


def line(line_id: str = "B2", *, quantity: float = 720.0, unit_value: float = 100.0, **shares: float) -> Line:
    """A row of one team."""
    return Line(
        kind=KINDS[line_id],
        scope_type="team",
        scope_id="payments",
        currency="EUR",
        quantity=exact(quantity),
        unit_value=exact(unit_value),
        attribution=exact(shares.get("attribution", 0.8)),
        realisation=exact(shares.get("realisation", 0.5)),
        other=exact(shares.get("other", 1.0)),
        spread=Spread(1.0, 2.0, 3.0, 2.0),
        discount_factor=exact(0.9),
        grade="measured",
        n_observations=720,
        completeness=0.5,
        baseline_period="",
        source_systems="tickets",
        method_note="as counted",
    )


@given(st.sampled_from(sorted(KINDS)), SIZES, SIZES, SHARES, SHARES, SHARES)
def test_printed_factors_give_the_printed_amount(
    line_id: str, quantity: float, unit_value: float, alpha: float, kappa: float, other: float
) -> None:
    made = line(
        line_id,
        quantity=quantity,
        unit_value=unit_value,
        attribution=alpha,
        realisation=kappa,
        other=other,
    )
    (row,) = line_rows([made], STAMP, QUARTER, [])
    printed = {name: cell(row[name]) for name in LINE_COLUMNS}
    amount = Decimal(printed["sign"])
    for name in ("quantity", "unit_value", "attribution_factor", "realisation_factor", "other_factor"):
        amount *= Decimal(printed[name])
    assert Decimal(printed["amount_point"]) == amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert not any("e" in printed[name].lower() for name in ("quantity", "unit_value", "other_factor"))


def test_a_refused_row_has_no_figure_and_says_why() -> None:
    (row,) = line_rows([line()], STAMP, QUARTER, [TICKETS])
    text = lines_csv([row]).splitlines()[1]
    assert ",1,,hours,,EUR/hour,,,,,,,,,," in text
    assert row["method_note"] == "as counted; refused: tickets from jira: below coverage: 50 %"
    assert row["source_systems"] == "jira tickets"


def test_an_accepted_row_has_its_figures_and_the_reason() -> None:
    (row,) = line_rows([line()], STAMP, QUARTER, [TICKETS], accepted="the portal was migrated")
    # 720 hours at 100, of which 0.8 by the platform, of which 0.5 becomes useful work.
    assert row["amount_point"] == Decimal("28800.00")
    assert "accepted although refused (the portal was migrated): tickets from jira" in row["method_note"]


@pytest.mark.parametrize(("amount", "cents"), [(0.005, "0.01"), (-0.005, "-0.01"), (2.675, "2.68")])
def test_half_a_cent_is_rounded_away_from_zero(amount: float, cents: str) -> None:
    (row,) = line_rows(
        [line(quantity=amount, unit_value=1.0, attribution=1.0, realisation=1.0)], STAMP, QUARTER, []
    )
    assert row["amount_point"] == Decimal(cents)
