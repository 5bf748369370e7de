"""Figures that people and finance supply as rows: hires, staff, licences, invoices, training hours.

Which days a row is for stands in `metrics.roi.spans`. A line may be split by what follows a colon:
``platform_team_staff:sre``.
"""

from collections.abc import Callable, Iterable

import numpy as np

from metrics.roi.assumptions import Assumption
from metrics.roi.facts import QuarterFacts
from metrics.roi.parameters import PARAMETERS
from metrics.roi.spans import Span, Window
from metrics.roi.terms import UnknownQuantityError
from metrics.uncertainty import Floats


def spans_of(facts: QuarterFacts, line: str, window: Window) -> list[Span]:
    """The line's rows that touch the window.

    Raises
    ------
    UnknownQuantityError : there is none, or one has no quantity.
    """
    spans = [span for span in facts.facts.inputs_in(window) if span.row.name == line]
    if not spans:
        raise UnknownQuantityError(f"no input `{line}` for {window}")
    if any(span.row.quantity is None for span in spans):
        raise UnknownQuantityError(f"an input `{line}` for {window} has no quantity")
    return spans


def quantities(facts: QuarterFacts, line: str) -> tuple[Floats, Floats]:
    """Quantities of the quarter per scope, and the share of it that rows cover.

    Raises
    ------
    UnknownQuantityError : see `spans_of`.
    """
    spans = spans_of(facts, line, facts.window)
    return summed(facts, spans, lambda span: (span.row.quantity or 0.0) * span.share), covered(facts, spans)


def amounts(facts: QuarterFacts, line: str, window: Window) -> tuple[Floats, Floats]:
    """Money of the window per scope, quantity times value, and the share of it that rows cover.

    Raises
    ------
    UnknownQuantityError : see `spans_of`; or a row has no value.
    """
    spans = spans_of(facts, line, window)
    if any(span.row.value is None for span in spans):
        raise UnknownQuantityError(f"an input `{line}` for {window} has no value")
    return summed(facts, spans, lambda span: paid(span) * span.share), covered(facts, spans)


def paid(span: Span) -> float:
    """Quantity times value of a row, 0 where one is unknown."""
    return (span.row.quantity or 0.0) * (span.row.value or 0.0)


def summed(facts: QuarterFacts, spans: Iterable[Span], of: Callable[[Span], float]) -> Floats:
    """A number per row, summed by scope; what is of no known team is unallocated."""
    total = np.zeros(len(facts.scopes))
    for span in spans:
        total[_place(facts, span)] += of(span)
    return total


def covered(facts: QuarterFacts, spans: Iterable[Span]) -> Floats:
    """The share of the window, 0 to 1, that the best covered line of each scope covers."""
    found: dict[tuple[int, str], float] = {}
    for span in spans:
        key = (_place(facts, span), span.row.line_id)
        found[key] = found.get(key, 0.0) + span.covered
    share = np.zeros(len(facts.scopes))
    for (place, _), value in found.items():
        share[place] = max(share[place], min(value, 1.0))
    return share


def _place(facts: QuarterFacts, span: Span) -> int:
    return facts.facts.places.get(span.row.scope_id or "", len(facts.scopes) - 1)


def stated_by_inputs(facts: QuarterFacts) -> tuple[Assumption, ...]:
    """Rows that give a figure of the model, as constants: the mean over roles and days.

    The figure is the row's ``value``, weighted by ``quantity``; where there is no value, the quantity itself.

    Raises
    ------
    AssumptionError : a figure is out of its bounds.
    """
    found: dict[tuple[str, str], list[Span]] = {}
    for span in facts.facts.inputs_in(facts.window):
        row, parameter = span.row, PARAMETERS.get(span.row.name)
        if parameter is not None and (row.value is not None or row.quantity is not None):
            key = row.name if parameter.suffix == "none" else row.line_id
            scope = "" if row.scope_id in (None, "*") else str(row.scope_id)
            found.setdefault((key, scope), []).append(span)
    return tuple(_assumption(key, scope, spans) for (key, scope), spans in sorted(found.items()))


def _assumption(key: str, scope: str, spans: list[Span]) -> Assumption:
    figures = [span.row.quantity if span.row.value is None else span.row.value for span in spans]
    weights = [span.covered * (1.0 if span.row.value is None else span.row.quantity or 1.0) for span in spans]
    value = float(np.average(np.array(figures, dtype=np.float64), weights=weights))
    return Assumption(
        key,
        value,
        value,
        value,
        unit=PARAMETERS[key.partition(":")[0]].unit,
        source="inputs",
        owner=", ".join(sorted({span.row.owner for span in spans if span.row.owner})),
        valid_from=min((span.row.from_on for span in spans if span.row.from_on), default=None),
        scope_id=scope or None,
        grade="measured",
    )
