"""Money over time: discounting, net present value, payback, internal rate of return, return on cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import scipy

QUARTERS_PER_YEAR = 4
_LOWEST_RATE, _HIGHEST_RATE = -0.999, 1e6


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure, or the reason why there is none."""

    value: float | None
    reason: str = ""


def discount_factor(annual: float, quarter: int) -> float:
    """What money of the ``quarter``-th quarter is worth in quarter 0, whose own factor is 1.

    Examples
    --------
    10 % a year are 2.41137 % a quarter, not 2.5 %:

    >>> round(100 / discount_factor(0.10, 1) - 100, 5)
    2.41137
    """
    return float((1 + annual) ** (-quarter / QUARTERS_PER_YEAR))


def net_present_value(flows: Sequence[float], annual: float) -> float:
    """The worth in quarter 0 of one flow per quarter, the first of them undiscounted."""
    return sum(flow * discount_factor(annual, quarter) for quarter, flow in enumerate(flows))


def payback_quarters(flows: Sequence[float]) -> Answer:
    """Quarters until the flows so far have summed to zero for the first time, interpolated; undiscounted.

    Examples
    --------
    >>> payback_quarters([-300.0, 80.0, 90.0, 100.0, 110.0]).value
    3.272727272727273
    """
    totals = list(accumulate(flows))
    if not totals:
        return Answer(None, "there are no flows")
    if totals[0] >= 0:
        return Answer(0.0)
    for quarter, (before, after) in enumerate(pairwise(totals)):
        if after >= 0:
            return Answer(quarter + before / (before - after))
    return Answer(None, "not paid back within the horizon")


def internal_rate_of_return(flows: Sequence[float]) -> Answer:
    """The yearly discount rate at which the flows are worth nothing; only with exactly one change of sign."""
    signs = [flow > 0 for flow in flows if flow != 0]
    changes = sum(before != after for before, after in pairwise(signs))
    if changes != 1:
        times = "never" if changes == 0 else f"{changes} times"
        return Answer(None, f"the flows change sign {times}, and a rate of return needs exactly one change")
    ends = [net_present_value(flows, rate) for rate in (_LOWEST_RATE, _HIGHEST_RATE)]
    if (ends[0] > 0) == (ends[1] > 0):
        return Answer(None, "the rate lies outside of -99.9 % to 100,000,000 % a year")
    rate = scipy.optimize.brentq(
        lambda r: net_present_value(flows, r), _LOWEST_RATE, _HIGHEST_RATE, xtol=1e-12
    )
    return Answer(float(rate))


def return_on_investment(net: float, cost: float) -> Answer:
    """Net over cost."""
    return _over_cost(net, cost)


def benefit_cost_ratio(benefit: float, cost: float) -> Answer:
    """Benefit over cost."""
    return _over_cost(benefit, cost)


def _over_cost(amount: float, cost: float) -> Answer:
    if cost == 0:
        return Answer(None, "the cost is zero, and nothing can be divided by it")
    return Answer(amount / cost)
