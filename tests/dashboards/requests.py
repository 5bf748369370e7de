"""What the small organisation asked for: tickets and self-service runs, drawn from a seed.

Self-service begins with the last twelve months and takes over more and more. Search joins late; checkout
must deploy by self-service from September on; a few runs fail, and some are followed by a ticket.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

_HOUR = timedelta(hours=1)
# Hours by ticket, and requests per team and week.
_ACTIONS = {"deploy-service": (12.0, 2.2), "grant-access": (20.0, 1.2), "create-database": (50.0, 0.5)}
_MONTHS_LATER = {"checkout": 0, "identity": 1, "payments": 1, "mobile": 2, "search": 6}
MANDATE = {"team_id": "checkout", "action": "deploy-service", "from_on": date(2025, 9, 1)}


def asked_for(
    start: datetime, end: datetime, seed: int = 11, *, is_changing: bool = True
) -> dict[str, list[dict[str, Any]]]:
    """Rows of tickets, action_runs, mandates and coverage of both."""
    rng = np.random.default_rng(seed)
    given: dict[str, list[dict[str, Any]]] = {"tickets": [], "action_runs": [], "mandates": [MANDATE]}
    for team in _MONTHS_LATER:
        for action in _ACTIONS:
            for at in _times(start, end, _ACTIONS[action][1], rng):
                _ask(given, team, action, at, end, rng, is_changing=is_changing)
        for at in _times(start, end, 1.0, rng):
            _ticket(given, team, None, "how_to", at, end, 3.0, rng)
    given["coverage"] = [
        {"resource": resource, "scope_id": "*", "from_at": start, "to_at": end}
        for resource in ("tickets", "action_runs")
    ]
    return given


def _times(start: datetime, end: datetime, per_week: float, rng: np.random.Generator) -> Iterator[datetime]:
    at = start
    while (at := at + float(rng.exponential(7 / per_week)) * 24 * _HOUR) < end - 2 * _HOUR:
        yield at


def _ask(
    given: dict[str, list[dict[str, Any]]],
    team: str,
    action: str,
    at: datetime,
    end: datetime,
    rng: np.random.Generator,
    *,
    is_changing: bool,
) -> None:
    there = end - timedelta(days=365 - 30 * _MONTHS_LATER[team])
    share = 0.0 if at < there else 0.25 + 0.5 * (at - there) / (end - there)
    if rng.random() > (share if is_changing else 0.4):
        _ticket(given, team, action, "request", at, end, _ACTIONS[action][0], rng)
        return
    is_failed = rng.random() < 0.12
    approved = at + float(rng.exponential(2.0)) * _HOUR if action == "grant-access" else None
    finished = (approved or at) + float(rng.exponential(0.1) + 0.02) * _HOUR
    number = len(given["action_runs"])
    given["action_runs"].append(
        {
            "run_id": f"run-{number}",
            "action": action,
            "team_id": team,
            "service_id": f"{team}-api",
            "requested_at": at,
            "approved_at": approved,
            "finished_at": finished,
            "status": "failure" if is_failed else "success",
            "dry_run": False,
            "target": f"{team}-{number}",
            "url": f"https://platform.example/runs/{number}",
        }
    )
    if is_failed and rng.random() < 0.5:
        _ticket(given, team, action, "request", finished + _HOUR, end, _ACTIONS[action][0], rng)


def _ticket(
    given: dict[str, list[dict[str, Any]]],
    team: str,
    action: str | None,
    kind: str,
    at: datetime,
    end: datetime,
    hours: float,
    rng: np.random.Generator,
) -> None:
    number = len(given["tickets"])
    resolved = at + float(rng.exponential(hours) + 0.2) * _HOUR
    given["tickets"].append(
        {
            "ticket_id": f"REQ-{number}",
            "team_id": team,
            "service_id": f"{team}-api" if action else None,
            "type": kind,
            "action": action,
            "created_at": at,
            "resolved_at": resolved if resolved < end else None,
            "touch_hours": float(rng.exponential(1.5)) if rng.random() < 0.9 else None,
            "url": f"https://tickets.example/REQ-{number}",
        }
    )
