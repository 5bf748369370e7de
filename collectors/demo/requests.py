"""Requests of the demo world: the same demand, met by ticket or by a self-service run.

A team that adopts moves request by request to self-service. Failed runs are tried again or fall back to
a ticket; dry runs and several runs of one target within half an hour exist so that they are not counted.
"""

from dataclasses import dataclass

import numpy as np

from collectors.demo.deployments import URL
from collectors.demo.draws import (
    MONTH,
    NEVER,
    Array,
    Draws,
    Rows,
    Seconds,
    Window,
    activity,
    labels,
    office_seconds,
    seconds,
    where_known,
)
from collectors.demo.organisation import Organisation
from collectors.demo.truth import ACTIONS, INDUCED_DEMAND
from warehouse.records import ActionRun

MINUTE = 60
NAMES = np.array([action.name for action in ACTIONS], dtype=object)


@dataclass(frozen=True, slots=True)
class Demand:
    """One request per row, in order of day: who wants which action for which service, and by which way."""

    at: Seconds
    team: Array
    action: Array
    service: Array
    is_self_service: Array


@dataclass(frozen=True, slots=True)
class Runs:
    """Self-service runs; ``counts`` marks those that METHOD counts; ``falls_back`` leads to a ticket."""

    run_id: Array
    request: Array
    at: Seconds
    approved: Seconds
    finished: Seconds
    status: Array
    dry_run: Array
    counts: Array
    falls_back: Array


def demand(draws: Draws, org: Organisation, window: Window) -> Demand:
    """All requests; adoption adds demand, since a cheap action is asked for more often."""
    days = window.days()
    per_day = org.engineers[:, None] * np.array([action.demand for action in ACTIONS])[None, :] / 21
    share = _self_share(org, window, days)
    grown = 1 + (INDUCED_DEMAND - 1) * (share > 0.1)
    counts = draws("demand").poisson(activity(days)[:, None, None] * per_day[None] * grown)
    day, team, action = np.repeat(np.array(np.nonzero(counts)), counts[np.nonzero(counts)], axis=1)
    n = len(day)
    at = days[day] + office_seconds(draws("request-time"), n)
    chosen = draws("way").random(n) < share[day, team, action]
    return Demand(at, team, action, _services(draws, org, team), chosen)


def _self_share(org: Organisation, window: Window, days: Seconds) -> Array:
    """Share of requests that go to self-service, by day, team and action."""
    months = (days[:, None] - org.adoption[None, :]) / MONTH
    ramp = np.where(months >= 0, np.clip(0.55 + 0.08 * months, 0.55, 1.0), 0.0)
    ramp = np.where((ramp == 0) & (days[:, None] > window.start + 5 * MONTH), 0.03, ramp)
    ceiling = np.array([action.ceiling for action in ACTIONS])
    return np.asarray(ramp[:, :, None] * ceiling[None, None, :])


def _services(draws: Draws, org: Organisation, team: Array) -> Array:
    """For each request a service of its team, or -1 where the team has none."""
    owned = [np.flatnonzero(org.team == t) for t in range(len(org.team_ids))]
    sizes = np.array([len(services) for services in owned])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    pool = np.concatenate(owned)
    at = first[team] + (draws("request-service").random(len(team)) * sizes[team]).astype(np.int64)
    return np.asarray(np.where(sizes[team] > 0, pool[np.minimum(at, len(pool) - 1)], -1))


