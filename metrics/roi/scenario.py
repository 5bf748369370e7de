"""What if: the quarter as it would be with another adoption."""

from dataclasses import dataclass

from metrics.roi.errors import RoiError


@dataclass(frozen=True, slots=True)
class Scenario:
    """``self_service_share``: the share of all requests that goes by self-service, in every team and action.

    A team that is beyond it stays where it is. Costs stay what they were.
    """

    self_service_share: float

    def __post_init__(self) -> None:
        if not 0 <= self.self_service_share <= 1:
            raise RoiError(
                f"A scenario's self-service share of {self.self_service_share:g} is no share; give 0 to 1."
            )
