"""The PERT distribution: a range with a likely value, as a rescaled beta distribution.

``PERT(a, m, b) = a + (b - a) * Beta(1 + 4(m-a)/(b-a), 1 + 4(b-m)/(b-a))``; ``a == b`` is the constant.

Source: Malcolm, Roseboom, Clark & Fazar (1959); Vose, Risk Analysis (2008), section on modified PERT.
"""

import math
import zlib
from typing import NamedTuple

import numpy as np
import scipy

from metrics.roi.errors import AssumptionError
from metrics.uncertainty import Floats


class Pert(NamedTuple):
    """Low, likely and high; made by `pert`, which checks them."""

    low: float
    likely: float
    high: float

    @property
    def shape(self) -> tuple[float, float]:
        """The two parameters of the beta distribution."""
        width = self.high - self.low
        return 1 + 4 * (self.likely - self.low) / width, 1 + 4 * (self.high - self.likely) / width

    @property
    def mean(self) -> float:
        """The expected value, (low + 4 likely + high) / 6."""
        return (self.low + 4 * self.likely + self.high) / 6

    @property
    def sd(self) -> float:
        """The standard deviation; 0 for a constant.

        Examples
        --------
        >>> round(Pert(2, 5, 14).sd, 6)
        2.13809
        """
        if self.low == self.high:
            return 0.0
        a, b = self.shape
        return (self.high - self.low) * math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))

    def quantile(self, p: float) -> float:
        """The value below which the share ``p`` lies."""
        if self.low == self.high:
            return self.low
        return self.low + (self.high - self.low) * float(scipy.special.betaincinv(*self.shape, p))

    def draws(self, rng: np.random.Generator, n: int) -> Floats:
        """``n`` independent draws."""
        if self.low == self.high:
            return np.full(n, self.low)
        return np.asarray(self.low + (self.high - self.low) * rng.beta(*self.shape, n))


def pert(label: str, low: float, likely: float, high: float) -> Pert:
    """The distribution of a figure.

    Raises
    ------
    AssumptionError : the three are no numbers or out of order; the message names ``label``.
    """
    if not all(math.isfinite(value) for value in (low, likely, high)) or not low <= likely <= high:
        raise AssumptionError(
            f"{label}: low {low:g}, likely {likely:g} and high {high:g} are no range; give three numbers "
            "with low <= likely <= high."
        )
    return Pert(low, likely, high)


def generator(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each name, so that one more figure leaves the draws of the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
