"""Commits, changes, deployments and incidents of a group of services, all at once.

A repository's graph is a main line of merge commits; each change is a branch of ``commits_per_change`` − 1
commits that left the main line at the last merge before its first commit. A deployment ships the merge
commit of a change, and with it every change since the one before.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.columns import (
    DAY,
    HOUR,
    Bools,
    Floats,
    Ints,
    lognormal_seconds,
    numbered,
    place_in_group,
    rising,
    shas,
    table,
    times,
    words,
)

CHANGES_PER_DEPLOYMENT = 5
ENGINEERS_PER_TEAM = 8
BOT_SHARE = 0.05
_WORKDAY = 10 * HOUR
_ROLLBACK, _HOTFIX, _FAILED, _NOT_REACHED, _CANCELLED = 0.034, 0.068, 0.088, 0.103, 0.108
_CAUSES = ["change", "unknown", "infrastructure", "third_party"]
_CAUSE_SHARES = [0.65, 0.10, 0.18, 0.07]


@dataclass(frozen=True, slots=True)
class Window:
    """The two instants (epoch seconds) between which everything is merged and deployed."""

    start: int
    end: int

    def working_times(self, fractions: Floats) -> Ints:
        """Instants on working days between 7:00 and 17:00 UTC, in the order of the fractions (0 to 1)."""
        days = np.arange(self.start // DAY, self.end // DAY - 3)
        days = days[(days + 3) % 7 < 5]  # day 0 was a Thursday
        seconds = (fractions * (len(days) * _WORKDAY - 1)).astype(np.int64)
        return np.asarray(days[seconds // _WORKDAY] * DAY + 7 * HOUR + seconds % _WORKDAY)


@dataclass(frozen=True, slots=True)
class Services:
    """A group of services: names, repositories, team numbers, when each team adopted the golden path."""

    names: list[str]
    repositories: list[str]
    teams: Ints
    adopted: Ints
    n_deployments: Ints
    n_incidents: Ints


@dataclass(frozen=True, slots=True)
class _Changes:
    """Changes of the group in the order of service and merge; milestones in epoch seconds."""

    service: Ints
    number: Ints
    first_commit: Ints
    opened: Ints
    draft: Ints
    ready: Ints
    first_review: Ints
    merged: Ints
    is_rebased: Bools
    is_bot: Bools
    is_unreviewed: Bools
    author: pa.Array


@dataclass(frozen=True, slots=True)
class _Deployments:
    """Deployments of the group in the order of service and time."""

    service: Ints
    number: Ints
    change: Ints
    draw: Floats
    is_rollback: Bools
    is_hotfix: Bools
    started: Ints
    finished: Ints


def delivery(
    rng: np.random.Generator, services: Services, window: Window, commits_per_change: int
) -> dict[str, pa.Table]:
    """The tables ``commits``, ``changes``, ``deployments`` and ``incidents`` of the group."""
    changes = _changes(rng, services, window)
    sha = shas(rng, len(changes.merged) * commits_per_change)
    merge_sha = sha.take(pa.array(np.arange(commits_per_change - 1, len(sha), commits_per_change)))
    deployments = _deployments(rng, services, changes)
    ids = numbered(words(deployments.service, services.names), deployments.number, "-d")
    return {
        "commits": _commit_table(services, changes, sha, commits_per_change),
        "changes": _change_table(services, changes, merge_sha),
        "deployments": _deployment_table(rng, services, deployments, ids, merge_sha),
        "incidents": _incident_table(rng, services, deployments, ids, window),
    }


def _changes(rng: np.random.Generator, services: Services, window: Window) -> _Changes:
    service, number = place_in_group(services.n_deployments * CHANGES_PER_DEPLOYMENT)
    n = len(service)
    merged = window.working_times(np.sort(service + rng.random(n)) - service)
    pickup = lognormal_seconds(rng, n, 3, 1.2)
    ready = merged - lognormal_seconds(rng, n, 4, 1.3) - pickup
    draft = np.where(rng.random(n) < 0.1, lognormal_seconds(rng, n, 8, 1.0), 0)
    opened = ready - draft
    is_bot = rng.random(n) < BOT_SHARE
    person = services.teams[service] * ENGINEERS_PER_TEAM + rng.integers(0, ENGINEERS_PER_TEAM, n)
    return _Changes(
        service,
        number,
        first_commit=opened - lognormal_seconds(rng, n, 8, 1.2),
        opened=opened,
        draft=draft,
        ready=ready,
        first_review=ready + pickup,
        merged=merged,
        is_rebased=rng.random(n) < 0.1,
        is_bot=is_bot,
        is_unreviewed=is_bot | (rng.random(n) < 0.08),
        author=_authors(person, is_bot),
    )


def _authors(person: Ints, is_bot: Bools) -> pa.Array:
    first = int(person.min())
    names = [f"developer-{number}" for number in range(first, int(person.max()) + 1)]
    return words(np.where(is_bot, len(names), person - first), [*names, "dependency-bot"])


def _committed(changes: _Changes, authored: Ints) -> Ints:
    """Commit times: a rebased branch was written again half-way to its review."""
    later = (changes.ready - authored) // 2
    return np.asarray(authored + np.where(changes.is_rebased, np.maximum(later, 0), 0))


def _commit_table(services: Services, changes: _Changes, sha: pa.Array, k: int) -> pa.Table:
    n = len(changes.merged)
    step = (changes.opened - changes.first_commit) // (k - 1)
    authored = np.empty((n, k), dtype=np.int64)
    committed = np.empty((n, k), dtype=np.int64)
    for i in range(k - 1):
        authored[:, i] = changes.first_commit + i * step
        committed[:, i] = _committed(changes, authored[:, i])
    authored[:, -1] = committed[:, -1] = changes.merged
    every = np.repeat(np.arange(n), k)
    return table(
        repo_id=words(changes.service[every], services.repositories),
        sha=sha,
        authored_at=times(authored.ravel()),
        committed_at=times(committed.ravel()),
        parents=_parents(changes, sha, k),
        author=changes.author.take(pa.array(every)),
    )


def _parents(changes: _Changes, sha: pa.Array, k: int) -> pa.Array:
    """Parents of each commit: a branch leaves the main line where it stood, a merge joins it again."""
    first, second = (np.full((len(changes.merged), k), -1, dtype=np.int64) for _ in range(2))
    rows = np.arange(len(changes.merged))
    is_root = changes.number == 0
    first[:, 0] = np.where(is_root, -1, _branch_points(changes, k))
    for i in range(1, k):
        first[:, i] = rows * k + i - 1
    second[:, -1] = np.where(is_root, -1, first[:, -1])
    first[:, -1] = np.where(is_root, first[:, -1], rows * k - 1)  # the merge before
    one, other = (sha.take(pa.array(part.ravel(), mask=part.ravel() < 0)) for part in (first, second))
    return pc.coalesce(pc.binary_join_element_wise(one, other, " "), one)


def _branch_points(changes: _Changes, k: int) -> Ints:
    """The commit a branch grows from: the last merge before its first commit, else the root."""
    far = np.int64(10**11)
    merges = changes.service * far + changes.merged
    place = np.searchsorted(merges, changes.service * far + changes.first_commit) - 1
    start = np.arange(len(merges)) - changes.number
    return np.asarray(np.where(place < start, start * k, place * k + k - 1))


def _change_table(services: Services, changes: _Changes, merge_sha: pa.Array) -> pa.Table:
    service = words(changes.service, services.names)
    return table(
        change_id=numbered(service, changes.number, "#"),
        service_id=service,
        repo_id=words(changes.service, services.repositories),
        merge_sha=merge_sha,
        first_commit_at=times(changes.first_commit),
        first_committed_at=times(_committed(changes, changes.first_commit)),
        opened_at=times(changes.opened),
        draft_hours=pa.array(changes.draft / HOUR),
        ready_at=times(changes.ready),
        first_review_at=times(changes.first_review, changes.is_unreviewed),
        merged_at=times(changes.merged),
        closed_at=times(changes.merged),
        author=changes.author,
        is_bot=pa.array(changes.is_bot),
    )


def _deployments(rng: np.random.Generator, services: Services, changes: _Changes) -> _Deployments:
    service, number = place_in_group(services.n_deployments)
    n = len(service)
    first_change = (np.cumsum(services.n_deployments) - services.n_deployments) * CHANGES_PER_DEPLOYMENT
    within = number * CHANGES_PER_DEPLOYMENT + rng.integers(0, CHANGES_PER_DEPLOYMENT, n)
    change = first_change[service] + within
    draw = rng.random(n)
    is_quiet = (number >= 2) & (np.roll(draw, 1) >= _CANCELLED) & (np.roll(draw, 2) >= _CANCELLED)
    is_rollback = is_quiet & (draw < _ROLLBACK)
    is_hotfix = is_quiet & (draw >= _ROLLBACK) & (draw < _HOTFIX)
    duration = lognormal_seconds(rng, n, 0.15, 0.5)
    started = rising(changes.merged[change] + lognormal_seconds(rng, n, 0.75, 1.0), service)
    soon = np.roll(started + duration, 1) + lognormal_seconds(rng, n, 0.8, 0.7)
    started = rising(np.where(is_rollback, soon, started), service)
    finished = rising(started + duration, service)
    return _Deployments(service, number, change, draw, is_rollback, is_hotfix, started, finished)


def _statuses(d: _Deployments) -> tuple[Ints, Bools]:
    """Positions in success, failure, cancelled; and whether production was reached."""
    is_other = d.draw >= _HOTFIX
    failed, cancelled = is_other & (d.draw < _NOT_REACHED), (d.draw >= _NOT_REACHED) & (d.draw < _CANCELLED)
    reached = ~cancelled & ~(is_other & (d.draw >= _FAILED) & (d.draw < _NOT_REACHED))
    return np.where(failed, 1, np.where(cancelled, 2, 0)), np.asarray(reached)


def _deployment_table(
    rng: np.random.Generator, services: Services, d: _Deployments, ids: pa.Array, merge_sha: pa.Array
) -> pa.Table:
    n = len(d.service)
    status, reached = _statuses(d)
    shipped = np.where(d.is_rollback, np.roll(d.change, 2), d.change)
    is_silent = d.is_rollback & (rng.random(n) < 0.3)  # only ancestry tells that it is a rollback
    has_target = d.is_hotfix & (rng.random(n) < 0.5)
    is_golden = d.started >= services.adopted[d.service]
    trigger = np.where(d.is_rollback & ~is_silent, 1, np.where(d.is_hotfix, 2, 0))
    return table(
        deployment_id=ids,
        service_id=words(d.service, services.names),
        environment=words(np.zeros(n, dtype=np.int64), ["production"]),
        sha=merge_sha.take(pa.array(shipped)),
        started_at=times(d.started),
        finished_at=times(d.finished),
        status=words(status, ["success", "failure", "cancelled"]),
        reached_production=pa.array(reached),
        trigger=words(trigger, ["push", "rollback", "hotfix"], is_silent),
        is_rollback=pa.array(d.is_rollback, mask=is_silent),
        is_hotfix=pa.array(d.is_hotfix),
        repairs_deployment_id=ids.take(pa.array(np.arange(n) - 1, mask=~has_target)),
        via=words(is_golden.astype(np.int64), ["pipeline", "golden_path"]),
    )


def _incident_table(
    rng: np.random.Generator, services: Services, d: _Deployments, ids: pa.Array, window: Window
) -> pa.Table:
    service, number = place_in_group(services.n_incidents)
    n = len(service)
    cause = rng.choice(len(_CAUSES), n, p=_CAUSE_SHARES)
    culprit = _culprits(rng, d, service, len(services.names))
    after = np.minimum(lognormal_seconds(rng, n, 0.7, 1.0), _gaps(d)[culprit] * 4 // 5)
    at_random = (window.start + rng.random(n) * (window.end - window.start - DAY)).astype(np.int64)
    started = np.where(cause < 2, d.finished[culprit] + after, at_random)
    is_explicit = (cause == 0) & (rng.random(n) < 0.55)
    return table(
        incident_id=numbered(words(service, services.names), number, "-i"),
        service_id=words(service, services.names),
        started_at=times(started),
        detected_at=times(started + lognormal_seconds(rng, n, 0.1, 0.8)),
        resolved_at=times(started + lognormal_seconds(rng, n, 1.5, 1.0), rng.random(n) < 0.015),
        severity=words(rng.integers(0, 4, n), ["1", "2", "3", "4"]),
        cause=words(cause, _CAUSES),
        deployment_id=ids.take(pa.array(culprit, mask=~is_explicit)),
    )


def _culprits(rng: np.random.Generator, d: _Deployments, service: Ints, n_services: int) -> Ints:
    """For each incident a successful deployment of its service, mostly one that was then repaired."""
    is_success = _statuses(d)[0] == 0
    is_repaired = np.roll(d.is_rollback | d.is_hotfix, -1)
    is_prone = is_success & (is_repaired | (rng.random(len(d.service)) < 0.045)) | (d.number == 0)
    prone = np.flatnonzero(is_prone)  # the first of each service too, so that none is without
    counts = np.bincount(d.service[prone], minlength=n_services)
    first = np.cumsum(counts) - counts
    return np.asarray(prone[first[service] + (rng.random(len(service)) * counts[service]).astype(np.int64)])


def _gaps(d: _Deployments) -> Ints:
    """Seconds until the next deployment of the service finished; 30 days after the last."""
    gaps = np.full(len(d.finished), 30 * DAY, dtype=np.int64)
    gaps[:-1] = np.where(d.service[1:] == d.service[:-1], np.diff(d.finished), 30 * DAY)
    return gaps
