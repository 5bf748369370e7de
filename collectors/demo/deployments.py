"""Deployments and incidents of the demo world, made from the schedule of planned deployments.

A failed deployment brings its repair (a retry, a rollback or a hotfix); around the planned ones stand
roll-outs that never reached production, cancelled ones and those to staging.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collectors.demo.draws import HOUR, MONTH, NEVER, Array, Draws, Rows, Seconds, Window, labels, where_known
from collectors.demo.organisation import Organisation
from collectors.demo.schedule import (
    HOTFIX,
    INCIDENT_HOTFIX,
    INCIDENT_ROLLBACK,
    MINUTE,
    NONE,
    ROLL_OUT,
    ROLLBACK,
    Schedule,
)
from warehouse.records import Deployment

URL = "https://git.example/"


@dataclass(frozen=True, slots=True)
class Batch:
    """Deployments of one kind. ``sha_time`` is when the branch stood at what is deployed."""

    deployment_id: Array
    service: Array
    start: Seconds
    finish: Seconds
    sha_time: Seconds
    environment: str = "production"
    status: str = "success"
    failed: Array | None = None
    reached: bool = True
    trigger: str = "push"
    via: Array | None = None
    is_rollback: Array | None = None
    is_hotfix: Array | None = None
    repairs: Array | None = None


def identifiers(plan: Schedule, letter: str, which: Array) -> Array:
    """Identifiers of deployments that belong to planned ones; the letter tells the kind."""
    return labels(f"dep-{letter}-", plan.index[which], 6)


def batches(draws: Draws, org: Organisation, plan: Schedule, window: Window) -> Sequence[Batch]:
    """All deployments, kind by kind."""
    via = _via(draws, org, plan, window)
    return [
        _planned(org, plan, via),
        _retries(plan, via),
        _rollbacks(draws, org, plan, via),
        _hotfixes(draws, plan, via, window),
        *_unfinished(draws, plan, via),
        _staging(draws, org, plan, via),
    ]


def golden_share(org: Organisation, team: Array, at: Seconds) -> Array:
    """The share of a team's deployments that take the golden path: 0.75 at adoption, 0.92 later."""
    months = (at - org.adoption[team]) / MONTH
    ramp = np.clip(0.75 + 0.06 * months, 0.75, 0.92)
    return np.where(org.has_adopted(team, at), ramp, 0.02)


def _via(draws: Draws, org: Organisation, plan: Schedule, window: Window) -> Array:
    n = len(plan.service)
    share = golden_share(org, plan.team, plan.finish)
    # The platform opens half a year into the world; nobody takes a path that is not there.
    share = np.where(plan.start < window.start + 5 * MONTH, 0.0, share)
    # Draws are made for every planned deployment, so that skipping one shifts no other.
    size = int(plan.index.max()) + 1 if n else 0
    golden = draws("golden").random(size)[plan.index] < share
    by_hand = draws("by-hand").random(size)[plan.index] < 0.22
    return np.where(golden, "golden_path", np.where(by_hand, "manual", "pipeline")).astype(object)


def _planned(org: Organisation, plan: Schedule, via: Array) -> Batch:
    everything = np.arange(len(plan.service))
    says = org.says_rollback[plan.service]
    no = where_known(says, False)
    return Batch(
        identifiers(plan, "p", everything),
        plan.service,
        plan.start,
        plan.finish,
        plan.start,
        failed=plan.failure == ROLL_OUT,
        via=via,
        is_rollback=no,
        is_hotfix=no,
    )


def _repair(plan: Schedule, which: Array, letter: str, via: Array, sha_time: Seconds, trigger: str) -> Batch:
    finish = plan.repaired[which]
    return Batch(
        identifiers(plan, letter, which),
        plan.service[which],
        finish - 6 * MINUTE,
        finish,
        sha_time,
        trigger=trigger,
        via=via[which],
    )


def _retries(plan: Schedule, via: Array) -> Batch:
    which = np.flatnonzero(plan.failure == ROLL_OUT)
    return _repair(plan, which, "t", via, plan.start[which], "retry")


def _rollbacks(draws: Draws, org: Organisation, plan: Schedule, via: Array) -> Batch:
    """Half of the services flag a rollback; of the others only the ancestry of the sha tells it."""
    which = np.flatnonzero(np.isin(plan.failure, (INCIDENT_ROLLBACK, ROLLBACK)))
    batch = _repair(plan, which, "r", via, plan.good[which], "manual")
    says = org.says_rollback[batch.service]
    return _with(batch, is_rollback=where_known(says, True), is_hotfix=where_known(says, False))


