"""What must hold of every answer, whatever is assumed."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.roi.assumptions import Assumption
from metrics.roi.door import roi
from metrics.roi.result import BASES, RoiResult
from tests.metrics.roi.reference import LEDGER, QUARTER, stated
from warehouse.publish import Snapshot

FEW = settings(
    max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
SHARES = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(sorted)
UNCERTAIN = ("realisation", "substitution_share", "attribution:B4")


def answered(reference: Snapshot, ledger: list[Assumption], seed: int = 1) -> RoiResult:
    return roi(reference, QUARTER, ledger, seed, n_draws=400)


def ledger_with(*changed: Assumption) -> list[Assumption]:
    keys = {each.key for each in changed}
    return [*(each for each in LEDGER if each.key not in keys), *changed]


@FEW
@given(st.lists(SHARES, min_size=3, max_size=3), st.integers(0, 2**31))
def test_rows_sum_to_every_net_and_percentiles_are_in_order(
    reference: Snapshot, ranges: list[list[float]], seed: int
) -> None:
    changed = [stated(key, *values) for key, values in zip(UNCERTAIN, ranges, strict=True)]
    result = answered(reference, ledger_with(*changed), seed)
    for headline in result.headlines:
        classes = (*BASES[headline.basis], "cost")
        rows = [line.amount_point for line in result.lines if line.kind.class_ in classes]
        assert sum(rows, Decimal(0)) == headline.net.point == headline.benefit.point - headline.cost.point
        assert headline.net.spread.p10 <= headline.net.spread.p50 <= headline.net.spread.p90
        assert 0 <= headline.p_net_positive <= 1


@FEW
@given(SHARES)
def test_a_wider_range_moves_no_likely_amount(reference: Snapshot, values: list[float]) -> None:
    narrow = ledger_with(stated("realisation", values[1]))
    wide = ledger_with(stated("realisation", *values))
    points = [[t.amount.point for t in answered(reference, ledger).totals] for ledger in (narrow, wide)]
    assert points[0] == points[1]


@FEW
@given(st.floats(0.1, 10.0))
def test_a_salary_times_a_factor_multiplies_every_line_of_hours_and_no_other(
    reference: Snapshot, factor: float
) -> None:
    salary = next(each for each in LEDGER if each.key == "salary")
    scaled = replace(salary, **dict.fromkeys(("low", "likely", "high"), salary.likely * factor))
    before, after = (answered(reference, ledger).totals for ledger in (list(LEDGER), ledger_with(scaled)))
    for old, new in zip(before, after, strict=True):
        is_salary = old.kind.quantity_unit == "hours"
        expected = float(old.amount.point) * (factor if is_salary else 1.0)
        assert abs(float(new.amount.point) - expected) < 0.02


@FEW
@given(SHARES)
def test_a_range_is_never_made_by_adding_all_lows(reference: Snapshot, values: list[float]) -> None:
    changed = [stated("realisation", 0.3, 0.5, 0.7), stated("substitution_share", 0.4, 0.7, 0.9)]
    result = answered(reference, ledger_with(*changed, stated("attribution:B4", *values)))
    rows = [total.amount.spread for total in result.totals if total.kind.is_in_headline]
    net = result.headline("cash_capacity_and_risk").net.spread
    assert net.p10 > sum(spread.p10 for spread in rows)
    assert net.p90 < sum(spread.p90 for spread in rows)
