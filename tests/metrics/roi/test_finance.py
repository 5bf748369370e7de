"""Money over time against figures worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.roi.finance import (
    benefit_cost_ratio,
    discount_factor,
    internal_rate_of_return,
    net_present_value,
    payback_quarters,
    return_on_investment,
)

REFERENCE = [-300_000.0, 80_000.0, 90_000.0, 100_000.0, 110_000.0]
FLOWS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12)


def test_ten_percent_a_year_is_not_two_and_a_half_a_quarter() -> None:
    # 1.1 ** 0.25 - 1 = 0.0241137
    assert 100 / discount_factor(0.10, 1) - 100 == pytest.approx(2.41137, abs=5e-6)


def test_the_worked_net_present_value() -> None:
    # -300,000 + 80,000/1.0241137 + 90,000/1.0488088 + 100,000/1.0740997 + 110,000/1.1
    # = -300,000 + 78,116.33 + 85,811.63 + 93,101.24 + 100,000 = 57,029.20
    assert net_present_value(REFERENCE, 0.10) == pytest.approx(57_029.20, abs=0.005)


def test_the_first_flow_is_undiscounted() -> None:
    assert net_present_value([100.0], 0.5) == 100
    assert discount_factor(0.5, 0) == 1


def test_the_worked_payback() -> None:
    # Totals -300, -220, -130, -30, 80 thousand: in the fourth quarter, after 30/110 of it.
    assert payback_quarters(REFERENCE).value == pytest.approx(3.272727, abs=5e-7)


def test_what_never_pays_back_says_so() -> None:
    never = payback_quarters([-100.0, 10.0, 10.0])
    assert never.value is None
    assert never.reason == "not paid back within the horizon"


def test_what_costs_nothing_at_first_is_paid_back_at_once() -> None:
    assert payback_quarters([5.0, -1.0]).value == 0


def test_payback_is_the_first_crossing_even_if_the_total_falls_again() -> None:
    # Totals -10, 10, -30, 0: half of the first quarter.
    assert payback_quarters([-10.0, 20.0, -40.0, 30.0]).value == pytest.approx(0.5)


def test_rate_of_return_is_yearly() -> None:
    # 100 become 121 after eight quarters: 10 % a year.
    assert internal_rate_of_return([-100.0, *[0.0] * 7, 121.0]).value == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("flows", "times"), [([-1.0, 3.0, -2.0], "2 times"), ([1.0, 2.0], "never"), ([0.0, 0.0], "never")]
)
def test_no_rate_of_return_without_exactly_one_change_of_sign(flows: list[float], times: str) -> None:
    answer = internal_rate_of_return(flows)
    assert answer.value is None
    assert f"change sign {times}" in answer.reason


def test_the_worked_return_on_investment() -> None:
    # 331,800 - 260,000 = 71,800; 71,800 / 260,000 = 27.6154 %
    assert 100 * (return_on_investment(71_800, 260_000).value or 0) == pytest.approx(27.6154, abs=5e-5)
    assert benefit_cost_ratio(331_800, 260_000).value == pytest.approx(1.276154, abs=5e-7)


def test_zero_cost_gives_no_return_but_a_reason() -> None:
    for answer in (return_on_investment(5.0, 0.0), benefit_cost_ratio(5.0, 0.0)):
        assert answer.value is None
        assert "cost is zero" in answer.reason


def test_a_loss_is_a_negative_return() -> None:
    assert return_on_investment(-50.0, 200.0).value == -0.25


@given(FLOWS, st.floats(0.0, 1.0))
def test_present_value_of_two_plans_together_is_the_sum(flows: list[float], rate: float) -> None:
    doubled = net_present_value([2 * flow for flow in flows], rate)
    assert doubled == pytest.approx(2 * net_present_value(flows, rate), abs=1e-6)


@given(FLOWS)
def test_without_interest_the_present_value_is_the_total(flows: list[float]) -> None:
    assert net_present_value(flows, 0.0) == pytest.approx(sum(flows), abs=1e-6)


@given(st.floats(1.0, 1e6), st.lists(st.floats(0.0, 1e6), min_size=1, max_size=8))
def test_where_there_is_a_rate_of_return_the_flows_are_worth_nothing_at_it(
    cost: float, gains: list[float]
) -> None:
    flows = [-cost, *gains]
    rate = internal_rate_of_return(flows).value
    if rate is not None:
        assert net_present_value(flows, rate) == pytest.approx(0.0, abs=1e-5 * (cost + sum(gains)))


@given(FLOWS)
def test_payback_lies_where_the_total_crosses(flows: list[float]) -> None:
    value = payback_quarters(flows).value
    if value is None:
        assert all(sum(flows[: i + 1]) < 0 for i in range(len(flows)))
    else:
        assert 0 <= value <= len(flows) - 1
