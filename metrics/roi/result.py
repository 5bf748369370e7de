"""What the model answers for a quarter: frozen, and complete without the snapshot it came from."""

from dataclasses import dataclass
from decimal import Decimal

from metrics.quarters import Quarter
from metrics.roi.figures import Figure
from metrics.roi.finance import Answer
from metrics.roi.lines import Class, Kind, Line, Spread
from metrics.roi.model import Missing
from metrics.roi.scenario import Scenario
from metrics.roi.spans import Window
from metrics.roi.tornado import Bar, BreakEven

BASES: dict[str, tuple[Class, ...]] = {
    "cash": ("cash",),
    "cash_and_capacity": ("cash", "capacity"),
    "cash_capacity_and_risk": ("cash", "capacity", "risk"),
}
"""The nested headlines: which benefits each counts. Every one of them bears all costs."""
WIDEST = "cash_capacity_and_risk"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money at the likely values, as a sum of rounded rows, and over the draws."""

    point: Decimal
    spread: Spread


@dataclass(frozen=True, slots=True)
class LineTotal:
    """A line over all scopes. Its percentiles are not the sums of those of its rows."""

    kind: Kind
    amount: Amount


@dataclass(frozen=True, slots=True)
class Flow:
    """A quarter's net on some basis; ``n_missing`` lines are not in it. A projected one repeats the last."""

    quarter: str
    net: Decimal
    is_projected: bool
    n_missing: int


@dataclass(frozen=True, slots=True)
class Finance:
    """The history and the horizon on one basis, worth at the start of the first quarter's flow."""

    flows: tuple[Flow, ...]
    net_present_value: float
    net_present_value_spread: Spread
    p_net_present_value_positive: float
    payback_quarters: Answer
    internal_rate_of_return: Answer


@dataclass(frozen=True, slots=True)
class Headline:
    """Benefit, cost and net of the quarter on one basis; ``cost`` is positive. Shares are 0 to 1.

    ``return_spread`` is of net over cost in every draw; ``None`` where the cost is unknown or may be zero.
    """

    basis: str
    benefit: Amount
    cost: Amount
    net: Amount
    p_net_positive: float
    return_on_investment: Answer
    return_spread: Spread | None
    benefit_cost_ratio: Answer
    finance: Finance


@dataclass(frozen=True, slots=True)
class RoiResult:
    """The answer. ``missing`` lines are no zeros: the net is without them.

    ``strategic`` is beside the headlines (``None``: nothing is known of it); the tornado is that of the
    widest headline's net.
    """

    quarter: Quarter
    currency: str
    model_version: str
    seed: int
    n_draws: int
    scenario: Scenario | None
    baseline: Window
    lines: tuple[Line, ...]
    totals: tuple[LineTotal, ...]
    headlines: tuple[Headline, ...]
    strategic: Amount | None
    tornado: tuple[Bar, ...]
    break_evens: tuple[BreakEven, ...]
    figures: tuple[Figure, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[str, ...]

    def headline(self, basis: str) -> Headline:
        """The headline on a basis."""
        return next(headline for headline in self.headlines if headline.basis == basis)
