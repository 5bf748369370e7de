"""A quarter's lines at the likely values and over the draws, and its net on every basis."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from metrics.roi.assumptions import Assumption
from metrics.roi.facts import QuarterFacts
from metrics.roi.figures import Figure, figures_of
from metrics.roi.history import Net
from metrics.roi.inputs import stated_by_inputs
from metrics.roi.lines import Class, Kind
from metrics.roi.model import QuarterModel
from metrics.roi.result import BASES
from metrics.roi.rounding import amounts_of
from metrics.roi.terms import Terms
from metrics.roi.values import Drawn, DrawnTogether, Values
from metrics.uncertainty import Floats


@dataclass(frozen=True)
class Computed:
    """Lines in the order of the report: ``terms`` at the likely values; ``draws``, signed, of shape (scopes,
    draws); ``sums``, the same over all scopes. A past quarter has the sums alone."""

    facts: QuarterFacts
    model: QuarterModel
    point: Values
    drawn: Drawn
    terms: Sequence[tuple[Kind, Terms]]
    draws: Sequence[Floats]
    sums: Sequence[Floats]

    def points(self, classes: Iterable[Class]) -> Decimal:
        """The sum of the rounded rows of these classes."""
        rows = (amounts_of(kind, terms) for kind, terms in self.terms if kind.class_ in set(classes))
        return sum((amount for amounts in rows for amount in amounts), Decimal(0))

    def summed_draws(self, classes: Iterable[Class]) -> Floats:
        """The draws of the sum over lines of these classes."""
        chosen = set(classes)
        parts = [each for (kind, _), each in zip(self.terms, self.sums, strict=True) if kind.class_ in chosen]
        return np.asarray(sum(parts, np.zeros(self.drawn.n)))

    @cached_property
    def nets(self) -> Mapping[str, Net]:
        """The net on every basis: its benefits less all costs."""
        found = {}
        for basis, benefits in BASES.items():
            classes = (*benefits, "cost")
            found[basis] = Net(
                self.facts.quarter, self.points(classes), self.summed_draws(classes), len(self.model.missing)
            )
        return found


def computed(
    facts: QuarterFacts,
    stated: Sequence[Assumption],
    measured: Sequence[Figure],
    seed: int,
    n_draws: int,
    *,
    is_past: bool = False,
) -> Computed:
    """The quarter, with the figures of its time."""
    by_inputs = stated_by_inputs(facts)
    figures = figures_of(facts.quarter, stated, by_inputs, measured, is_past=is_past)
    model = QuarterModel(facts, figures, is_past=is_past)
    point = Values(figures)
    terms = model.terms(point)
    if is_past:
        together = DrawnTogether(figures, seed, n_draws)
        sums = [kind.sign * _filled(each.total, n_draws) for kind, each in model.terms(together)]
        return Computed(facts, model, point, together, terms, (), sums)
    drawn = Drawn(figures, seed, n_draws)
    draws = [kind.sign * _filled(each.amounts, n_draws) for kind, each in model.terms(drawn)]
    return Computed(facts, model, point, drawn, terms, draws, [each.sum(axis=0) for each in draws])


def _filled(amounts: Floats, n: int) -> Floats:
    """Amounts that no figure makes uncertain are the same in every draw."""
    return np.broadcast_to(amounts, (*amounts.shape[:-1], n))
