"""Intervals and quantiles as pure functions over many groups at once.

A group of values is a slice of one sorted, flat array: ``offsets`` has one entry more than there are
groups, and group ``i`` is ``values[offsets[i]:offsets[i + 1]]``. All intervals are two-sided 95 %.
"""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_TAIL = 0.025


class Interval(NamedTuple):
    """Lower and upper bounds, one per group; NaN where the data cannot carry a bound."""

    low: Floats
    high: Floats


def wilson_interval(successes: Floats, n: Floats) -> Interval:
    """Wilson score interval for ``successes / n``; NaN where n is 0.

    Source: Wilson (1927); Brown, Cai & DasGupta (2001).
    """
    z = scipy.stats.norm.ppf(1 - _TAIL)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = successes / n
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # Rounding must not put a bound outside of what a share can be.
    low, high = np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
    return Interval(np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan))


def poisson_interval(counts: Floats, exposure: Floats) -> Interval:
    """Exact interval for the rate ``counts / exposure``; NaN where the exposure is 0.

    Source: Garwood (1936).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(counts > 0, scipy.stats.chi2.ppf(_TAIL, 2 * counts) / 2, 0.0) / exposure
        high = scipy.stats.chi2.ppf(1 - _TAIL, 2 * counts + 2) / 2 / exposure
    return Interval(np.where(exposure > 0, low, np.nan), np.where(exposure > 0, high, np.nan))


def quantiles(values: Floats, offsets: Ints, p: float) -> Floats:
    """The p-quantile of each group, interpolated linearly; NaN for an empty group.

    Examples
    --------
    >>> quantiles(np.array([1.0, 100.0]), np.array([0, 2]), 0.5).tolist()
    [50.5]
    """
    n = np.diff(offsets)
    position = (n - 1) * p
    below = np.floor(position)
    result = np.full(len(n), np.nan)
    full = n > 0
    left = values[(offsets[:-1] + below.astype(np.int64))[full]]
    right = values[(offsets[:-1] + np.ceil(position).astype(np.int64))[full]]
    result[full] = left + (right - left) * (position - below)[full]
    return result


def quantile_interval(values: Floats, offsets: Ints, p: float) -> Interval:
    """Distribution-free interval for the p-quantile from order statistics.

    The ranks are the widest needed for at least 95 % under the binomial distribution. A group too small
    for such a rank has no bound on that side: NaN, not its smallest or largest value.

    Source: Conover (1999), section 3.2.
    """
    n = np.diff(offsets)
    sizes, index = np.unique(n, return_inverse=True)
    with np.errstate(invalid="ignore"):
        low_rank = scipy.stats.binom.ppf(_TAIL, sizes, p)[index]
        high_rank = scipy.stats.binom.ppf(1 - _TAIL, sizes, p)[index] + 1
    return Interval(_ranked(values, offsets, low_rank), _ranked(values, offsets, high_rank))


def _ranked(values: Floats, offsets: Ints, rank: Floats) -> Floats:
    n = np.diff(offsets)
    exists = (rank >= 1) & (rank <= n)
    result = np.full(len(n), np.nan)
    result[exists] = values[(offsets[:-1] + np.nan_to_num(rank).astype(np.int64) - 1)[exists]]
    return result
