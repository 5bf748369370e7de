"""Totals of lines, and the three nested headlines."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from metrics.roi.computed import Computed
from metrics.roi.finance import Answer, benefit_cost_ratio, return_on_investment
from metrics.roi.history import Net, finance_of
from metrics.roi.lines import Line, Spread
from metrics.roi.result import BASES, Amount, Headline, LineTotal
from metrics.roi.rounding import spread_of
from metrics.uncertainty import Floats


def totals_of(now: Computed, lines: Sequence[Line]) -> tuple[LineTotal, ...]:
    """Every line over all its scopes."""
    return tuple(
        LineTotal(kind, Amount(_point(lines, kind.line_id), spread_of(draws)))
        for (kind, _), draws in zip(now.terms, now.sums, strict=True)
    )


def _point(lines: Sequence[Line], line_id: str) -> Decimal:
    return sum((line.amount_point for line in lines if line.kind.line_id == line_id), Decimal(0))


def headline_of(basis: str, now: Computed, past: Sequence[Net]) -> Headline:
    """Benefit, cost and net on a basis, with the history behind it."""
    net, benefits = now.nets[basis], BASES[basis]
    benefit = Amount(now.points(benefits), spread_of(now.summed_draws(benefits)))
    cost = Amount(-now.points(["cost"]), spread_of(-now.summed_draws(["cost"])))
    rate = float(now.point.of("discount_rate")[0, 0])
    rate_draws = now.drawn.of("discount_rate")[0]
    return Headline(
        basis=basis,
        benefit=benefit,
        cost=cost,
        net=Amount(net.point, spread_of(net.draws)),
        p_net_positive=float(np.mean(net.draws > 0)),
        return_on_investment=_over(now, return_on_investment, net.point, cost.point),
        return_spread=_return_spread(net, -now.summed_draws(["cost"])),
        benefit_cost_ratio=_over(now, benefit_cost_ratio, benefit.point, cost.point),
        finance=finance_of([*past, net], rate, rate_draws, now.facts.facts.config.horizon_quarters),
    )


def _return_spread(net: Net, cost: Floats) -> Spread | None:
    return spread_of(net.draws / cost) if (cost > 0).all() else None


def _over(now: Computed, ratio: Callable[[float, float], Answer], amount: Decimal, cost: Decimal) -> Answer:
    """The ratio, unless nothing is known of what the platform costs; that is another reason than no cost."""
    if not any(kind.class_ == "cost" and terms.known.any() for kind, terms in now.terms):
        return Answer(None, "nothing is known of what the platform costs")
    return ratio(float(amount), float(cost))
