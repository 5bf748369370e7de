"""When production is deployed in the demo world, which deployments fail and how they are repaired.

Planned deployments come first, one Poisson count per service and day; each may fail, and while its
failure lasts no further planned deployment of the service begins, so a repair is always the next thing
that happens. What a service runs is walked through once, in order of time.
"""

from dataclasses import dataclass

import numpy as np

from collectors.demo.draws import DAY, HOUR, NEVER, Array, Draws, Seconds, Window, activity, office_seconds
from collectors.demo.organisation import Organisation
from collectors.demo.truth import Effects

MINUTE = 60
NONE, ROLL_OUT, INCIDENT_ROLLBACK, INCIDENT_HOTFIX, INCIDENT_ONLY, ROLLBACK, HOTFIX = range(7)
SHARES = (0.15, 0.27, 0.25, 0.13, 0.12, 0.08)
"""Of the failures, by kind from ``ROLL_OUT`` on."""
REPAIRED_SHARE = 1.0 - SHARES[INCIDENT_ONLY - 1]
HAS_INCIDENT = (INCIDENT_ROLLBACK, INCIDENT_HOTFIX, INCIDENT_ONLY)
RECOVERY_MEDIAN_HOURS, RECOVERY_SIGMA = 3.0, 0.8
NIGHTLY = 0
"""The service that is deployed every night just before midnight: it is in progress when a day ends."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Planned production deployments that took place, in order of their day.

    ``previous`` is the start of the service's latest deployment before, repairs included (or the
    service's creation); ``good`` the start of the latest one that a rollback would return to;
    ``recovery`` is hours from finish to restored where it failed.
    """

    index: Array
    service: Array
    team: Array
    start: Seconds
    finish: Seconds
    failure: Array
    recovery: Array
    repaired: Seconds
    previous: Seconds
    good: Seconds
    n_changes: Array


def schedule(draws: Draws, org: Organisation, window: Window, effects: Effects) -> Schedule:
    """The planned deployments from the warm-up to the horizon."""
    service, start = _planned(draws, org, window)
    n = len(service)
    finish = start + _durations(draws, service, n)
    team = org.owner(service, finish)
    adopted = org.has_adopted(team, finish)
    n_changes = _n_changes(draws, n)
    failure = _failures(draws, org, team, np.where(adopted, effects.change_fail_rate, 1.0), n_changes)
    recovery = draws("recovery-hours").lognormal(np.log(RECOVERY_MEDIAN_HOURS), RECOVERY_SIGMA, n)
    factor = np.where(adopted, effects.failed_deployment_recovery_time, 1.0)
    recovery = np.clip(recovery, 0.4, 60.0) * org.recovery_factor[team] * factor
    repaired = finish + (recovery * HOUR * _repair_share(draws, failure)).astype(np.int64)
    restored = finish + (recovery * HOUR).astype(np.int64)
    kept, previous, good, kinds = _walk(org, service, start, failure, restored, repaired)
    columns: tuple[Array, ...] = (
        service,
        team,
        start,
        finish,
        kinds,
        recovery,
        repaired,
        previous,
        good,
        n_changes,
    )
    return Schedule(np.flatnonzero(kept), *(column[kept] for column in columns))


def _planned(draws: Draws, org: Organisation, window: Window) -> tuple[Array, Seconds]:
    days = window.days()
    growth = 1.0 + 0.3 * np.clip((days - window.start) / (730 * DAY), 0, 1.5)
    ready = org.created + draws("first-release").integers(5, 30, len(org.created)) * DAY
    rate = (activity(days) * growth)[:, None] * (org.weekly_rate / 5)[None, :]
    rate = np.where(days[:, None] >= ready[None, :], rate, 0.0)
    counts = draws("planned").poisson(rate)
    counts[:, NIGHTLY] = days >= window.start
    day, service = np.nonzero(counts)
    times = counts[day, service]
    day, service = np.repeat(day, times), np.repeat(service, times)
    second = office_seconds(draws("time-of-day"), len(service))
    second = np.where(service == NIGHTLY, DAY - 10 * MINUTE, second)
    return service, days[day] + second


def _durations(draws: Draws, service: Array, n: int) -> Seconds:
    minutes = np.clip(draws("duration").lognormal(np.log(8), 0.5, n), 2, 45)
    return np.where(service == NIGHTLY, 20.0, minutes).astype(np.int64) * MINUTE


def _n_changes(draws: Draws, n: int) -> Array:
    changes = 1 + draws("changes-per-deployment").poisson(0.9, n)
    return np.where(draws("redeploy").random(n) < 0.03, 0, changes)


def _failures(draws: Draws, org: Organisation, team: Array, factor: Array, n_changes: Array) -> Array:
    # A repair is a production deployment too: p per planned deployment gives p / (1 + p · repaired).
    target = org.fail_rate[team] * factor
    probability = target / (1 - target * REPAIRED_SHARE)
    kind = 1 + draws("failure-kind").choice(len(SHARES), len(team), p=SHARES)
    failed = draws("failure").random(len(team)) < probability
    # A version that ran before brings no new failure, and leaves nothing to roll back to.
    return np.where(failed & (n_changes > 0), kind, NONE)


def _repair_share(draws: Draws, failure: Array) -> Array:
    """When the repair is deployed, as a share of the recovery: with an incident, before its end."""
    before = draws("repair").uniform(0.6, 0.9, len(failure))
    return np.where(np.isin(failure, HAS_INCIDENT), before, 1.0)


def _walk(
    org: Organisation, service: Array, start: Seconds, failure: Array, restored: Seconds, repaired: Seconds
) -> tuple[Array, Seconds, Seconds, Array]:
    kept = np.zeros(len(service), dtype=bool)
    previous, good, kinds = np.zeros_like(start), np.full_like(start, NEVER), failure.copy()
    n = len(org.service_ids)
    free, last, last_good = [0] * n, org.created.tolist(), [int(NEVER)] * n
    for i in np.lexsort((np.arange(len(start)), start)).tolist():
        s, begin, kind = int(service[i]), int(start[i]), int(failure[i])
        if begin < free[s]:
            continue
        kept[i], previous[i], good[i] = True, last[s], last_good[s]
        if kind in (INCIDENT_ROLLBACK, ROLLBACK) and last_good[s] == NEVER:
            kind = kinds[i] = HOTFIX if kind == ROLLBACK else INCIDENT_HOTFIX
        last[s], free[s] = begin, begin + 45 * MINUTE
        if kind in (NONE, INCIDENT_ONLY):
            last_good[s] = begin
        if kind != NONE:
            last[s], free[s] = int(repaired[i]), int(restored[i]) + 30 * MINUTE
            if kind in (ROLL_OUT, INCIDENT_HOTFIX, HOTFIX):
                last_good[s] = int(repaired[i])
    return kept, previous, good, kinds
