"""Figures as arrays: their likely values, their draws, or the cases of a tornado.

The formulas of the lines are written once, over arrays of shape (scopes or 1, cases). What differs between
the point, the draws and the tornado is where the numbers of a figure come from.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from metrics.roi.figures import SAMPLING, Figure, Figures, Normal
from metrics.roi.pert import generator
from metrics.uncertainty import Floats


class Values:
    """The likely value of every figure, as one case."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.used: dict[str, Figure] = {}
        self._sampled: dict[str, Floats] = {}

    def of(self, key: str, scopes: Sequence[str] = ()) -> Floats:
        """Shape (1, cases); (scopes, cases) where some team has a value of its own.

        Raises
        ------
        MissingFigureError : nobody stated it.
        """
        if not self.figures.has_scopes(key):
            return self._array(self.figures.find(key))[None, :]
        return np.stack([self._array(self.figures.find(key, scope)) for scope in scopes])

    def hourly_rate(self, scopes: Sequence[str]) -> Floats:
        """The loaded rate of an hour: salary times benefits over productive hours."""
        loaded = self.of("salary", scopes) * self.of("benefits_multiplier", scopes)
        return loaded / self.of("productive_hours", scopes)

    def attribution(self, line_id: str, scopes: Sequence[str]) -> Floats:
        """The share of a change that the platform caused: the line's own effect, else the general one."""
        return self.of(f"attribution:{line_id}", scopes)

    def noise(self, line_id: str, sd: Floats) -> Floats:
        """What sampling adds to measured quantities with these standard errors, shape (scopes, cases)."""
        total = float(np.sqrt(np.sum(sd**2)))
        if total == 0:
            return np.zeros((len(sd), 1))
        figure = Figure(
            f"{SAMPLING}{line_id}", Normal(0.0, 1.0, -np.inf), "standard errors", "measured", "rows"
        )
        return self._spread(figure, sd, total)

    def _spread(self, figure: Figure, sd: Floats, total: float) -> Floats:
        """One error of the sum, shared out by variance."""
        return (sd**2 / total)[:, None] * self._array(figure)[None, :]

    def _array(self, figure: Figure) -> Floats:
        label = figure.label
        if label not in self._sampled:
            self.used[label] = figure
            self._sampled[label] = self._sample(figure)
        return self._sampled[label]

    def _sample(self, figure: Figure) -> Floats:
        return np.array([figure.distribution.likely])


class Drawn(Values):
    """``n`` seeded draws of every figure; a figure that several lines share is drawn once."""

    def __init__(self, figures: Figures, seed: int, n: int) -> None:
        super().__init__(figures)
        self.seed, self.n = seed, n

    def _sample(self, figure: Figure) -> Floats:
        return figure.distribution.draws(generator(self.seed, figure.label), self.n)

    def _spread(self, figure: Figure, sd: Floats, total: float) -> Floats:
        """Errors of teams are independent of each other."""
        rng = generator(self.seed, figure.label)
        return sd[:, None] * rng.standard_normal((len(sd), self.n))


class DrawnTogether(Drawn):
    """Draws of sums over teams only: chance is one error of the sum, which has the same distribution."""

    _spread = Values._spread


class Cases(Values):
    """Chosen values of some figures, by label; every other one at its P50."""

    def __init__(self, figures: Figures, cases: Mapping[str, Floats]) -> None:
        super().__init__(figures)
        self._cases = cases

    def _sample(self, figure: Figure) -> Floats:
        given = self._cases.get(figure.label)
        return np.array([figure.distribution.quantile(0.5)]) if given is None else given
