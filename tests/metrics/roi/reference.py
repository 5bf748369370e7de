"""The worked reference quarter as rows: 2025-Q4 against 2025-Q3, both of 92 days."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from metrics.roi.assumptions import Assumption
from metrics.roi.parameters import PARAMETERS
from tests.world import publish_world
from warehouse.publish import Snapshot

NOW = datetime(2026, 1, 15, tzinfo=UTC)
QUARTER = "2025-Q4"
BEFORE, DURING = "2025-08-12T09:00:00Z", "2025-11-11T09:00:00Z"
COVERED = ["deployments", "changes", "incidents", "tickets", "action_runs"]


def stated(key: str, *values: float, **rest: Any) -> Assumption:
    """An assumption; one value is a constant."""
    low, likely, high = values * 3 if len(values) == 1 else values
    unit = PARAMETERS[key.partition(":")[0]].unit
    return Assumption(key, low, likely, high, unit=unit, source="test", owner="finance", **rest)


LEDGER = (
    # 150,000 a year times 1.2 over 1,800 hours: 100 an hour.
    stated("salary", 150_000),
    stated("benefits_multiplier", 1.2),
    stated("productive_hours", 1_800),
    stated("realisation", 0.5),
    stated("substitution_share", 0.7),
    stated("fulfil_touch_hours:deploy", 1.5),
    stated("request_touch_hours", 1.0),
    stated("self_service_touch_hours", 0.2),
    stated("self_service_fulfil_hours", 0.05),
    stated("how_to_asker_hours", 1.2),
    stated("how_to_answerer_hours", 0.8),
    stated("attribution:B2", 0.8),
    stated("attribution:B4", 0.6),
    stated("attribution:B6", 1.0),
    stated("downtime_cost_per_hour", 20_000),
    stated("downtime_severity", 1.0),
)


def given() -> dict[str, list[dict[str, Any]]]:
    """The rows, free to be changed."""
    return deepcopy(_GIVEN)


@contextmanager
def reference_world(
    directory: Path, rows: dict[str, list[dict[str, Any]]] | None = None, **settings: Any
) -> Iterator[Snapshot]:
    """A snapshot of the reference quarter, or of what a test made of it."""
    settings = {"currency": "EUR", **settings}
    with publish_world(directory, rows or given(), settings, NOW) as snapshot:
        yield snapshot


@dataclass(frozen=True)
class Configured:
    """The same rows under another configuration of the model."""

    snapshot: Snapshot
    roi: Mapping[str, Any]

    @property
    def settings(self) -> Mapping[str, Any]:
        return {**self.snapshot.settings, "roi": self.roi}

    def sql(self, query: str, parameters: Mapping[str, Any] = MappingProxyType({})) -> pa.Table:
        return self.snapshot.sql(query, parameters)


def charge(month: str, cost: float, units: float | None, **rest: Any) -> dict[str, Any]:
    """A charge of the team shop for compute."""
    return {
        "billing_currency": "EUR",
        "charge_period_start": f"{month}-01T00:00:00Z",
        "effective_cost": cost,
        "billed_cost": cost,
        "service_name": "compute",
        "tags": '{"team": "shop"}',
        "charge_category": "Usage",
        "consumed_quantity": units,
        **rest,
    }


_GIVEN: dict[str, list[dict[str, Any]]] = {
    "teams": [
        {"team_id": "shop", "engineers": 600},
        {"team_id": "platform", "is_platform_team": True},
    ],
    "services": [{"service_id": "checkout", "team_id": "shop", "created_at": "2020-01-01T00:00:00Z"}],
    "coverage": [
        {
            "resource": name,
            "scope_id": "*",
            "from_at": "2025-07-01T00:00:00Z",
            "to_at": "2026-01-01T00:00:00Z",
        }
        for name in COVERED
    ],
    "action_runs": [
        {
            "run_id": "run-{i}",
            "action": "deploy",
            "team_id": "shop",
            "requested_at": DURING,
            "finished_at": "2025-11-11T09:10:00Z",
            "status": "success",
            "target": "target-{i}",
            "repeat": 2_400,
        }
    ],
    # 720 how-to tickets of 600 engineers are 1.2 each, 360 are 0.6: the rate fell by 0.6.
    "tickets": [
        {"ticket_id": "old-{i}", "type": "how_to", "team_id": "shop", "created_at": BEFORE, "repeat": 720},
        {"ticket_id": "new-{i}", "type": "how_to", "team_id": "shop", "created_at": DURING, "repeat": 360},
    ],
    "deployments": [
        {"deployment_id": "d1", "service_id": "checkout", "status": "success", "finished_at": BEFORE},
        {"deployment_id": "d2", "service_id": "checkout", "status": "success", "finished_at": DURING},
    ],
    # Down from the deployment until the incident is resolved: 30 hours before, 22 in the quarter.
    "incidents": [
        {
            "incident_id": "i1",
            "service_id": "checkout",
            "deployment_id": "d1",
            "started_at": BEFORE,
            "resolved_at": "2025-08-13T15:00:00Z",
        },
        {
            "incident_id": "i2",
            "service_id": "checkout",
            "deployment_id": "d2",
            "started_at": DURING,
            "resolved_at": "2025-11-12T07:00:00Z",
        },
    ],
    # 10 per unit before; 2,000 units would have cost 20,000 and cost 2,000: 18,000 saved.
    "costs": [charge("2025-08", 10_000, 1_000), charge("2025-11", 2_000, 2_000)],
    "inputs": [
        {
            "line_id": "platform_infrastructure_invoice",
            "scope_id": "*",
            "from_on": "2025-10-01",
            "to_on": "2026-01-01",
            "quantity": 1,
            "unit": "invoice",
            "value": 260_000,
        }
    ],
}