def runs(draws: Draws, wanted: Demand) -> Runs:
    """First runs, what follows a failed one, dry runs before and doubled runs after."""
    request = np.flatnonzero(wanted.is_self_service)
    n = len(request)
    outcome, after = draws("outcome").random(n), draws("after").random(n)
    status = np.where(outcome < 0.09, "failure", np.where(outcome < 0.11, "cancelled", "success")).astype(
        object
    )
    failed = status == "failure"
    later = ((5 + 20 * draws("later").random(n)) * MINUTE).astype(np.int64)
    # Half of the failures are tried again within half an hour, a quarter falls back to a ticket.
    retried, falls_back = failed & (after < 0.5), failed & (after >= 0.5) & (after < 0.75)
    doubled, rehearsed = (status == "success") & (after < 0.04), after > 0.93
    succeeded = status == "success"
    never = np.zeros(n, dtype=bool)
    parts = [
        _part("a", request, wanted.at[request], status, succeeded, falls_back, never),
        _part("b", request, wanted.at[request] + later, "success", retried, never, never, retried),
        _part("d", request, wanted.at[request] + later, "success", never, never, never, doubled),
        _part("n", request, wanted.at[request] - later, "success", never, never, ~never, rehearsed),
    ]
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    return _timed(draws, wanted, joined, n)


def _part(
    letter: str,
    request: Array,
    at: Seconds,
    status: Array | str,
    counts: Array,
    falls_back: Array,
    dry_run: Array,
    which: Array | None = None,
) -> dict[str, Array]:
    kept = np.flatnonzero(np.ones(len(request), dtype=bool) if which is None else which)
    words = np.broadcast_to(np.asarray(status, dtype=object), (len(request),))
    return {
        "run_id": labels(f"run-{letter}-", request[kept], 6),
        "request": request[kept],
        "at": at[kept],
        "status": words[kept],
        "counts": counts[kept],
        "falls_back": falls_back[kept],
        "dry_run": dry_run[kept],
    }


def _timed(draws: Draws, wanted: Demand, joined: dict[str, Array], n: int) -> Runs:
    """Approval (databases and access, first runs of one in five) and duration, by request."""
    size = len(wanted.at)
    needs = (draws("approval").random(size) < 0.2) & (wanted.action >= 2)
    wait = seconds(draws("approval-hours").lognormal(np.log(3.0), 1.0, size))
    minutes = draws("run-minutes").lognormal(np.log(6), 0.5, size)
    request = joined["request"]
    first = np.char.startswith(joined["run_id"].astype(str), "run-a-")
    # Only a run that succeeded may wait, so that retries and fallbacks follow soon after.
    waits = needs[request] & first & (joined["status"] == "success")
    approved = np.where(waits, joined["at"] + wait[request], NEVER)
    began = np.where(waits, approved, joined["at"])
    finished = began + (np.clip(minutes[request], 1, 60) * MINUTE).astype(np.int64)
    return Runs(approved=approved, finished=finished, **joined)


def run_rows(org: Organisation, wanted: Demand, made: Runs, window: Window) -> Rows:
    """The rows of all runs; one without its approval is awaiting it, one without an end in progress."""
    request = made.request
    service = wanted.service[request]
    services = where_known(service >= 0, org.service_ids[service])
    action = NAMES[wanted.action[request]]
    target = np.where(service >= 0, services, "") + "/" + labels("", request)
    ended = made.finished < window.end
    waiting = (made.approved < NEVER) & (made.approved >= window.end)
    status = np.where(ended, made.status, np.where(waiting, "awaiting_approval", "in_progress"))
    columns = {
        "run_id": made.run_id,
        "action": action,
        "team_id": org.team_ids[wanted.team[request]],
        "service_id": services,
        "requested_at": made.at,
        "approved_at": made.approved,
        "finished_at": made.finished,
        "status": status,
        "dry_run": made.dry_run,
        "target": target,
        "url": URL + "portal/runs/" + made.run_id,
    }
    return Rows(ActionRun, columns, _collected(made.at, window))


def _collected(at: Seconds, window: Window) -> Seconds:
    return np.where(at >= window.start, at, NEVER)


def fallback_requests(draws: Draws, made: Runs) -> tuple[Array, Seconds]:
    """The requests that became a ticket after a failed run, and when: within 48 hours."""
    which = np.flatnonzero(made.falls_back)
    hours = 0.3 + 40 * draws("fallback-hours").random(len(which)) ** 2
    return made.request[which], made.finished[which] + seconds(hours)
