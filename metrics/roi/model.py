"""What the lines come to in one quarter, under given values of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.roi.catalogue import LINES, Builder
from metrics.roi.facts import QuarterFacts
from metrics.roi.figures import Figures, MissingFigureError
from metrics.roi.lines import Class, Kind
from metrics.roi.terms import Formula, Terms, UnknownQuantityError
from metrics.roi.values import Values
from metrics.uncertainty import Floats


@dataclass(frozen=True, slots=True)
class Missing:
    """A line of which nothing can be said, and why. It is no zero: the net is without it."""

    kind: Kind
    reason: str


class QuarterModel:
    """The lines of a quarter that can be computed, and those that cannot."""

    def __init__(self, facts: QuarterFacts, figures: Figures, *, is_past: bool = False) -> None:
        """A past quarter has only the lines of its net."""
        self.facts, self.figures = facts, figures
        self.missing: list[Missing] = []
        self._formulas: list[tuple[Kind, Formula]] = []
        point = Values(figures)
        for kind, builder in _switched_on(facts):
            if is_past and not kind.is_in_headline:
                continue
            try:
                formula = builder(facts)
                formula(point)
            except (UnknownQuantityError, MissingFigureError) as error:
                self.missing.append(Missing(kind, str(error)))
            else:
                self._formulas.append((kind, formula))

    def terms(self, values: Values) -> list[tuple[Kind, Terms]]:
        """The factors of every line under these values."""
        return [(kind, formula(values)) for kind, formula in self._formulas]


def _switched_on(facts: QuarterFacts) -> list[tuple[Kind, Builder]]:
    counts_waiting = facts.facts.config.count_waiting
    return [(kind, builder) for kind, builder in LINES if kind.line_id != "B1w" or counts_waiting]


def total(terms: Sequence[tuple[Kind, Terms]], classes: Sequence[Class]) -> Floats:
    """The signed sum over lines of these classes and over scopes, one element per case."""
    parts = [kind.sign * each.total for kind, each in terms if kind.class_ in classes]
    return np.asarray(sum(parts, np.zeros(1)))
