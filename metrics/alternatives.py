"""Alternative readings of the change fail rate: what other definitions make of the same rows.

They are shown to explain a difference to another tool, never as a headline.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from metrics.scope import Filter, Question, Snapshot, run


@dataclass(frozen=True, slots=True)
class Reading:
    """One definition's arithmetic; numerator and denominator are ``None`` where it is a mean of rates."""

    label: str
    used_by: str
    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    is_ours: bool = False


def change_fail_rate_readings(
    snapshot: Snapshot, start: date, end: date, *, where: Filter | None = None
) -> list[Reading]:
    """The change fail rate of the whole scope by each definition, ours first."""
    sql = files("metrics.readings").joinpath("change_fail_rate.sql").read_text()
    question = Question(start, end, "organisation", "window", where or Filter())
    row = run(snapshot, sql, question.parameters).to_pylist()[0]
    return [
        _ratio(
            "deployments that needed intervention / production deployments",
            "Payoff, DORA",
            row,
            "failed_deployments",
            "covered_deployments",
            is_ours=True,
        ),
        _ratio(
            "failed roll-outs / production deployments",
            "metrik",
            row,
            "failed_rollouts",
            "production_deployments",
        ),
        _ratio(
            "latest deployment of the team before an incident / production deployments",
            "middleware",
            row,
            "blamed_deployments",
            "production_deployments",
        ),
        _ratio(
            "incidents / successful production deployments",
            "GitLab",
            row,
            "change_incidents",
            "successful_deployments",
        ),
        _ratio(
            "incidents / production deployments", "LinearB", row, "change_incidents", "production_deployments"
        ),
        _ratio(
            "incidents / deployments of every environment",
            "Faros CE",
            row,
            "change_incidents",
            "all_deployments",
        ),
        Reading(
            "mean over services of incidents / distinct versions", "Pelorus", row["mean_rate_of_services"]
        ),
    ]


def _ratio(
    label: str,
    used_by: str,
    row: Mapping[str, Any],
    numerator: str,
    denominator: str,
    *,
    is_ours: bool = False,
) -> Reading:
    n = int(row[denominator])
    value = float(row[numerator]) / n if n else None
    return Reading(label, used_by, value, int(row[numerator]), n, is_ours)
