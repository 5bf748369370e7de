"""What is true in the demo world: the planted effects, before any row is drawn.

A test that recovers these numbers from the rows shows that a metric, a link or an estimator is right.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Variant = Literal["effect", "null"]


@dataclass(frozen=True, slots=True)
class Effects:
    """What adoption of the golden path changes, from the first day of a team's adoption month on.

    ``change_lead_time``, ``change_fail_rate``, ``failed_deployment_recovery_time``, ``how_to_tickets``
    (per engineer) and ``unit_cost`` are factors; ``survey_score`` is points added on the 1..7 scale
    before rounding and clipping, which cost it about 0.02. The fail rate's factor holds per deployment,
    repairs included in the denominator.
    """

    change_lead_time: float = 0.70
    change_fail_rate: float = 0.75
    failed_deployment_recovery_time: float = 0.70
    how_to_tickets: float = 0.60
    unit_cost: float = 0.90
    survey_score: float = 0.40


NO_EFFECT = Effects(1.0, 1.0, 1.0, 1.0, 1.0, 0.0)


def effects_of(variant: Variant) -> Effects:
    """The effects planted in a variant of the world."""
    return Effects() if variant == "effect" else NO_EFFECT


@dataclass(frozen=True, slots=True)
class Action:
    """A self-service action and the ticket it replaces; durations in hours, log-normal.

    ``touch_median`` with ``touch_sigma`` is the work on a ticket by those who fulfil it,
    ``wait_median`` with ``wait_sigma`` the time from its creation to its resolution;
    ``self_service_touch`` is the requester's work on a run; ``demand`` is requests per engineer and
    month; ``ceiling`` is the share of requests that becomes self-service once adoption is complete.
    """

    name: str
    demand: float
    ceiling: float
    touch_median: float
    touch_sigma: float
    wait_median: float
    wait_sigma: float
    self_service_touch: float

    @property
    def touch_mean(self) -> float:
        """Mean work on a ticket, hours: median · exp(σ²/2)."""
        return _mean(self.touch_median, self.touch_sigma)

    @property
    def wait_mean(self) -> float:
        """Mean time from creation to resolution, hours: median · exp(σ²/2)."""
        return _mean(self.wait_median, self.wait_sigma)


def _mean(median: float, sigma: float) -> float:
    return float(median * 2.718281828459045 ** (sigma**2 / 2))


ACTIONS: tuple[Action, ...] = (
    Action("deploy-service", 0.70, 0.85, 1.2, 0.6, 9.0, 0.9, 0.15),
    Action("create-environment", 0.22, 0.75, 2.6, 0.7, 30.0, 0.9, 0.25),
    Action("create-database", 0.12, 0.60, 3.2, 0.7, 46.0, 1.0, 0.30),
    Action("grant-access", 0.40, 0.50, 0.4, 0.5, 14.0, 1.0, 0.10),
)

INDUCED_DEMAND = 1.25
"""Requests of an adopting team, times what it asked for by ticket: a cheap action creates demand."""


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """True counts of a calendar quarter, by action.

    ``self_service`` are successful runs without dry runs, several of one target within 30 minutes once;
    ``manual_tickets`` are requests by ticket, those after a failed run (``fallbacks``) included.
    """

    quarter_start: date
    self_service: Mapping[str, int]
    manual_tickets: Mapping[str, int]
    fallbacks: int
    how_to_tickets: int


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that was planted in a world.

    ``adoption_on`` is the first day of each team's adoption month (``None``: never in any world);
    ``secular_lead_time`` is the factor on lead times over 24 months that all teams share;
    ``substitution_share`` is the share of self-service runs that replace a ticket.
    """

    variant: Variant
    started_on: date
    end_on: date
    effects: Effects
    actions: tuple[Action, ...]
    adoption_on: Mapping[str, date | None]
    secular_lead_time: float
    substitution_share: float
    baseline_change_fail_rate: float
    baseline_recovery_median_hours: float
    how_to_tickets_per_engineer_quarter: float
    without_incident_coverage: tuple[str, ...]
    with_deployment_gap: tuple[str, ...]
    quarters: tuple[QuarterCounts, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, dates as ISO text, for JSON and for people."""
        plain: dict[str, Any] = _plain(asdict(self))
        for action, full in zip(plain["actions"], self.actions, strict=True):
            action["touch_mean"], action["wait_mean"] = full.touch_mean, full.wait_mean
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
