"""How far the figures can be trusted: how new they are, what they cover, how many incidents are linked."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from dashboards.page.published import Published
from dashboards.words.values import count
from dashboards.words.windows import Window
from metrics.scope import Filter

# Of the services of the scope: which are known in the window, and until when.
_COVERAGE = """
WITH scoped AS (
    SELECT DISTINCT service_id FROM service_map
    WHERE service_id IS NOT NULL
        AND in_scope(service_id, coalesce(team_id, 'unassigned'), tier, $services, $teams, $tiers)
),
known AS (
    SELECT service_id, max(deployments) AS deployments, max(incidents) AS incidents
    FROM service_days WHERE day >= $start AND day < $end GROUP BY service_id
)
SELECT
    count(*) AS n_services,
    coalesce(count_if(k.deployments > 0), 0) AS n_deployments,
    coalesce(count_if(k.incidents > 0), 0) AS n_incidents,
    (
        SELECT max(c.to_at) FROM service_coverage c JOIN scoped USING (service_id)
        WHERE c.resource = 'deployments'
    ) AS data_to
FROM scoped s
LEFT JOIN known k USING (service_id)
"""
# Infrastructure and third parties have no deployment to be linked to.
_LINKS = """
SELECT count(*) AS n, count(deployment_id) AS n_linked
FROM fact_incidents
WHERE started_on >= $start AND started_on < $end AND is_covered AND cause IN ('change', 'unknown')
    AND in_scope(service_id, team_id, tier, $services, $teams, $tiers)
"""


class Looked(Protocol):
    """What is looked at: a window, and which services count."""

    @property
    def window(self) -> Window: ...

    @property
    def where(self) -> Filter: ...


@dataclass(frozen=True, slots=True)
class Health:
    """``data_to`` is UTC without a zone, ``None`` where no deployment source covers the scope."""

    n_services: int
    n_with_deployments: int
    n_with_incidents: int
    data_to: datetime | None
    is_stale: bool
    n_incidents: int
    n_linked: int


def health(facts: Published, view: Looked, now: datetime) -> Health:
    """The state of the data behind a page."""
    asked: dict[str, Any] = {"start": view.window.start, "end": view.window.end}
    asked |= {name: view.where.parameters[name] for name in ("services", "teams", "tiers")}
    covered = facts.rows(_COVERAGE, asked).iloc[0]
    links = facts.rows(_LINKS, asked).iloc[0]
    data_to = None if is_missing(covered["data_to"]) else covered["data_to"].to_pydatetime()
    return Health(
        n_services=int(covered["n_services"]),
        n_with_deployments=int(covered["n_deployments"]),
        n_with_incidents=int(covered["n_incidents"]),
        data_to=data_to,
        is_stale=data_to is not None and is_stale(facts, data_to, now),
        n_incidents=int(links["n"]),
        n_linked=int(links["n_linked"]),
    )


def gaps(state_of_data: Health) -> list[str]:
    """What of the scope is in no figure, or in doubt."""
    lines = (
        _counted(
            state_of_data.n_services - state_of_data.n_with_deployments,
            "service** has no deployment source and is in no figure.",
            "services** have no deployment source and are in no figure.",
        ),
        _counted(
            state_of_data.n_services - state_of_data.n_with_incidents,
            "service** has no incident source; its failures are partly unknown.",
            "services** have no incident source; their failures are partly unknown.",
        ),
        _counted(
            state_of_data.n_incidents - state_of_data.n_linked,
            "incident** is tied to no deployment and counts in no rate.",
            "incidents** are tied to no deployment and count in no rate.",
        ),
    )
    return [line for line in lines if line]


def _counted(n: int, one: str, many: str) -> str:
    return f"**{count(n)} {one if n == 1 else many}" if n else ""


def is_stale(facts: Published, data_to: datetime, now: datetime) -> bool:
    """Whether the newest data is older than the configured age.

    A simulated world ends when it was made, so it is judged by that instant and not by the reader's clock.
    """
    judged_at = facts.as_of if facts.is_demo else max(facts.as_of, now)
    limit = timedelta(hours=float(facts.settings.get("stale_after_hours", 48)))
    return judged_at - data_to.replace(tzinfo=UTC) > limit


def is_missing(value: Any) -> bool:
    """Whether a cell of a frame holds nothing."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "NaT"
