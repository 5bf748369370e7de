"""A small invented organisation as rows: five teams, fourteen services, eighteen months, drawn from a seed.

Deployments get more frequent and lead times shorter towards the end. One team has no incident source, one
service is new and has hardly any row, one has none at all. Its requests: `tests.dashboards.requests`.
"""

import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from tests.dashboards.requests import asked_for
from warehouse.goals import Aim, Edit

END = datetime(2025, 12, 1, tzinfo=UTC)
START = END - timedelta(days=548)
TEAMS = ("checkout", "identity", "mobile", "payments", "search")
# Set on 1 May; by the seed the organisation's are met, not met, too close to tell, and missed.
GOALS = [
    Edit(metric + scope, "set", metric, scope, "engineering", datetime(2025, 5, 1), aim, None, "as agreed")  # noqa: DTZ001
    for metric, scope, aim in (
        ("change_lead_time", "*", Aim(24.0, "hours", 1, date(2026, 6, 30), "engineering")),
        ("golden_path_share", "*", Aim(0.5, "ratio", 1, date(2026, 6, 30), "platform-team")),
        ("change_fail_rate", "*", Aim(0.1, "ratio", 1, date(2026, 6, 30), "engineering")),
        ("deployment_rework_rate", "*", Aim(0.02, "ratio", 1, date(2025, 9, 30), "engineering")),
        ("self_service_share", "team:payments", Aim(0.6, "ratio", 1, date(2025, 12, 20), "payments")),
        ("change_fail_rate", "team:mobile", Aim(0.1, "ratio", 1, date(2025, 9, 30), "mobile")),
        ("change_fail_rate", "service:search-new", Aim(0.1, "ratio", 1, date(2026, 6, 30), "search")),
    )
]
_TIERS = ("tier 1", "tier 2", "tier 3")
_WITHOUT_INCIDENTS = "mobile"
_HOUR = timedelta(hours=1)


def rows(seed: int = 7, *, is_changing: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, for `tests.world.publish_world`; without change, the end is drawn like the start."""
    rng = np.random.default_rng(seed)
    given: dict[str, list[dict[str, Any]]] = {
        "teams": [{"team_id": team, "name": team.capitalize(), "engineers": 8} for team in TEAMS],
        "services": [],
        "deployments": [],
        "changes": [],
        "deployment_changes": [],
        "incidents": [],
        "coverage": [],
    }
    for i, service in enumerate(_services()):
        given["services"].append(service | {"tier": _TIERS[i % 3]})
        _cover(given, service)
        start = END - timedelta(days=6) if service["service_id"] == "search-new" else START
        if service["service_id"] != "search-silent":
            _deploy(given, service["service_id"], start, rng, pace=2.0 + i % 4, is_changing=is_changing)
    asked = asked_for(START, END, is_changing=is_changing)
    return given | asked | {"coverage": given["coverage"] + asked["coverage"]}


def _services() -> list[dict[str, Any]]:
    names = [f"{team}-{kind}" for team in TEAMS for kind in ("api", "web")]
    names += ["payments-ledger", "identity-tokens", "search-new", "search-silent"]
    return [{"service_id": name, "name": name, "team_id": name.split("-")[0]} for name in names]


def _cover(given: dict[str, list[dict[str, Any]]], service: dict[str, Any]) -> None:
    known = ["deployments", "changes"]
    known += ["incidents"] if service["team_id"] != _WITHOUT_INCIDENTS else []
    given["coverage"] += [
        {"resource": resource, "scope_id": service["service_id"], "from_at": START, "to_at": END}
        for resource in known
    ]


def _deploy(
    given: dict[str, list[dict[str, Any]]],
    service: str,
    start: datetime,
    rng: np.random.Generator,
    *,
    pace: float,
    is_changing: bool,
) -> None:
    at, number = start, 0
    while True:
        age = (at - START) / (END - START) if is_changing else 0.5
        at += timedelta(days=float(rng.exponential(pace * (1.3 - 0.8 * age))) + 0.02)
        if at >= END - 4 * _HOUR:
            return
        number += 1
        key = f"{service}-{number}"
        has_path = not is_changing or at > END - timedelta(days=300)
        is_hotfix = bool(rng.random() < 0.05)
        given["deployments"].append(
            {
                "deployment_id": key,
                "service_id": service,
                "status": "failure" if rng.random() < 0.03 else "success",
                "reached_production": True,
                "sha": f"{zlib.crc32(key.encode()):012x}",
                "started_at": at - timedelta(minutes=9),
                "finished_at": at,
                "trigger": "push",
                "is_rollback": False,
                "via": "golden_path" if has_path and number % 3 == 0 else "pipeline",
                "is_hotfix": is_hotfix,
                "url": f"https://ci.example/runs/{key}",
            }
        )
        for j in range(int(rng.poisson(1.6))):
            _change(given, service, key, j, at, float(np.exp(rng.normal(3.9 - 1.1 * age, 0.9))), rng)
        if rng.random() < 0.06:
            _incident(given, service, key, at, rng)


def _change(
    given: dict[str, list[dict[str, Any]]],
    service: str,
    deployment: str,
    j: int,
    at: datetime,
    hours: float,
    rng: np.random.Generator,
) -> None:
    first = at - hours * _HOUR
    shares = np.cumsum(rng.dirichlet([4, 3, 2, 2]))
    given["changes"].append(
        {
            "change_id": f"{deployment}-pr{j}",
            "service_id": service,
            "first_commit_at": first,
            "first_committed_at": first,
            "opened_at": first + shares[0] * 0.8 * hours * _HOUR,
            "draft_hours": float(shares[0] * 0.2 * hours) if rng.random() < 0.3 else 0.0,
            "ready_at": first + shares[0] * hours * _HOUR,
            "first_review_at": first + shares[1] * hours * _HOUR,
            "merged_at": first + shares[2] * hours * _HOUR,
            "is_bot": bool(rng.random() < 0.06),
            "url": f"https://forge.example/{service}/pull/{deployment}{j}",
        }
    )
    if rng.random() < 0.97:
        given["deployment_changes"].append({"deployment_id": deployment, "change_id": f"{deployment}-pr{j}"})


def _incident(
    given: dict[str, list[dict[str, Any]]],
    service: str,
    deployment: str,
    at: datetime,
    rng: np.random.Generator,
) -> None:
    started = at + float(rng.exponential(3.0)) * _HOUR
    given["incidents"].append(
        {
            "incident_id": f"inc-{deployment}",
            "service_id": service,
            "started_at": started,
            "resolved_at": started + float(np.exp(rng.normal(0.6, 1.0))) * _HOUR
            if rng.random() < 0.97
            else None,
            "cause": str(rng.choice(["change", "change", "unknown", "infrastructure"])),
            "deployment_id": deployment if rng.random() < 0.4 else None,
            "url": f"https://pager.example/incidents/{deployment}",
        }
    )
