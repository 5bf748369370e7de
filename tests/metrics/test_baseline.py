"""The manual baseline: hours per ticket as a distribution, with its interval, cap and grade."""

import numpy as np
import pytest

from metrics.roi.baseline import Distribution, distribution_of


def test_hours_of_five_tickets_give_quantiles_and_a_capped_mean() -> None:
    found = distribution_of(np.array([1.0, 2.0, 3.0, 4.0, 100.0]), cap=40, seed=1)
    # (1 + 2 + 3 + 4 + 40) / 5; the median knows no cap; p90 lies 0.6 of the way from 4 to 100.
    assert (found.n, found.n_capped, found.mean) == (5, 1, 10.0)
    assert (found.p25, found.p50, found.p75) == (2.0, 3.0, 4.0)
    assert found.p90 == pytest.approx(61.6)


def test_without_a_ticket_nothing_is_known_and_nothing_is_zero() -> None:
    assert distribution_of(np.empty(0), cap=40, seed=1) == Distribution(n=0, cap=40)
    assert Distribution(n=0, cap=40).mean is None


def test_unknown_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        distribution_of(np.array([1.0, np.nan]), cap=40, seed=1)


def test_the_same_seed_gives_the_same_interval() -> None:
    hours = np.random.default_rng(3).lognormal(0, 1, 300)
    assert distribution_of(hours, cap=40, seed=5) == distribution_of(hours, cap=40, seed=5)


@pytest.mark.parametrize("n", [400, 50_000])
def test_the_interval_of_the_mean_is_as_wide_as_its_standard_error_says(n: int) -> None:
    hours = np.random.default_rng(4).lognormal(0, 0.6, n)
    found = distribution_of(hours, cap=1e9, seed=5)
    assert found.high is not None
    assert found.low is not None
    # Both for few tickets and for so many that blocks of them are resampled: 2 · 1.96 standard errors.
    expected = 2 * 1.96 * hours.std() / np.sqrt(n)
    assert found.high - found.low == pytest.approx(expected, rel=0.1)
