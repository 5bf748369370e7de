"""Assumptions: figures with low, likely and high, who says so, and from when on it holds."""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.roi.errors import AssumptionError
from metrics.roi.parameters import ATTRIBUTED_LINES, PARAMETERS, Parameter

Grade = Literal["measured", "estimated", "assumed"]
DEFAULT_SOURCE = "default of Payoff"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure as somebody states it; ``low == high`` is a constant.

    Attributes
    ----------
    key : the parameter's name, with an action or a line after a colon where it takes one.
    valid_from : first day on which it holds; ``None``: since ever. The latest one before the end of a
        quarter is that quarter's.
    scope_id : the team that it holds for; ``None``: every team without one of its own.
    n_observations : rows behind it, where it was measured.

    Raises
    ------
    AssumptionError : no such parameter, or low, likely and high are out of order or out of bounds.
    """

    key: str
    low: float
    likely: float
    high: float
    unit: str
    source: str
    owner: str
    valid_from: date | None = None
    scope_id: str | None = None
    grade: Grade = "assumed"
    n_observations: int | None = None

    def __post_init__(self) -> None:
        parameter = parameter_of(self.key)
        if not all(math.isfinite(value) for value in self.range):
            raise AssumptionError(f"{self.label}: low, likely and high must be numbers, not {self.range}.")
        if not self.low <= self.likely <= self.high:
            raise AssumptionError(
                f"{self.label}: low {self.low:g}, likely {self.likely:g} and high {self.high:g} are out of "
                "order; give low <= likely <= high."
            )
        upper = math.inf if parameter.upper is None else parameter.upper
        if self.low < parameter.lower or self.high > upper:
            raise AssumptionError(
                f"{self.label}: {self.low:g} to {self.high:g} leaves the bounds of its kind, "
                f"{parameter.lower:g} to {upper:g} {parameter.unit}."
            )
        if self.unit != parameter.unit:
            raise AssumptionError(
                f"{self.label}: unit {self.unit!r} should be {parameter.unit!r}; convert the figures."
            )

    @property
    def range(self) -> tuple[float, float, float]:
        """Low, likely, high."""
        return (self.low, self.likely, self.high)

    @property
    def label(self) -> str:
        """The key, and the team where it holds for one."""
        return self.key if self.scope_id is None else f"{self.key} of {self.scope_id}"


def parameter_of(key: str) -> Parameter:
    """The parameter that a key belongs to.

    Raises
    ------
    AssumptionError : there is none, or it takes no such suffix; the message names the nearest.
    """
    name, colon, suffix = key.partition(":")
    if name not in PARAMETERS:
        near = difflib.get_close_matches(name, PARAMETERS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(PARAMETERS)}."
        raise AssumptionError(f"{key}: the model has no such figure.{hint}")
    parameter = PARAMETERS[name]
    if colon and (parameter.suffix == "none" or not suffix):
        raise AssumptionError(f"{key}: {name} takes nothing after a colon; write {name}.")
    if parameter.suffix == "line" and colon and suffix not in ATTRIBUTED_LINES:
        raise AssumptionError(
            f"{key}: {suffix} is no line with an effect; {', '.join(ATTRIBUTED_LINES)} are."
        )
    return parameter


def defaults() -> tuple[Assumption, ...]:
    """The assumptions that hold where nobody stated another."""
    return tuple(
        Assumption(p.name, *p.default, unit=p.unit, source=DEFAULT_SOURCE, owner="")
        for p in PARAMETERS.values()
        if p.default is not None
    )


Key = tuple[str, str | None]


def in_force(
    assumptions: Iterable[Assumption], before: date, *, or_first: bool = False
) -> Mapping[Key, Assumption]:
    """The latest assumption of each key and scope that holds on the day before ``before``.

    One that only begins later does not hold yet; ``or_first`` takes the first there is where none does.

    Raises
    ------
    AssumptionError : two of one key and scope hold from the same day on, so that neither is the later.
    """
    found: dict[Key, Assumption] = {}
    for assumption in sorted(assumptions, key=_since):
        key = (assumption.key, assumption.scope_id)
        earlier = found.get(key)
        if _since(assumption) >= before and (earlier is not None or not or_first):
            continue
        if earlier is not None and _since(earlier) == _since(assumption):
            raise AssumptionError(
                f"{assumption.label}: two values hold from {assumption.valid_from or 'ever'} on; keep one."
            )
        found[key] = assumption
    return found


def _since(assumption: Assumption) -> date:
    return assumption.valid_from or date.min
