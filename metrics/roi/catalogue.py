"""All lines of the model, in the order of the report, with what counts each of them."""

from collections.abc import Callable

from metrics.roi import capacity, costs, other_benefits
from metrics.roi.facts import QuarterFacts
from metrics.roi.lines import Kind
from metrics.roi.terms import Formula

MODEL_VERSION = "2"
"""Changes whenever the same rows and assumptions would give another amount.

2: Retired tools are compared per quarter, whole months counting alike (B7). Hours of a ticket are measured
from the baseline where nobody stated them. Earlier quarters take the first version of a figure where none
held yet.
"""
Builder = Callable[[QuarterFacts], Formula]

_RATE = "{currency}/hour"
_RUNS, _FAILURES = ("action_runs", "tickets"), ("deployments", "incidents")

LINES: tuple[tuple[Kind, Builder], ...] = (
    (
        Kind(
            "B1",
            "Self-service instead of a ticket",
            "benefit",
            "capacity",
            "self-service runs",
            "hours",
            _RATE,
            _RUNS,
        ),
        capacity.self_service,
    ),
    (
        Kind("B1w", "Waiting freed", "benefit", "capacity", "self-service runs", "hours", _RATE, _RUNS),
        capacity.waiting,
    ),
    (
        Kind(
            "B2",
            "How-to tickets avoided",
            "benefit",
            "capacity",
            "how-to tickets",
            "hours",
            _RATE,
            ("tickets",),
        ),
        capacity.how_to,
    ),
    (
        Kind(
            "B3",
            "Lead-time gain",
            "benefit",
            "strategic",
            "initiatives",
            "initiative weeks",
            "{currency}/week",
            ("changes", "deployments"),
        ),
        other_benefits.cost_of_delay,
    ),
    (
        Kind(
            "B4",
            "Downtime from failed changes",
            "benefit",
            "risk",
            "recovery hours",
            "downtime hours",
            _RATE,
            _FAILURES,
        ),
        other_benefits.downtime,
    ),
    (
        Kind(
            "B4m",
            "Downtime at constant volume",
            "benefit",
            "memo",
            "recovery hours per deployment",
            "downtime hours",
            _RATE,
            _FAILURES,
        ),
        other_benefits.downtime_at_constant_volume,
    ),
    (
        Kind(
            "B4r",
            "Responders' hours",
            "benefit",
            "capacity",
            "incidents from changes",
            "hours",
            _RATE,
            _FAILURES,
        ),
        capacity.responders,
    ),
    (
        Kind("B5", "Faster onboarding", "benefit", "capacity", "hires", "hours", _RATE, ("inputs",)),
        capacity.onboarding,
    ),
    (
        Kind(
            "B6",
            "Infrastructure unit cost",
            "benefit",
            "cash",
            "consumed units",
            "{currency}",
            "factor",
            ("costs",),
        ),
        other_benefits.unit_cost,
    ),
    (
        Kind(
            "B7",
            "Tools and licences retired",
            "benefit",
            "cash",
            "invoices",
            "{currency}",
            "factor",
            ("inputs",),
        ),
        other_benefits.retired_tools,
    ),
    (
        Kind("C1", "Platform team", "cost", "cost", "staff", "people", "{currency}/quarter", ("inputs",)),
        costs.platform_team,
    ),
    (
        Kind(
            "C2",
            "Platform infrastructure",
            "cost",
            "cost",
            "charges",
            "{currency}",
            "factor",
            ("inputs", "costs"),
        ),
        costs.infrastructure,
    ),
    (
        Kind("C3", "Platform licences", "cost", "cost", "seats", "{currency}", "factor", ("inputs",)),
        costs.licences,
    ),
    (
        Kind(
            "C4",
            "Enablement and migration",
            "cost",
            "cost",
            "hours of product teams",
            "hours",
            _RATE,
            ("inputs",),
        ),
        costs.enablement,
    ),
    (
        Kind(
            "C5",
            "Dip at adoption",
            "cost",
            "cost",
            "staff adopting",
            "person years",
            "{currency}/year",
            ("deployments",),
        ),
        costs.adoption_dip,
    ),
)
