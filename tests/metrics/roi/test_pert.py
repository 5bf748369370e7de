"""The PERT distribution against its worked reference and its own moments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.roi.errors import AssumptionError
from metrics.roi.pert import Pert, generator, pert

REFERENCE = Pert(2, 5, 14)


def test_the_worked_reference() -> None:
    # Shape 1 + 4*3/12 = 2 and 1 + 4*9/12 = 4; mean 2 + 12 * 2/6 = 6; variance 144 * 8/(36*7) = 4.571429.
    assert REFERENCE.shape == (2, 4)
    assert REFERENCE.mean == pytest.approx(6.0)
    assert REFERENCE.sd == pytest.approx(2.138090, abs=5e-7)
    percentiles = [REFERENCE.quantile(p) for p in (0.1, 0.5, 0.9)]
    assert percentiles == pytest.approx([3.3468, 5.7657, 9.0067], abs=5e-5)


def test_draws_have_the_moments_and_percentiles_of_the_distribution() -> None:
    draws = REFERENCE.draws(generator(1, "reference"), 10_000)
    # Standard error of the mean 2.138/100 = 0.021; four of them.
    assert draws.mean() == pytest.approx(6.0, abs=0.086)
    assert draws.std() == pytest.approx(2.138, abs=0.07)
    assert np.percentile(draws, [10, 50, 90]) == pytest.approx([3.3468, 5.7657, 9.0067], abs=0.13)


def test_likely_is_not_the_median_of_a_skewed_range() -> None:
    assert REFERENCE.quantile(0.5) > REFERENCE.likely


def test_a_range_without_width_is_the_constant() -> None:
    constant = pert("hours", 3, 3, 3)
    assert constant.draws(generator(1, "hours"), 4).tolist() == [3, 3, 3, 3]
    assert (constant.mean, constant.sd, constant.quantile(0.1)) == (3, 0, 3)


@pytest.mark.parametrize(
    "values", [(2, 1, 3), (1, 4, 3), (3, 2, 1), (1, float("nan"), 2), (0, 1, float("inf"))]
)
def test_what_is_no_range_is_refused_by_name(values: tuple[float, float, float]) -> None:
    with pytest.raises(AssumptionError, match="hours of a run"):
        pert("hours of a run", *values)


def test_one_seed_gives_the_same_draws_whatever_else_is_drawn() -> None:
    alone = REFERENCE.draws(generator(7, "a"), 100)
    REFERENCE.draws(generator(7, "b"), 100)
    assert np.array_equal(alone, REFERENCE.draws(generator(7, "a"), 100))
    assert not np.array_equal(alone, REFERENCE.draws(generator(7, "b"), 100))
    assert not np.array_equal(alone, REFERENCE.draws(generator(8, "a"), 100))


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(sorted), st.integers(0, 2**32))
def test_draws_and_percentiles_stay_inside_the_range(values: list[float], seed: int) -> None:
    low, likely, high = values
    of = pert("x", low, likely, high)
    draws = of.draws(generator(seed, "x"), 50)
    slack = 1e-9 * max(abs(low), abs(high), 1)
    assert ((draws >= low - slack) & (draws <= high + slack)).all()
    assert low - slack <= of.quantile(0.1) <= of.quantile(0.5) <= of.quantile(0.9) <= high + slack
