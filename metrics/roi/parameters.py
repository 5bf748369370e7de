"""Every figure that the model needs and cannot read from rows: its unit, meaning and default.

A default is a guess of ours, graded *assumed*; where there is none, the lines that need the figure are
left out, and named, until somebody supplies it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Suffix = Literal["none", "action", "line"]
Default = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure by name. ``default`` is low, likely, high; ``lines`` are those that it feeds.

    ``suffix`` says what may follow the name after a colon: an action (``request_touch_hours:deploy``), a
    line with an effect of its own (``attribution:B4``), or nothing. A value under the plain name holds
    where there is none under the longer one.
    """

    name: str
    title: str
    unit: str
    help: str
    lines: tuple[str, ...]
    default: Default | None = None
    lower: float = 0.0
    upper: float | None = None
    suffix: Suffix = "none"


HOURS_LINES = ("B1", "B1w", "B2", "B4r", "B5", "C4")
ATTRIBUTED_LINES = ("B2", "B4", "B4r", "B6")

_ALL = (
    Parameter(
        "salary",
        "Salary",
        "currency/year",
        "Gross salary of an engineer, the mean over roles by head count. From finance.",
        (*HOURS_LINES, "C5"),
    ),
    Parameter(
        "benefits_multiplier",
        "Benefits multiplier",
        "factor",
        "What an engineer costs, over the salary: social security, pension, equipment. From finance.",
        (*HOURS_LINES, "C1", "C5"),
        lower=1.0,
    ),
    Parameter(
        "productive_hours",
        "Productive hours",
        "hours/year",
        "Hours that an engineer works in a year, without leave and illness. From finance.",
        HOURS_LINES,
        upper=8760.0,
    ),
    Parameter(
        "realisation",
        "Realisation",
        "share",
        "Share of freed time that becomes useful work.",
        ("B1", "B1w", "B2", "B4r", "B5"),
        (0.3, 0.5, 0.7),
        upper=1.0,
    ),
    Parameter(
        "attribution",
        "Attribution",
        "share",
        "Share of an observed change that the platform caused. With a line after the colon: a valid effect "
        "on what that line counts, in place of the general one.",
        ATTRIBUTED_LINES,
        (0.2, 0.5, 0.9),
        upper=1.0,
        suffix="line",
    ),
    Parameter(
        "substitution_share",
        "Substitution share",
        "share",
        "Share of self-service runs that replace a ticket; the rest is demand that a cheap action creates.",
        ("B1", "B1w"),
        (0.4, 0.7, 0.9),
        upper=1.0,
    ),
    Parameter(
        "blocked_share",
        "Blocked share of waiting",
        "share",
        "Share of the waiting time in which the requester can do nothing else.",
        ("B1w",),
        (0.0, 0.05, 0.15),
        upper=1.0,
    ),
    Parameter(
        "fulfil_touch_hours",
        "Fulfiller's work on a ticket",
        "hours",
        "Measured from tickets of the action; a value here takes the place of the measurement.",
        ("B1",),
        suffix="action",
    ),
    Parameter(
        "request_touch_hours",
        "Requester's work on a ticket",
        "hours",
        "Writing the ticket, answering questions, checking the result. No ticket system records it.",
        ("B1",),
        (0.1, 0.25, 0.5),
        suffix="action",
    ),
    Parameter(
        "self_service_touch_hours",
        "Requester's work on a run",
        "hours",
        "What the requester spends on one self-service run.",
        ("B1",),
        (0.1, 0.2, 0.4),
        suffix="action",
    ),
    Parameter(
        "self_service_fulfil_hours",
        "Fulfiller's work on a run",
        "hours",
        "What the platform team spends on one self-service run: approvals, help.",
        ("B1",),
        (0.0, 0.05, 0.15),
        suffix="action",
    ),
    Parameter(
        "ticket_wait_hours",
        "Wait for a ticket",
        "business hours",
        "Measured from tickets of the action; a value here takes the place of the measurement.",
        ("B1w",),
        suffix="action",
    ),
    Parameter(
        "how_to_asker_hours",
        "Asker's work on a how-to ticket",
        "hours",
        "What the person who asks spends on a how-to ticket.",
        ("B2",),
        (0.25, 0.5, 1.0),
    ),
    Parameter(
        "how_to_answerer_hours",
        "Answerer's work on a how-to ticket",
        "hours",
        "Measured from how-to tickets; a value here takes the place of the measurement.",
        ("B2",),
    ),
    Parameter(
        "cost_of_delay_per_week",
        "Cost of delay",
        "currency/week",
        "What a week of delay of an initiative costs.",
        ("B3",),
    ),
    Parameter(
        "initiatives",
        "Initiatives",
        "initiatives",
        "Initiatives of the quarter that wait for delivery.",
        ("B3",),
    ),
    Parameter(
        "critical_path_share",
        "Critical-path share",
        "share",
        "Share of the lead time that lies on the critical path of an initiative.",
        ("B3",),
        upper=1.0,
    ),
    Parameter(
        "lead_time_gain_weeks",
        "Lead-time gain",
        "weeks",
        "Measured as the fall of the median change lead time since the baseline; a value here takes the "
        "place of the measurement.",
        ("B3",),
        lower=-520.0,
    ),
    Parameter(
        "downtime_cost_per_hour",
        "Cost of downtime",
        "currency/hour",
        "What an hour of a failed deployment costs the business at full severity.",
        ("B4",),
    ),
    Parameter(
        "downtime_severity",
        "Severity of downtime",
        "share",
        "Mean share of the full cost that an hour of a failed deployment causes.",
        ("B4",),
        upper=1.0,
    ),
    Parameter(
        "incident_responders",
        "Responders",
        "people",
        "People who work on an incident.",
        ("B4r",),
    ),
    Parameter(
        "incident_responder_hours",
        "Hours of a responder",
        "hours",
        "Hours that each of them spends on an incident.",
        ("B4r",),
    ),
    Parameter(
        "onboarding_days_before",
        "Onboarding before",
        "working days",
        "Days from a new engineer's start to the Nth deployment, before the platform.",
        ("B5",),
    ),
    Parameter(
        "onboarding_days_after",
        "Onboarding now",
        "working days",
        "Days from a new engineer's start to the Nth deployment, with the platform.",
        ("B5",),
    ),
    Parameter(
        "onboarding_productivity_share",
        "Lost productivity in onboarding",
        "share",
        "Share of a day's work that is lost until then.",
        ("B5",),
        upper=1.0,
    ),
    Parameter(
        "adoption_dip",
        "Dip at adoption",
        "share",
        "Share of an adopting team's work that learning costs (the J-curve).",
        ("C5",),
        (0.05, 0.1, 0.2),
        upper=1.0,
    ),
    Parameter(
        "adoption_dip_months",
        "Length of the dip",
        "months",
        "Months that the dip lasts.",
        ("C5",),
        (1.0, 2.0, 3.0),
        upper=36.0,
    ),
    Parameter(
        "discount_rate",
        "Discount rate",
        "share/year",
        "Yearly rate at which money later is worth less than money now. From finance.",
        (),
        (0.1, 0.1, 0.1),
        lower=-0.99,
    ),
)

PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _ALL}
"""The catalogue by name, in the order in which people fill it in."""
