"""Net by quarter since the platform cost anything, and what it is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from metrics.quarters import Quarter, quarter_of
from metrics.roi.facts import Facts
from metrics.roi.finance import internal_rate_of_return, net_present_value, payback_quarters
from metrics.roi.result import Finance, Flow
from metrics.roi.rounding import spread_of
from metrics.uncertainty import Floats

PLATFORM_COSTS = ("platform_team_staff", "platform_licences", "platform_infrastructure_invoice")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Net:
    """A quarter's net on one basis: at the likely values, and over the draws."""

    quarter: Quarter
    point: Decimal
    draws: Floats
    n_missing: int


def quarters_until(facts: Facts, last: Quarter) -> list[Quarter]:
    """The quarters from the first that the platform cost anything, as inputs tell, up to ``last``."""
    starts = [row.from_on for row in facts.inputs if row.from_on and row.name in PLATFORM_COSTS]
    quarters = [last]
    while starts and quarters[0].start > min(starts) and len(quarters) < _LONGEST:
        quarters.insert(0, quarters[0].previous)
    return quarters


def finance_of(nets: Sequence[Net], rate: float, rate_draws: Floats, horizon: int) -> Finance:
    """The worth of the quarters so far and of ``horizon`` more like the last one."""
    last = nets[-1]
    flows = [Flow(net.quarter.name, net.point, False, net.n_missing) for net in nets]
    following = last.quarter
    for _ in range(horizon):
        following = quarter_of(following.end, following.start_month)
        flows.append(Flow(following.name, last.point, True, last.n_missing))
    amounts = [float(flow.net) for flow in flows]
    worth = _worth_of_draws([net.draws for net in nets] + [last.draws] * horizon, rate_draws)
    return Finance(
        flows=tuple(flows),
        net_present_value=net_present_value(amounts, rate),
        net_present_value_spread=spread_of(worth),
        p_net_present_value_positive=float(np.mean(worth > 0)),
        payback_quarters=payback_quarters(amounts),
        internal_rate_of_return=internal_rate_of_return(amounts),
    )


def _worth_of_draws(draws: Sequence[Floats], rate: Floats) -> Floats:
    factor = (1 + rate) ** -0.25
    return np.asarray(sum((net * factor**quarter for quarter, net in enumerate(draws)), np.zeros(1)))
