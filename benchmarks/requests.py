"""Tickets and self-service runs: what teams ask for by hand, and what they do themselves."""

import numpy as np
import pyarrow as pa

from benchmarks.columns import HOUR, lognormal_seconds, numbered, table, times, words
from benchmarks.delivery import Services, Window

_ACTIONS = ["deploy_service", "create_database", "add_secret", "create_environment", "grant_access"]
_TYPES = ["request", "how_to", "incident", "other"]
_TYPE_SHARES = [0.55, 0.25, 0.08, 0.12]


def tickets(rng: np.random.Generator, services: Services, window: Window, first: int, n: int) -> pa.Table:
    """``n`` tickets numbered from ``first``; those of type request name the action they stand in for."""
    service = rng.integers(0, len(services.names), n)
    kind = rng.choice(len(_TYPES), n, p=_TYPE_SHARES)
    created = window.working_times(rng.random(n))
    answered = created + lognormal_seconds(rng, n, 4, 1.2)
    is_open = rng.random(n) < 0.03
    return table(
        ticket_id=numbered(pa.array(["T"] * n), np.arange(first, first + n)),
        team_id=_teams(services, service),
        service_id=words(service, services.names),
        queue=words(rng.integers(0, 3, n), ["platform", "infrastructure", "security"]),
        type=words(kind, _TYPES),
        action=words(rng.integers(0, len(_ACTIONS), n), _ACTIONS, kind != 0),
        created_at=times(created),
        first_response_at=times(answered),
        resolved_at=times(answered + lognormal_seconds(rng, n, 12, 1.2), is_open),
        touch_hours=pa.array(lognormal_seconds(rng, n, 0.8, 0.7) / HOUR),
        status=words(is_open.astype(np.int64), ["done", "open"]),
    )


def action_runs(rng: np.random.Generator, services: Services, window: Window, first: int, n: int) -> pa.Table:
    """``n`` runs of self-service actions numbered from ``first``; one in twelve fails, a tenth are dry."""
    service = rng.integers(0, len(services.names), n)
    requested = window.working_times(rng.random(n))
    approved = requested + lognormal_seconds(rng, n, 0.3, 1.0)
    return table(
        run_id=numbered(pa.array(["R"] * n), np.arange(first, first + n)),
        action=words(rng.integers(0, len(_ACTIONS), n), _ACTIONS),
        team_id=_teams(services, service),
        service_id=words(service, services.names),
        requested_at=times(requested),
        approved_at=times(approved),
        finished_at=times(approved + lognormal_seconds(rng, n, 0.1, 0.8)),
        status=words((rng.random(n) < 1 / 12).astype(np.int64), ["success", "failure"]),
        dry_run=pa.array(rng.random(n) < 0.1),
        target=words(service, services.names),
    )


def _teams(services: Services, service: np.ndarray) -> pa.Array:
    names = [f"team-{i:03d}" for i in range(int(services.teams.max()) + 1)]
    return words(services.teams[service], names)
