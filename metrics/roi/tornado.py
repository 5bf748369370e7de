"""Which figures the result hangs on, and what would have to be true for it to be zero."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from metrics.roi.finance import Answer
from metrics.uncertainty import Floats

N_BREAK_EVENS = 3
_GRID = 401
_REACH = 1_000.0

Model = Callable[[Mapping[str, Floats]], Floats]
"""The result for arrays of figures by name, one element per case; what is left out is at its P50."""


@dataclass(frozen=True, slots=True)
class Range:
    """A figure's percentiles and the bounds of what it can be at all (``None``: no upper one)."""

    p10: float
    p50: float
    p90: float
    lower: float = 0.0
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """The result with one figure at its P10 and at its P90, all others at their P50.

    ``result_at_p50`` has every figure at its P50, so it is the same for all bars.
    """

    name: str
    p10: float
    p50: float
    p90: float
    result_at_p10: float
    result_at_p50: float
    result_at_p90: float

    @property
    def swing(self) -> float:
        """How far apart the two results are."""
        return abs(self.result_at_p90 - self.result_at_p10)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The value of a figure at which the result is zero, all others at their P50."""

    name: str
    value: Answer


def tornado(model: Model, ranges: Mapping[str, Range]) -> tuple[Bar, ...]:
    """A bar for each figure that can vary, the longest first, then by name."""
    names = [name for name, r in ranges.items() if r.p10 < r.p90]
    if not names:
        return ()
    n = len(names)
    cases = {name: np.full(2 * n + 1, ranges[name].p50) for name in names}
    for index, name in enumerate(names):
        cases[name][index], cases[name][n + index] = ranges[name].p10, ranges[name].p90
    results = [float(result) for result in model(cases)]
    bars = [
        Bar(name, of.p10, of.p50, of.p90, results[i], results[-1], results[n + i])
        for i, name in enumerate(names)
        for of in [ranges[name]]
    ]
    return tuple(sorted(bars, key=lambda bar: (-bar.swing, bar.name)))


def break_evens(model: Model, ranges: Mapping[str, Range], bars: tuple[Bar, ...]) -> tuple[BreakEven, ...]:
    """The break-even values of the first three of ``bars``."""
    return tuple(
        BreakEven(bar.name, _root(model, bar.name, ranges[bar.name])) for bar in bars[:N_BREAK_EVENS]
    )


def _root(model: Model, name: str, of: Range) -> Answer:
    """The zero nearest to P50 inside the figure's bounds."""
    grid = _grid(of)
    results = model({name: grid})
    crossings = np.flatnonzero(np.signbit(results[:-1]) != np.signbit(results[1:]))
    if not len(crossings):
        sign = "below" if results[0] < 0 else "above"
        values = "whatever it is" if of.upper is not None else f"for every value up to {_number(grid[-1])}"
        return Answer(None, f"the net stays {sign} zero {values}")
    at = crossings[np.argmin(np.abs(grid[crossings] - of.p50))]
    return Answer(
        float(
            scipy.optimize.brentq(
                lambda x: float(model({name: np.array([x])})[0]), grid[at], grid[at + 1], rtol=1e-12
            )
        )
    )


def _grid(of: Range) -> Floats:
    """Even steps between bounds; without an upper one, steps that grow with the distance."""
    if of.upper is not None:
        return np.linspace(of.lower, of.upper, _GRID)
    size = max(abs(of.p10), abs(of.p90))
    above = size * np.geomspace(1e-3, _REACH, _GRID)
    return np.concatenate([[of.lower], above[above > of.lower]])


def _number(value: float) -> str:
    """A value in a sentence; `g` alone would write large ones as powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