def _hotfixes(draws: Draws, plan: Schedule, via: Array, window: Window) -> Batch:
    """Hotfixes are flagged or name what they repair (mostly both); those of incidents not always."""
    which = np.flatnonzero(np.isin(plan.failure, (INCIDENT_HOTFIX, HOTFIX)))
    batch = _repair(plan, which, "h", via, plan.repaired[which] - 6 * MINUTE, "hotfix")
    draw = draws("hotfix").random(int(plan.index.max(initial=0)) + 1)[plan.index[which]]
    names_target = (draw < 0.6) & (plan.start[which] >= window.start)
    targets = where_known(names_target, identifiers(plan, "p", which))
    flagged = (draw < 0.9) | (plan.failure[which] == HOTFIX)
    return _with(batch, is_hotfix=where_known(flagged, True), repairs=targets)


def _unfinished(draws: Draws, plan: Schedule, via: Array) -> Sequence[Batch]:
    """Roll-outs that failed before production and cancelled ones, some time before a planned one."""
    size = int(plan.index.max(initial=0)) + 1
    kind = draws("attempts").random(size)[plan.index]
    found = []
    for letter, low, high, status in (("f", 0.0, 0.04, "failure"), ("c", 0.04, 0.055, "cancelled")):
        which = np.flatnonzero((kind >= low) & (kind < high) & (plan.failure == NONE))
        start = plan.start[which] - 35 * MINUTE
        found.append(
            Batch(
                identifiers(plan, letter, which),
                plan.service[which],
                start,
                start + 9 * MINUTE,
                start,
                status=status,
                reached=False,
                via=via[which],
            )
        )
    return found


def _staging(draws: Draws, org: Organisation, plan: Schedule, via: Array) -> Batch:
    size = int(plan.index.max(initial=0)) + 1
    before = draws("staging-lead").uniform(0.2, 5.0, size)[plan.index]
    failed = draws("staging-failure").random(size)[plan.index] < 0.06
    which = np.flatnonzero(org.has_staging[plan.service])
    start = plan.start[which] - (before[which] * HOUR).astype(np.int64)
    return Batch(
        identifiers(plan, "s", which),
        plan.service[which],
        start,
        start + 7 * MINUTE,
        start,
        environment="staging",
        failed=failed[which],
        reached=False,
        via=via[which],
    )


def _with(batch: Batch, **changes: Array) -> Batch:
    values = {name: getattr(batch, name) for name in Batch.__slots__}
    return Batch(**{**values, **changes})


def deployment_rows(org: Organisation, parts: Sequence[Batch], shas: Array, window: Window) -> Rows:
    """The rows of all deployments that began inside the collected time; ``shas`` in their order."""
    service = np.concatenate([part.service for part in parts])
    start = np.concatenate([part.start for part in parts])
    finish = np.concatenate([part.finish for part in parts])
    status = np.concatenate([_statuses(part) for part in parts])
    reached = np.concatenate([np.full(len(part.start), part.reached) for part in parts])
    ids = np.concatenate([part.deployment_id for part in parts])
    repos = org.repo_ids[org.repo[service]]
    columns: Mapping[str, Array] = {
        "deployment_id": ids,
        "service_id": org.service_ids[service],
        "environment": np.concatenate([_constant(part, part.environment) for part in parts]),
        "status": np.where(finish < window.end, status, "in_progress"),
        "sha": shas,
        "started_at": start,
        "finished_at": finish,
        "reached_production": where_known(status == "failure", reached),
        "trigger": np.concatenate([_constant(part, part.trigger) for part in parts]),
        "is_rollback": np.concatenate([_or_unknown(part.is_rollback, part) for part in parts]),
        "is_hotfix": np.concatenate([_or_unknown(part.is_hotfix, part) for part in parts]),
        "repairs_deployment_id": np.concatenate([_or_unknown(part.repairs, part) for part in parts]),
        "via": np.concatenate([_or_unknown(part.via, part) for part in parts]),
        "url": URL + repos + "/deployments/" + ids,
    }
    # A roll-out that began before the first collected instant belongs to the time before.
    born = np.where(start >= window.start, start, NEVER)
    return Rows(Deployment, columns, born, {"reached_production": finish})


def _statuses(part: Batch) -> Array:
    failed = np.zeros(len(part.start), dtype=bool) if part.failed is None else part.failed
    return np.where(failed, "failure", part.status).astype(object)


def _constant(part: Batch, value: str) -> Array:
    return np.full(len(part.start), value, dtype=object)


def _or_unknown(values: Array | None, part: Batch) -> Array:
    return np.full(len(part.start), None, dtype=object) if values is None else values.astype(object)
