"""From factors to rows: decimal factors that recompute to the cent, and percentiles of the draws."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from metrics.roi.facts import QuarterFacts
from metrics.roi.lines import UNALLOCATED, Kind, Line, Spread, exact, product
from metrics.roi.terms import Terms
from metrics.uncertainty import Floats


def spread_of(draws: Floats) -> Spread:
    """Percentiles and mean of an amount's draws."""
    return spreads_of(draws[None, :])[0]


def spreads_of(draws: Floats) -> list[Spread]:
    """The same for many amounts at once, one per row."""
    percentiles = np.percentile(draws, [10, 50, 90], axis=1)
    means = draws.mean(axis=1)
    return [Spread(*map(float, row)) for row in zip(*percentiles, means, strict=True)]


def rows_of(
    facts: QuarterFacts, kind: Kind, point: Terms, spreads: list[Spread], discount_factor: float
) -> Iterator[Line]:
    """The rows of a line: one per scope of which anything can be said."""
    evidence, baseline = point.evidence, str(facts.facts.baseline) if point.evidence.has_baseline else ""
    for index in np.flatnonzero(point.known):
        scope, n, share = facts.scopes[index], evidence.n_observations[index], evidence.completeness[index]
        yield Line(
            kind,
            "unallocated" if scope == UNALLOCATED else "team",
            scope,
            facts.facts.currency,
            *factors(point, int(index)),
            spread=spreads[index],
            discount_factor=exact(discount_factor),
            grade=evidence.grade,
            n_observations=None if np.isnan(n) else int(n),
            completeness=None if np.isnan(share) else float(share),
            baseline_period=baseline,
            source_systems=evidence.source_systems,
            method_note=evidence.note,
        )


def amounts_of(kind: Kind, point: Terms) -> Iterator[Decimal]:
    """The rounded amount of every row of a line."""
    for index in np.flatnonzero(point.known):
        yield product(kind.sign, factors(point, int(index)))


def factors(point: Terms, index: int) -> tuple[Decimal, Decimal, Decimal, Decimal, Decimal]:
    """Quantity, unit value, attribution, realisation and other of one scope at the likely values."""
    names = (point.quantity, point.unit_value, point.attribution, point.realisation, point.other)
    quantity, unit_value, attribution, realisation, other = (
        exact(float(array[index if len(array) > 1 else 0, 0])) for array in names
    )
    return quantity, unit_value, attribution, realisation, other
