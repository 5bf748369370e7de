"""Rules against counting twice, checked on every result before it leaves the model."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from metrics.roi.errors import CurrencyError, DoubleCountError
from metrics.roi.facts import QuarterFacts
from metrics.roi.figures import MissingFigureError
from metrics.roi.lines import Kind, Line
from metrics.roi.terms import Terms
from metrics.roi.values import Values
from metrics.uncertainty import Floats

CAPACITY_SHARE = 0.20


def refuse_double_counts(lines: Sequence[Line]) -> None:
    """Nothing, when every line stands once per scope and in one currency.

    Raises
    ------
    DoubleCountError, CurrencyError
    """
    counts = Counter((line.kind.line_id, line.scope_id) for line in lines)
    doubled = [key for key, n in counts.items() if n > 1]
    if doubled:
        raise DoubleCountError(
            f"line {doubled[0][0]} stands twice for {doubled[0][1]}; report this as a bug."
        )
    currencies = sorted({line.currency for line in lines})
    if len(currencies) > 1:
        raise CurrencyError(f"lines in {', '.join(currencies)}: one report has one currency.")


def capacity_warnings(facts: QuarterFacts, terms: Sequence[tuple[Kind, Terms]], point: Values) -> list[str]:
    """A sentence for every scope in which more hours are freed than a fifth of what it works."""
    try:
        productive = point.of("productive_hours", facts.scopes)[:, 0] / 4
    except MissingFigureError:
        return []
    worked = facts.sums(facts.now("engineers"), "engineers") * productive
    freed = sum((_freed(each) for kind, each in terms if _frees_time(kind)), np.zeros(len(facts.scopes)))
    found: Mapping[str, tuple[Floats, Floats]] = {
        "all teams together": (freed.sum(), worked.sum()),
        **{scope: (freed[i], worked[i]) for i, scope in enumerate(facts.scopes)},
    }
    return [
        f"{scope}: {float(hours):,.0f} freed hours are {float(hours / of):.0%} of the {float(of):,.0f} that "
        "it works in the quarter; more than 20 % is hardly true, so look at baselines and runs"
        for scope, (hours, of) in found.items()
        if of > 0 and hours > CAPACITY_SHARE * of
    ]


def _frees_time(kind: Kind) -> bool:
    return kind.class_ == "capacity" and kind.quantity_unit == "hours"


def _freed(terms: Terms) -> Floats:
    """Hours before realisation."""
    hours = np.where(terms.known[:, None], terms.quantity * terms.attribution * terms.other, 0.0)
    return np.asarray(hours[:, 0])
