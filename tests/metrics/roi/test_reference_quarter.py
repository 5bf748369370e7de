"""The worked reference quarter, from rows through load, facts and model to the cent."""

from decimal import Decimal

import pytest

from metrics.roi.door import roi
from metrics.roi.result import RoiResult
from tests.metrics.roi.reference import LEDGER, QUARTER
from warehouse.publish import Snapshot


@pytest.fixture(scope="module")
def result(reference: Snapshot) -> RoiResult:
    return roi(reference, QUARTER, LEDGER, seed=1)


def test_lines_are_those_worked_by_hand(result: RoiResult) -> None:
    totals = {total.kind.line_id: total.amount.point for total in result.totals}
    # B1: 2,400 * 0.7 * ((1.0 - 0.2) + (1.5 - 0.05)) * 100 * 0.5; B2: 0.6 * 600 * 0.8 * 2 * 100 * 0.5;
    # B4: (30 - 22) * 0.6 * 1 * 20,000; B6: 20,000 - 2,000.
    assert totals["B1"] == Decimal("189000.00")
    assert totals["B2"] == Decimal("28800.00")
    assert totals["B4"] == Decimal("96000.00")
    assert totals["B6"] == Decimal("18000.00")
    assert totals["C2"] == Decimal("-260000.00")


def test_the_net_and_its_return(result: RoiResult) -> None:
    headline = result.headline("cash_capacity_and_risk")
    # 189,000 + 28,800 + 96,000 + 18,000 = 331,800; less 260,000.
    assert headline.benefit.point == Decimal("331800.00")
    assert headline.cost.point == Decimal("260000.00")
    assert headline.net.point == Decimal("71800.00")
    assert 100 * (headline.return_on_investment.value or 0) == pytest.approx(27.6154, abs=5e-5)


def test_headlines_are_nested_and_each_bears_all_costs(result: RoiResult) -> None:
    benefits = [headline.benefit.point for headline in result.headlines]
    # 18,000; + 189,000 + 28,800; + 96,000.
    assert benefits == [Decimal("18000.00"), Decimal("235800.00"), Decimal("331800.00")]
    assert {headline.cost.point for headline in result.headlines} == {Decimal("260000.00")}


def test_a_cash_loss_is_shown_as_a_loss(result: RoiResult) -> None:
    cash = result.headline("cash")
    assert cash.net.point == Decimal("-242000.00")
    assert cash.p_net_positive == 0.0
    assert (cash.return_on_investment.value or 0) < 0


def test_what_nobody_stated_is_named_and_not_zero(result: RoiResult) -> None:
    missing = {each.kind.line_id: each.reason for each in result.missing}
    assert missing["B3"] == "nobody stated initiatives: add it to the ledger, or to a file of inputs"
    assert missing["C1"].startswith("no input `platform_team_staff`")
    assert "B1w" not in missing


def test_rows_recompute_to_the_cent_and_sum_to_the_net(result: RoiResult) -> None:
    for line in result.lines:
        factors = line.quantity * line.unit_value * line.attribution * line.realisation * line.other
        assert abs(line.kind.sign * factors - line.amount_point) <= Decimal("0.005")
    net = sum(line.amount_point for line in result.lines if line.kind.is_in_headline)
    assert net == result.headline("cash_capacity_and_risk").net.point


def test_the_memo_at_constant_volume_is_never_added(result: RoiResult) -> None:
    memo = next(total for total in result.totals if total.kind.line_id == "B4m")
    # One deployment then and now: the same 8 hours.
    assert memo.amount.point == Decimal("96000.00")
    assert not memo.kind.is_in_headline


def test_the_same_seed_gives_the_same_answer_and_another_one_another_range(
    reference: Snapshot, result: RoiResult
) -> None:
    again = roi(reference, QUARTER, reversed(LEDGER), seed=1)
    other = roi(reference, QUARTER, LEDGER, seed=2)
    assert again.lines == result.lines
    assert again.headlines == result.headlines
    assert [line.amount_point for line in other.lines] == [line.amount_point for line in result.lines]
    assert other.headlines[1].net.spread != result.headlines[1].net.spread
