"""How far the figures can be trusted: how new they are, what they cover, how many incidents are linked."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

import pandas as pd

from dashboards.questions.published import Published
from dashboards.words.values import counted
from dashboards.words.windows import Window
from metrics.scope import Filter, fetch
from metrics.whole import narrowed, whole

# Every service under each of its teams and tiers: whether it is known in the window, and until when.
_SERVICES = """
WITH known AS (
    SELECT service_id, max(deployments) > 0 AS has_deployments, max(incidents) > 0 AS has_incidents
    FROM service_days WHERE day >= $start AND day < $end GROUP BY service_id
),
until AS (
    SELECT service_id, max(to_at) AS data_to
    FROM service_coverage WHERE resource = 'deployments' GROUP BY service_id
)
SELECT DISTINCT
    m.service_id, coalesce(m.team_id, 'unassigned') AS team_id, m.tier,
    coalesce(k.has_deployments, FALSE) AS has_deployments,
    coalesce(k.has_incidents, FALSE) AS has_incidents,
    u.data_to
FROM service_map m
LEFT JOIN known k USING (service_id)
LEFT JOIN until u USING (service_id)
WHERE m.service_id IS NOT NULL
ORDER BY ALL
"""
# Infrastructure and third parties have no deployment to be linked to.
_LINKS = """
SELECT service_id, team_id, tier, count(*) AS n, count(deployment_id) AS n_linked
FROM fact_incidents
WHERE started_on >= $start AND started_on < $end AND is_covered AND cause IN ('change', 'unknown')
GROUP BY ALL ORDER BY ALL
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
    services, links = (narrowed(found, view.where) for found in known_in(facts, view.window))
    services = services.drop_duplicates("service_id")
    newest = services["data_to"].max()
    data_to = None if is_missing(newest) else newest.to_pydatetime()
    return Health(
        n_services=len(services),
        n_with_deployments=int(services["has_deployments"].sum()),
        n_with_incidents=int(services["has_incidents"].sum()),
        data_to=data_to,
        is_stale=data_to is not None and is_stale(facts, data_to, now),
        n_incidents=int(links["n"].sum()),
        n_linked=int(links["n_linked"].sum()),
    )


def known_in(facts: Published, window: Window) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is known of a window, from which each part of the organisation is taken: services, and links."""
    asked = {"start": window.start, "end": window.end}
    services, links = (
        whole(facts.snapshot, (sql, asked), partial(fetch, facts.snapshot, sql, asked))
        for sql in (_SERVICES, _LINKS)
    )
    return services, links


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
    return f"**{counted(n, one, many)}" if n else ""


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
