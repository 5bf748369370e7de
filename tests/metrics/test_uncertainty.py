"""Intervals and quantiles against figures worked by hand or printed in textbooks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metrics.survival import kaplan_meier
from metrics.uncertainty import (
    poisson_interval,
    quantile_interval,
    quantiles,
    wilson_interval,
)


def _groups(*groups: list[float]) -> tuple[np.ndarray, np.ndarray]:
    flat = np.array([value for group in groups for value in sorted(group)])
    return flat, np.cumsum([0, *(len(group) for group in groups)])


def test_wilson_for_three_of_eight() -> None:
    low, high = wilson_interval(np.array([3.0]), np.array([8.0]))
    assert (low[0], high[0]) == (pytest.approx(0.136844, abs=1e-6), pytest.approx(0.694258, abs=1e-6))


def test_no_trial_has_no_interval() -> None:
    low, high = wilson_interval(np.array([0.0]), np.array([0.0]))
    assert np.isnan([low[0], high[0]]).all()


def test_poisson_bounds_of_garwood_table() -> None:
    # Garwood (1936): 0 → 0 to 3.689, 1 → 0.0253 to 5.572, 10 → 4.795 to 18.39.
    low, high = poisson_interval(np.array([0.0, 1.0, 10.0]), np.array([1.0, 1.0, 2.0]))
    assert low == pytest.approx([0, 0.025318, 4.795389 / 2], abs=1e-5)
    assert high == pytest.approx([3.688879, 5.571643, 18.390356 / 2], abs=1e-5)


def test_quantiles_interpolate_and_an_empty_group_has_none() -> None:
    values, offsets = _groups([1, 100], [], [4, 24, 24, 24, 48, 48, 144])
    assert quantiles(values, offsets, 0.5).tolist()[0::2] == [50.5, 24]
    assert np.isnan(quantiles(values, offsets, 0.5)[1])
    assert quantiles(values, offsets, 0.9)[2] == pytest.approx(86.4)


def test_the_interval_of_a_median_takes_order_statistics() -> None:
    # n = 9: P(2nd < median < 8th) = 1 − 2·(1 + 9)/512 = 96.1 %; the 3rd and 7th would give 82 %.
    values, offsets = _groups(list(range(1, 10)))
    low, high = quantile_interval(values, offsets, 0.5)
    assert (low[0], high[0]) == (2, 8)


def test_five_values_cannot_bound_a_median() -> None:
    # Even smallest and largest cover only 1 − 2/32 = 93.75 %.
    values, offsets = _groups([1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6])
    low, high = quantile_interval(values, offsets, 0.5)
    assert np.isnan([low[0], high[0]]).all()
    assert (low[1], high[1]) == (1, 6)


@given(arrays(float, st.integers(6, 60), elements=st.floats(0, 1e6)))
def test_a_median_lies_inside_its_interval(values: np.ndarray) -> None:
    ordered, offsets = np.sort(values), np.array([0, len(values)])
    low, high = quantile_interval(ordered, offsets, 0.5)
    assert low[0] <= quantiles(ordered, offsets, 0.5)[0] <= high[0]


def test_the_interval_of_a_median_covers_in_ninety_five_of_a_hundred() -> None:
    rng = np.random.default_rng(7)
    samples = np.sort(rng.exponential(size=(4000, 25)), axis=1)
    offsets = np.arange(0, samples.size + 1, 25)
    low, high = quantile_interval(samples.ravel(), offsets, 0.5)
    covered = np.mean((low <= np.log(2)) & (np.log(2) <= high))
    # Exact coverage for n = 25 with ranks 8 and 18 is 95.7 %.
    assert covered == pytest.approx(0.957, abs=0.012)


def test_open_durations_push_the_median_up() -> None:
    # Of four, one ends after 1 h, one is open after 2 h, the others end after 3 and 4 h:
    # 3/4 after 1 h, 3/4 · 1/2 after 3 h.
    assert kaplan_meier(np.array([1.0, 3.0, 4.0]), np.array([2.0])).quantile(0.5) == 3.0


def test_a_median_is_unknown_while_fewer_than_half_have_ended() -> None:
    assert np.isnan(kaplan_meier(np.array([1.0]), np.array([5.0, 5.0])).quantile(0.5))


def test_the_curve_of_the_first_worked_example_of_its_authors() -> None:
    # Kaplan & Meier (1958), section 1: deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1.
    # Their estimates: 7/8 = 0.875, times 4/5 = 0.7, times 3/4 = 0.525, times 1/2 = 0.2625.
    curve = kaplan_meier(np.array([0.8, 3.1, 5.4, 9.2]), np.array([1.0, 2.7, 7.0, 12.1]))
    assert curve.survival == pytest.approx([0.875, 0.7, 0.525, 0.2625])
    assert curve.quantile(0.5) == 9.2


def test_the_interval_of_a_survival_median_is_where_the_log_log_bounds_cross() -> None:
    # Times 1 to 10, none open. After 1: S = 0.9, Greenwood 1/(10*9), spread 1.959964 * 0.105409 / 0.105361
    # = 1.960867, lower bound 0.9 ** exp(1.960867) = 0.9 ** 7.105487 = 0.473009, below one half already.
    # After 8: S = 0.2, Greenwood 8/(10*2) = 0.4, spread 1.959964 * 0.632456 / 1.609438 = 0.770205,
    # upper bound 0.2 ** exp(-0.770205) = 0.2 ** 0.462918 = 0.474715; after 7 it is above one half.
    curve = kaplan_meier(np.arange(1.0, 11.0), np.empty(0))
    assert curve.low[0] == pytest.approx(0.473009, abs=1e-5)
    assert curve.high[7] == pytest.approx(0.474715, abs=1e-5)
    assert (curve.quantile_interval(0.5), curve.quantile(0.5)) == ((1.0, 8.0), 5.0)
