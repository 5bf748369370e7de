"""Pull requests of the demo world.

Each planned deployment carries some changes. A change's lead time is drawn first and laid out backwards
from the end of its deployment; its merge falls after the service's deployment before, so the deployment
that first contains it is the one it was drawn for, and the planted effect is exact on the lead time.
"""

from dataclasses import dataclass

import numpy as np

from collectors.demo.deployments import URL
from collectors.demo.draws import (
    DAY,
    HOUR,
    MONTH,
    NEVER,
    Array,
    Draws,
    Rows,
    Seconds,
    Window,
    numbered,
    seconds,
)
from collectors.demo.organisation import N_MONOREPO_SERVICES, Organisation
from collectors.demo.schedule import HOTFIX, INCIDENT_HOTFIX, MINUTE, Schedule
from collectors.demo.truth import Effects
from warehouse.records import Change

LEAD_MEDIAN_HOURS, LEAD_SIGMA = 55.0, 0.85
SECULAR_24_MONTHS = 0.60
"""Lead times fall by two fifths within 24 months for everyone, platform or not."""
LONGEST_HOURS, LONGEST_WAIT_HOURS = 35 * 24.0, 20 * 24.0


@dataclass(frozen=True, slots=True)
class Changes:
    """Merged and abandoned changes by array; ``merged`` is ``NEVER`` for the abandoned."""

    number: Array
    service: Array
    team: Array
    first_commit: Seconds
    first_committed: Seconds
    opened: Seconds
    ready: Seconds
    first_review: Seconds
    merged: Seconds
    closed: Seconds
    is_bot: Array


def changes(draws: Draws, org: Organisation, plan: Schedule, window: Window, effects: Effects) -> Changes:
    """All changes: those of planned deployments, of hotfixes, and those that were given up."""
    parts = [
        _planned(draws, org, plan, window, effects),
        _hotfixes(draws, plan),
        _abandoned(draws, plan),
    ]
    return Changes(*(np.concatenate([getattr(p, name) for p in parts]) for name in Changes.__slots__))


def secular(at: Seconds, start: int) -> Array:
    """The factor on lead times that all teams share, 1 at the start."""
    years = np.clip((at - start) / (24 * MONTH), 0.0, 1.5)
    return np.asarray(SECULAR_24_MONTHS**years)


def _planned(draws: Draws, org: Organisation, plan: Schedule, window: Window, effects: Effects) -> Changes:
    of = np.repeat(np.arange(len(plan.service)), plan.n_changes)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(plan.n_changes) - plan.n_changes, plan.n_changes)
    finish, start, service, team = plan.finish[of], plan.start[of], plan.service[of], plan.team[of]
    is_bot = draws("bot").random(len(of)) < 0.08
    median = LEAD_MEDIAN_HOURS * org.team_lead_factor[team] * org.lead_factor[service]
    median = median * secular(finish, window.start) * np.where(is_bot, 0.4, 1.0)
    median = median * np.where(org.has_adopted(team, finish), effects.change_lead_time, 1.0)
    lead = _lead_seconds(draws, median, finish, finish - start)
    merged = start - _wait(draws, lead, start, plan.previous[of], finish - start)
    first = np.minimum(np.maximum(finish - lead, org.created[service] + HOUR), merged - 3 * MINUTE)
    return _milestones(draws, "planned", plan.index[of] * 10 + nth, service, team, first, merged, is_bot)


def _lead_seconds(draws: Draws, median: Array, finish: Seconds, duration: Seconds) -> Seconds:
    """Lead times; of three drawn, the first that does not begin at a weekend."""
    hours = median[:, None] * draws("lead").lognormal(0.0, LEAD_SIGMA, (len(median), 3))
    lead = np.maximum(seconds(np.minimum(hours, LONGEST_HOURS)), duration[:, None] + 12 * MINUTE)
    fits = ~_is_weekend(finish[:, None] - lead)
    return np.asarray(lead[np.arange(len(lead)), np.argmax(fits, axis=1)])


