"""How long until something happens when for some it has not happened yet: the Kaplan-Meier curve."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy

from metrics.uncertainty import Floats

_TOLERANCE = 1e-12
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Curve:
    """The share that still waits right after each of ``times``, with bounds of its 95 % interval.

    The bounds are pointwise, by the log-log transform of Greenwood's variance, and so stay within 0 and 1.

    Source: Kaplan & Meier (1958); Kalbfleisch & Prentice (2002), section 1.4.
    """

    times: Floats
    survival: Floats
    low: Floats
    high: Floats

    def quantile(self, p: float) -> float:
        """The time by which the share ``p`` is done; NaN while fewer are.

        Examples
        --------
        >>> kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([10.0])).quantile(0.5)
        2.0
        """
        return self._first(self.survival, p)

    def quantile_interval(self, p: float) -> tuple[float, float]:
        """Where the bounds of the curve cross: the 95 % interval of `quantile`, open ends as NaN.

        Source: Brookmeyer & Crowley (1982).
        """
        return self._first(self.low, p), self._first(self.high, p)

    def _first(self, shares: Floats, p: float) -> float:
        reached = np.flatnonzero(shares <= 1 - p + _TOLERANCE)
        return float(self.times[reached[0]]) if len(reached) else float("nan")


def kaplan_meier(durations: Floats, open_durations: Floats) -> Curve:
    """The curve of those that ended, with those still open counted as long as they were seen (censored)."""
    everyone = np.sort(np.concatenate([durations, open_durations]))
    times, events = np.unique(durations, return_counts=True)
    at_risk = len(everyone) - np.searchsorted(everyone, times, side="left")
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        spread = _z() * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    # Once nobody waits any more nothing is left to be uncertain about in the curve's last step.
    over = survival <= _TOLERANCE
    bounds = (np.where(over, 0.0, low), np.where(over, np.nan, high))
    return Curve(times, *(np.asarray(part, dtype=np.float64) for part in (survival, *bounds)))


@cache
def _z() -> float:
    """A curve takes less to work out than SciPy takes to say this."""
    return scipy.stats.norm.ppf(1 - _TAIL)  # type: ignore[no-any-return]
