"""What a line is made of before it becomes money: five factors per scope, and the evidence behind them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metrics.roi.assumptions import Grade
from metrics.roi.errors import RoiError
from metrics.roi.values import Values
from metrics.uncertainty import Floats

ONE: Floats = np.ones((1, 1))
_ORDER: tuple[Grade, ...] = ("measured", "estimated", "assumed")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the quantities rest on. Arrays have one element per scope; NaN where it cannot be said.

    ``completeness`` is the share, 0 to 1, of the quarter that is inside coverage.
    """

    grade: Grade
    n_observations: Floats
    completeness: Floats
    source_systems: str
    note: str
    has_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Factors of shape (scopes or 1, cases); ``known`` marks the scopes of which anything can be said."""

    known: NDArray[np.bool_]
    evidence: Evidence
    quantity: Floats
    unit_value: Floats
    attribution: Floats = field(default_factory=lambda: ONE)
    realisation: Floats = field(default_factory=lambda: ONE)
    other: Floats = field(default_factory=lambda: ONE)

    @property
    def amounts(self) -> Floats:
        """The product, shape (scopes, cases); 0 for scopes that are unknown, which have no row either."""
        common = self.unit_value * self.attribution * self.realisation * self.other
        return np.where(self.known[:, None], self.quantity * common, 0.0)

    @property
    def total(self) -> Floats:
        """The sum of ``amounts`` over scopes, without them where all scopes share their factors."""
        common = self.unit_value * self.attribution * self.realisation * self.other
        if len(common) > 1:
            return np.asarray(self.amounts.sum(axis=0))
        return np.asarray(self.quantity[self.known].sum(axis=0) * common[0])


Formula = Callable[[Values], Terms]
"""A line once its rows are counted: factors from figures. It raises `MissingFigureError` without one."""


class UnknownQuantityError(RoiError):
    """Nothing is known of what a line counts; the message says what is missing."""


def mixed(*grades: Grade) -> Grade:
    """The grade of a sum: measured and assumed parts together are an estimate.

    Examples
    --------
    >>> mixed("measured", "assumed")
    'estimated'
    """
    kinds = set(grades)
    return kinds.pop() if len(kinds) == 1 else "estimated"


def weaker(*grades: Grade) -> Grade:
    """The grade of a product: it is as good as its weakest factor.

    Examples
    --------
    >>> weaker("measured", "assumed")
    'assumed'
    """
    return max(grades, key=_ORDER.index)
