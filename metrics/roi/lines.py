"""The lines of the report: what each is called, how it counts, and its row for one team."""

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Literal

from metrics.roi.assumptions import Grade
from metrics.roi.errors import DoubleCountError

Category = Literal["benefit", "cost"]
Class = Literal["cash", "capacity", "risk", "strategic", "memo", "cost"]
ScopeType = Literal["team", "unallocated"]
UNALLOCATED = "unallocated"
IN_HEADLINE: tuple[Class, ...] = ("cash", "capacity", "risk", "cost")
_CENT = Decimal("0.01")
_DIGITS = Context(prec=12, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Kind:
    """A line of the model. ``{currency}`` in a unit stands for that of the report.

    ``needs`` are the resources that it rests on; where one is stale or partial, so is the line.
    """

    line_id: str
    name: str
    category: Category
    class_: Class
    driver: str
    quantity_unit: str
    unit_value_unit: str
    needs: tuple[str, ...]

    def __post_init__(self) -> None:
        """Hours are valued once: at the loaded rate where they count, never as revenue."""
        is_hours = self.quantity_unit == "hours"
        if is_hours and self.unit_value_unit != "{currency}/hour":
            raise DoubleCountError(
                f"{self.line_id}: hours are valued at the loaded rate and at nothing else."
            )
        if any(resource.startswith("survey") for resource in self.needs):
            raise DoubleCountError(f"{self.line_id}: time saved by a survey is a cross-check, never a line.")

    @property
    def sign(self) -> Literal[1, -1]:
        """-1 for costs."""
        return -1 if self.category == "cost" else 1

    @property
    def is_in_headline(self) -> bool:
        """Whether the widest headline holds it."""
        return self.class_ in IN_HEADLINE


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles and mean of the draws of an amount; the likely value is not among them."""

    p10: float
    p50: float
    p90: float
    mean: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one leaf scope: a team, or what no team can be charged with.

    ``sign * quantity * unit_value * attribution * realisation * other`` is ``amount_point``, to the cent.
    """

    kind: Kind
    scope_type: ScopeType
    scope_id: str
    currency: str
    quantity: Decimal
    unit_value: Decimal
    attribution: Decimal
    realisation: Decimal
    other: Decimal
    spread: Spread
    discount_factor: Decimal
    grade: Grade
    n_observations: int | None
    completeness: float | None
    baseline_period: str
    source_systems: str
    method_note: str

    @property
    def amount_point(self) -> Decimal:
        """The likely amount, negative for a cost."""
        factors = (self.quantity, self.unit_value, self.attribution, self.realisation, self.other)
        return product(self.kind.sign, factors)

    @property
    def amount_pv(self) -> Decimal:
        """The same, discounted to the first quarter of the platform."""
        return cents(self.amount_point * self.discount_factor)


def product(sign: Literal[1, -1], factors: Iterable[Decimal]) -> Decimal:
    """The signed product, rounded to the cent."""
    return cents(reduce(operator.mul, factors, Decimal(sign)))


def cents(amount: Decimal) -> Decimal:
    """The amount rounded to the cent, half away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP) + Decimal(0)


def exact(value: float) -> Decimal:
    """A factor with the 12 significant digits that are printed, so that a row can be recomputed.

    Examples
    --------
    >>> exact(1 / 3)
    Decimal('0.333333333333')
    """
    return _DIGITS.create_decimal_from_float(value).normalize() + Decimal(0)
