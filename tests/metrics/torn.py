"""A world with gaps, as rows: a source that stopped, a service that moved, others that came and went."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
END = datetime(2025, 11, 20, 15, 30, tzinfo=UTC)
_DEPLOYED = {"status": "success", "reached_production": True, "via": "golden_path", "trigger": "push"}
# From when to when each is deployed, every other day.
_SERVICES = {
    "moved": (datetime(2025, 1, 3, tzinfo=UTC), datetime(2025, 11, 19, tzinfo=UTC)),
    "gone": (datetime(2025, 1, 3, tzinfo=UTC), datetime(2025, 4, 20, tzinfo=UTC)),
    "new": (datetime(2025, 10, 20, tzinfo=UTC), datetime(2025, 11, 19, tzinfo=UTC)),
    "stopped": (datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 8, 3, tzinfo=UTC)),
    "unowned": (datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 20, tzinfo=UTC)),
}


def torn_rows() -> dict[str, list[Row]]:
    """Rows by table, for `tests.world.publish_world`; days are covered in part at the edges of coverage."""
    changes = [each for service in _SERVICES for each in _changes(service)]
    return {
        "teams": [
            {"team_id": "a", "name": "a", "engineers": 6, "onboarded_at": "2025-02-03T09:00:00Z"},
            {"team_id": "b", "name": "b", "engineers": 5, "onboarded_at": "2025-08-01T00:00:00Z"},
            {"team_id": "idle", "name": "idle"},
            {"team_id": "plat", "name": "plat", "is_platform_team": True},
        ],
        "services": [
            {
                "service_id": "moved",
                "name": "moved",
                "team_id": "b",
                "tier": "1",
                "created_at": "2025-01-02T00:00:00Z",
            },
            {"service_id": "gone", "name": "gone", "team_id": "a", "tier": "2"},
            {
                "service_id": "new",
                "name": "new",
                "team_id": "b",
                "tier": "2",
                "created_at": "2025-10-18T00:00:00Z",
            },
            {"service_id": "stopped", "name": "stopped", "team_id": "plat", "tier": "1"},
            {"service_id": "silent", "name": "silent", "team_id": "idle"},
            {"service_id": "unowned", "name": "unowned"},
        ],
        "ownership": [
            {"service_id": "moved", "team_id": "a", "from_on": "2025-01-01", "to_on": "2025-06-10"},
            {"service_id": "moved", "team_id": "b", "from_on": "2025-06-10"},
        ],
        "deployments": [_deployment(each) for each in changes],
        "changes": [{name: value for name, value in each.items() if name != "at"} for each in changes],
        "deployment_changes": [
            {"deployment_id": each["change_id"], "change_id": each["change_id"]} for each in changes
        ],
        "incidents": [_incident(i, each) for i, each in enumerate(changes[::9])],
        "mandates": [{"team_id": "a", "action": "db", "from_on": "2025-05-05"}],
        "tickets": list(_tickets()),
        "action_runs": list(_runs()),
        "coverage": list(_coverage()),
    }


def _changes(service: str) -> Iterator[Row]:
    first, last = _SERVICES[service]
    for i in range(0, (last - first).days, 2):
        at = first + timedelta(days=i, hours=i % 24)
        yield {
            "change_id": f"{service}{i}",
            "service_id": service,
            "is_bot": i % 14 == 0,
            "first_commit_at": at - timedelta(hours=i % 50),
            "merged_at": at - timedelta(hours=i % 5),
            "at": at,
        }


def _deployment(change: Row) -> Row:
    key = change["change_id"]
    return {
        "deployment_id": key,
        "sha": key,
        "service_id": change["service_id"],
        "finished_at": change["at"],
        **_DEPLOYED,
    }


def _incident(i: int, change: Row) -> Row:
    key = change["change_id"]
    return {
        "incident_id": key,
        "service_id": change["service_id"],
        "deployment_id": key,
        "cause": "change",
        "started_at": change["at"] + timedelta(hours=1),
        "resolved_at": change["at"] + timedelta(hours=2 + i % 30, minutes=20) if i % 3 else None,
    }


def _tickets() -> Iterator[Row]:
    for team in ("a", "b"):
        for kind, action in (("request", "db"), ("how_to", None)):
            for i in range(60):
                at = datetime(2025, 1, 5, 9, tzinfo=UTC) + timedelta(days=5 * i)
                yield {
                    "ticket_id": f"{team}{kind}{i}",
                    "team_id": team,
                    "type": kind,
                    "action": action,
                    # By one that moved, one that nobody knows, and none.
                    "service_id": ("moved", "elsewhere", None)[i % 3],
                    "created_at": at,
                    "resolved_at": at + timedelta(hours=15 + i % 24) if i % 8 else None,
                }


def _runs() -> Iterator[Row]:
    for action in ("db", "deploy"):
        for i in range(120):
            at = datetime(2025, 3, 1, 9, tzinfo=UTC) + timedelta(days=2 * i)
            yield {
                "run_id": f"{action}{i}",
                "action": action,
                "team_id": ("a", "b", "plat")[i % 3],
                "service_id": ("moved", "gone", None, "moved")[i % 4],
                "target": f"t{i}",
                "status": "failure" if i % 7 == 0 else "success",
                "requested_at": at,
                "finished_at": at + timedelta(minutes=60 + i % 60),
            }


def _coverage() -> Iterator[Row]:
    for resource, scope, first, last in (
        ("deployments", "*", "2025-01-01T07:13", "2025-05-20T11:01"),
        ("deployments", "*", "2025-06-02T05:47", "2025-11-20T15:30"),
        ("changes", "*", "2025-01-01T07:13", "2025-11-20T15:30"),
        ("incidents", "moved", "2025-01-20T00:00", "2025-11-20T15:30"),
        ("incidents", "stopped", "2025-02-01T00:00", "2025-08-04T01:07"),
        ("tickets", "*", "2025-01-01T00:00", "2025-09-17T03:19"),
        ("action_runs", "*", "2025-02-20T00:00", "2025-11-20T15:30"),
    ):
        yield {
            "resource": resource,
            "scope_id": scope,
            "from_at": f"{first}:00Z",
            "to_at": f"{last}:00Z",
        }
