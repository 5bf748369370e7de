"""What if: the quarter as it would be with another adoption, or with other figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from metrics.quarters import Quarter
from metrics.roi.assumptions import Assumption, parameter_of
from metrics.roi.errors import RoiError

SOURCE = "scenario"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is otherwise in the quarter, and in those that follow it. The ledger stays as it is.

    Attributes
    ----------
    self_service_share : the share of all requests that goes by self-service, in every team and action. A
        team that is beyond it stays where it is, and costs stay what they were. ``None``: as it was.
    figures : key and value, taken as certain, in place of what the ledger says, for every team and line.
    """

    self_service_share: float | None = None
    figures: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        share = self.self_service_share
        if share is not None and not 0 <= share <= 1:
            raise RoiError(f"A scenario's self-service share of {share:g} is no share; give 0 to 1.")

    def applied_to(self, stated: Iterable[Assumption], quarter: Quarter) -> tuple[Assumption, ...]:
        """The assumptions with the scenario's figures as those of the quarter.

        Raises
        ------
        AssumptionError : the model has no such figure, or the value is out of its bounds.
        """
        kept = tuple(stated)
        for key, value in self.figures:
            kept = tuple(_replaced(kept, key, value, quarter))
        return kept


def _replaced(stated: Iterable[Assumption], key: str, value: float, quarter: Quarter) -> Iterator[Assumption]:
    """Earlier versions stay, for earlier quarters; one of a line or a team gives way to the scenario."""
    names: dict[tuple[str, str | None], None] = {(key, None): None}
    for assumption in stated:
        is_of_key = assumption.key.partition(":")[0] == key
        if is_of_key:
            names[assumption.key, assumption.scope_id] = None
        if not is_of_key or assumption.valid_from is None or assumption.valid_from < quarter.start:
            yield assumption
    unit = parameter_of(key).unit
    for name, scope in names:
        yield Assumption(name, value, value, value, unit, SOURCE, "", quarter.start, scope)