def _is_weekend(at: Seconds) -> Array:
    return np.asarray((at // DAY + 3) % 7 >= 5)


def _wait(draws: Draws, lead: Seconds, start: Seconds, previous: Seconds, duration: Seconds) -> Seconds:
    """Seconds from merge to the start of the deployment, within the gap to the deployment before."""
    share = draws("wait-share").uniform(0.04, 0.35, len(lead))
    wanted = np.maximum(share * lead - duration, MINUTE)
    wanted = np.where(_is_weekend(start - wanted.astype(np.int64)), wanted * 0.3, wanted)
    gap = np.clip(start - previous, MINUTE, int(LONGEST_WAIT_HOURS * HOUR))
    wanted = np.where(wanted > 0.9 * gap, gap * draws("squeezed").uniform(0.1, 0.9, len(lead)), wanted)
    return np.maximum(wanted, 20).astype(np.int64)


def _hotfixes(draws: Draws, plan: Schedule) -> Changes:
    which = np.flatnonzero(np.isin(plan.failure, (INCIDENT_HOTFIX, HOTFIX)))
    merged = plan.repaired[which] - 8 * MINUTE
    room = merged - plan.finish[which]
    first = merged - np.maximum((room * 0.6).astype(np.int64), 4 * MINUTE)
    number, nobody = plan.index[which] * 10 + 9, np.zeros(len(which), dtype=bool)
    return _milestones(draws, "hotfix", number, plan.service[which], plan.team[which], first, merged, nobody)


def _abandoned(draws: Draws, plan: Schedule) -> Changes:
    which = np.flatnonzero(draws("abandoned").random(len(plan.service)) < 0.04)
    first = plan.start[which] - 30 * HOUR
    closed = plan.start[which] + 50 * HOUR
    number, nobody = plan.index[which] * 10 + 8, np.zeros(len(which), dtype=bool)
    found = _milestones(
        draws, "abandoned", number, plan.service[which], plan.team[which], first, closed, nobody
    )
    values = {name: getattr(found, name) for name in Changes.__slots__}
    return Changes(**{**values, "merged": np.full(len(which), NEVER)})


def _milestones(
    draws: Draws,
    kind: str,
    number: Array,
    service: Array,
    team: Array,
    first: Seconds,
    merged: Seconds,
    is_bot: Array,
) -> Changes:
    """The milestones between first commit and merge, in order but for some reviews of drafts."""
    n, span = len(first), merged - first
    draw = draws(f"{kind}-milestones").random((n, 7))
    opened = first + (span * (0.15 + 0.4 * draw[:, 0])).astype(np.int64)
    drafted = np.where(draw[:, 1] < 0.15, (merged - opened) * (0.1 + 0.4 * draw[:, 2]), 0).astype(np.int64)
    ready = opened + drafted
    review = ready + ((merged - ready) * (0.05 + 0.75 * draw[:, 3])).astype(np.int64)
    early = (drafted > 0) & (draw[:, 4] < 0.08)
    review = np.where(early, opened + drafted // 2, review)
    review = np.where((draw[:, 5] < 0.06) | is_bot, NEVER, review)
    # Every fourth branch is rebased: committed later than authored.
    rebased = np.where(draw[:, 6] < 0.25, (opened - first) * draw[:, 6] * 3, 0).astype(np.int64)
    return Changes(
        number, service, team, first, first + rebased, opened, ready, review, merged, merged, is_bot
    )


def change_ids(org: Organisation, found: Changes) -> Array:
    """Identifiers as a forge writes them: repository and number."""
    numbers = found.number.astype(str).astype(object)
    return np.asarray(org.repo_ids[org.repo[found.service]] + "#" + numbers)


def change_rows(
    draws: Draws, org: Organisation, found: Changes, merge_shas: Array, authors: Array, bot: str
) -> Rows:
    """One row per change and service; some changes of the monorepo touch a second service."""
    of, service = _services_touched(draws, org, found)
    ids = change_ids(org, found)[of]
    draft = (found.ready - found.opened)[of] / HOUR
    columns = {
        "change_id": ids,
        "service_id": org.service_ids[service],
        "repo_id": org.repo_ids[org.repo[service]],
        "merge_sha": merge_shas[of],
        "first_commit_at": found.first_commit[of],
        "first_committed_at": found.first_committed[of],
        "opened_at": found.opened[of],
        "draft_hours": draft,
        "ready_at": found.ready[of],
        "first_review_at": found.first_review[of],
        "merged_at": found.merged[of],
        "closed_at": found.closed[of],
        "author": np.where(found.is_bot, bot, authors)[of],
        "is_bot": found.is_bot[of],
        "url": URL + ids,
    }
    known = {"merge_sha": found.merged[of], "draft_hours": found.ready[of]}
    return Rows(Change, columns, found.opened[of], known)


def _services_touched(draws: Draws, org: Organisation, found: Changes) -> tuple[Array, Array]:
    draw = numbered(draws("second-service"), found.number)[:, 0]
    shared = org.repo[found.service] == 0
    second = np.flatnonzero(shared & (draw < 0.12))
    step = 1 + (draw[second] * 1000).astype(np.int64) % (N_MONOREPO_SERVICES - 1)
    neighbour = 1 + (found.service[second] - 1 + step) % N_MONOREPO_SERVICES
    of = np.concatenate([np.arange(len(found.service)), second])
    return of, np.concatenate([found.service, neighbour])
