"""Incidents of the demo world: those of failed deployments, those of other causes, and a few too late."""

import numpy as np

from collectors.demo.deployments import URL, identifiers
from collectors.demo.draws import (
    DAY,
    HOUR,
    NEVER,
    Array,
    Draws,
    Rows,
    Seconds,
    Window,
    activity,
    labels,
    seconds,
    where_known,
)
from collectors.demo.organisation import Organisation
from collectors.demo.schedule import HAS_INCIDENT, NONE, Schedule
from warehouse.records import Incident


def uncovered_services(org: Organisation) -> Array:
    """Services whose incidents nobody collects: their fail rate is unknown, never zero."""
    return np.flatnonzero((org.tier == 3) & (org.created < org.created.max()))[1:4]


def incident_rows(draws: Draws, org: Organisation, plan: Schedule, window: Window) -> Rows:
    """Incidents whose service is covered, in the collected time."""
    parts = [_of_failures(draws, org, plan, window), _late(draws, org, plan), _others(draws, org, window)]
    names = parts[0].keys()
    columns = {name: np.concatenate([part[name] for part in parts]) for name in names}
    service, began = columns.pop("service"), columns["started_at"]
    columns["service_id"] = org.service_ids[service]
    columns["url"] = URL + "incidents/" + columns["incident_id"]
    hidden = np.isin(service, uncovered_services(org)) | (began < window.start)
    return Rows(Incident, columns, np.where(hidden, NEVER, began))


def _of_failures(draws: Draws, org: Organisation, plan: Schedule, window: Window) -> dict[str, Array]:
    """About 60 % name their deployment; the others are tied to it by service and time alone."""
    size = int(plan.index.max(initial=0)) + 1
    delay = np.clip(draws("incident-delay").lognormal(np.log(0.4), 0.7, size), 0.02, 8.0)[plan.index]
    explicit = draws("explicit").random(size)[plan.index] < 0.6
    unknown = draws("unknown-cause").random(size)[plan.index] < 0.12
    which = np.flatnonzero(np.isin(plan.failure, HAS_INCIDENT))
    delay = np.minimum(delay, plan.recovery * 0.5)[which]
    start = plan.finish[which] + seconds(delay)
    resolved = plan.finish[which] + (plan.recovery[which] * HOUR).astype(np.int64)
    # A few are repaired and never closed: what is not resolved counts as open, not as quick.
    forgotten = draws("never-closed").random(size)[plan.index[which]] < 0.004
    resolved = np.where(forgotten, NEVER, resolved)
    cause = np.where(unknown[which], "unknown", "change").astype(object)
    stated = explicit[which] & (plan.start[which] >= window.start)
    ids = where_known(stated, identifiers(plan, "p", which))
    severity = _severity(draws("severity").random(size)[plan.index[which]])
    return _columns(
        labels("inc-", plan.index[which], 6), plan.service[which], start, resolved, severity, cause, ids
    )


def _late(draws: Draws, org: Organisation, plan: Schedule) -> dict[str, Array]:
    """Trouble found more than a day after a deployment: outside the attribution window, unlinked."""
    size = int(plan.index.max(initial=0)) + 1
    draw = draws("late").random(size)[plan.index]
    which = np.flatnonzero((draw < 0.006) & (plan.failure == NONE))
    start = plan.finish[which] + seconds(30 + 18 * draw[which] / 0.006)
    following = _next_start(plan)[which]
    which, start = which[following > start], start[following > start]
    resolved = start + seconds(2 + draw[which] * 1000)
    n = len(which)
    cause = np.where(draw[which] < 0.004, "change", "unknown").astype(object)
    severity, ids = np.full(n, "minor", dtype=object), np.full(n, None, dtype=object)
    return _columns(
        labels("inc-late-", plan.index[which], 6), plan.service[which], start, resolved, severity, cause, ids
    )


def _next_start(plan: Schedule) -> Seconds:
    following = np.full(len(plan.start), NEVER)
    order = np.lexsort((plan.start, plan.service))
    same = plan.service[order][1:] == plan.service[order][:-1]
    following[order[:-1][same]] = plan.start[order[1:][same]]
    return following


def _others(draws: Draws, org: Organisation, window: Window) -> dict[str, Array]:
    """Incidents of infrastructure and third parties, by day and night; a few are never closed."""
    days = window.days()
    rate = (0.4 + 0.6 * activity(days))[:, None] * np.where(org.tier == 1, 0.012, 0.007)[None, :]
    rate = np.where(days[:, None] >= org.created[None, :], rate, 0.0)
    day, service = np.nonzero(draws("other-incidents").poisson(rate) > 0)
    n = len(day)
    start = days[day] + draws("other-time").integers(0, DAY, n)
    hours = draws("other-hours").lognormal(np.log(2.2), 1.0, n)
    open_ended = draws("forgotten").random(n) < 0.01
    resolved = np.where(open_ended, NEVER, start + seconds(hours))
    kinds = np.array(["infrastructure", "third_party", "unknown"], dtype=object)
    cause = kinds[draws("other-cause").choice(3, n, p=[0.6, 0.33, 0.07])]
    severity = _severity(draws("other-severity").random(n))
    no_link = np.full(n, None, dtype=object)
    return _columns(labels("inc-x-", np.arange(n), 5), service, start, resolved, severity, cause, no_link)


def _severity(draw: Array) -> Array:
    return np.where(draw < 0.1, "critical", np.where(draw < 0.4, "major", "minor")).astype(object)


def _columns(
    ids: Array, service: Array, start: Seconds, resolved: Seconds, severity: Array, cause: Array, links: Array
) -> dict[str, Array]:
    detected = np.minimum(start + 120, resolved)
    return {
        "incident_id": ids,
        "service": service,
        "started_at": start,
        "detected_at": detected,
        "resolved_at": resolved,
        "severity": severity,
        "cause": cause,
        "deployment_id": links,
    }
