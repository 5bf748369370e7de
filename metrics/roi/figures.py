"""Figures of a quarter: for every key the value that holds, wherever it comes from.

What is stated for an action, a line or a team wins over what is general. Among equals, the ledger wins over
the inputs of people and finance, these over measurements, and these over defaults.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from metrics.quarters import Quarter
from metrics.roi.assumptions import Assumption, Grade, defaults, in_force, parameter_of
from metrics.roi.errors import RoiError
from metrics.roi.pert import Pert, pert
from metrics.uncertainty import Floats

SAMPLING = "sampling:"


@dataclass(frozen=True, slots=True)
class Normal:
    """A measured mean with its standard error; never below ``lower``."""

    mean: float
    sd: float
    lower: float = 0.0

    @property
    def likely(self) -> float:
        """The measured mean itself."""
        return self.mean

    def quantile(self, p: float) -> float:
        """The value below which the share ``p`` lies."""
        if self.sd == 0:
            return self.mean
        return max(self.lower, NormalDist(self.mean, self.sd).inv_cdf(p))

    def draws(self, rng: np.random.Generator, n: int) -> Floats:
        """``n`` independent draws."""
        return np.maximum(self.lower, self.mean + self.sd * rng.standard_normal(n))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that holds: its distribution, its grade and who says so."""

    key: str
    distribution: Pert | Normal
    unit: str
    grade: Grade
    source: str
    owner: str = ""
    scope_id: str | None = None
    n_observations: int | None = None

    @property
    def label(self) -> str:
        """The key, and the team where it holds for one."""
        return self.key if self.scope_id is None else f"{self.key} of {self.scope_id}"

    @property
    def is_sampling_error(self) -> bool:
        """Whether it stands for what chance did to a count, and for nothing that somebody could state."""
        return self.key.startswith(SAMPLING)


class MissingFigureError(RoiError):
    """A line needs a figure that nobody stated and no row can show; ``key`` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"nobody stated {key}: add it to the ledger, or to a file of inputs")
        self.key = key


def stated(assumption: Assumption) -> Figure:
    """The figure of an assumption."""
    return Figure(
        assumption.key,
        pert(assumption.label, *assumption.range),
        assumption.unit,
        assumption.grade,
        assumption.source,
        assumption.owner,
        assumption.scope_id,
        assumption.n_observations,
    )


def measured(key: str, mean: float, sd: float, n: int, source: str, grade: Grade = "measured") -> Figure:
    """The figure of a measured mean."""
    parameter = parameter_of(key)
    return Figure(key, Normal(mean, sd, parameter.lower), parameter.unit, grade, source, n_observations=n)


class Figures:
    """All figures that hold in a quarter."""

    def __init__(self, ranked: Sequence[Iterable[Figure]]) -> None:
        """``ranked`` are sources of figures, the strongest first."""
        self._found: dict[tuple[str, str | None], Figure] = {}
        for source in ranked:
            for figure in source:
                self._found.setdefault((figure.key, figure.scope_id), figure)

    def find(self, key: str, scope_id: str | None = None) -> Figure:
        """The figure of a key for a team; without one of its own, the general one.

        Raises
        ------
        MissingFigureError : there is none.
        """
        name = key.partition(":")[0]
        scopes = (None,) if scope_id is None else (scope_id, None)
        for scope in scopes:
            for candidate in (key, name):
                figure = self._found.get((candidate, scope))
                if figure is not None:
                    return figure
        raise MissingFigureError(key)

    def has_scopes(self, key: str) -> bool:
        """Whether some team has a value of its own."""
        names = {key, key.partition(":")[0]}
        return any(name in names and scope is not None for name, scope in self._found)


def figures_of(
    quarter: Quarter,
    ledger: Iterable[Assumption],
    inputs: Iterable[Assumption],
    measurements: Iterable[Figure],
    *,
    is_past: bool = False,
) -> Figures:
    """The figures that hold in a quarter.

    In a quarter of the past the ledger holds before its own beginning too: salaries that are first written
    down today were paid before, and a history that bore costs alone would mislead.

    Raises
    ------
    AssumptionError : two values of the ledger, or two inputs, hold from the same day on.
    """
    chosen: list[Mapping[tuple[str, str | None], Assumption]] = [
        in_force(ledger, quarter.end, or_first=is_past),
        in_force(inputs, quarter.end),
    ]
    ranked = [[stated(a) for a in found.values()] for found in chosen]
    return Figures([*ranked, list(measurements), [stated(a) for a in defaults()]])
