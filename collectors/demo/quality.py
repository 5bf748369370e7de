"""Builds, service levels, quality gates and AI tool usage of the demo world."""

import numpy as np

from collectors.demo.changes import Changes
from collectors.demo.deployments import URL
from collectors.demo.draws import DAY, NEVER, Array, Draws, Rows, Window, activity, labels, numbered
from collectors.demo.organisation import Organisation
from warehouse.records import AiUsage, Build, QualityGate, Slo

MINUTE = 60
GATES = ("tests", "dependencies", "runbook")


def build_rows(draws: Draws, org: Organisation, found: Changes, merge_shas: Array, window: Window) -> Rows:
    """One build per merged change, of what main became by it."""
    draw = numbered(draws("builds"), found.number, 3)
    which = np.flatnonzero((found.merged < NEVER) & (found.merged >= window.start))
    draw = draw[which]
    queued = found.merged[which] + 20
    started = queued + (5 * MINUTE * draw[:, 0] ** 3).astype(np.int64) + 2
    finished = started + ((3 + 15 * draw[:, 1]) * MINUTE).astype(np.int64)
    status = np.where(draw[:, 2] < 0.08, "failure", np.where(draw[:, 2] < 0.1, "cancelled", "success"))
    ids = labels("build-", found.number[which], 7)
    columns = {
        "build_id": ids,
        "status": np.where(finished < window.end, status, "in_progress").astype(object),
        "service_id": org.service_ids[found.service[which]],
        "repo_id": org.repo_ids[org.repo[found.service[which]]],
        "sha": merge_shas[which],
        "queued_at": queued,
        "started_at": started,
        "finished_at": finished,
        "job": np.full(len(which), "main", dtype=object),
        "url": URL + "builds/" + ids,
    }
    return Rows(Build, columns, queued)


def slo_rows(draws: Draws, org: Organisation, window: Window) -> Rows:
    """Availability of services of tier 1 and 2 by month, once the month is over."""
    months = window.months()
    rated = np.flatnonzero(org.tier <= 2)
    volume = draws("slo-volume").lognormal(np.log(2e6), 1.0, len(rated))
    bad = draws("slo-bad").lognormal(np.log(7e-4), 0.7, (len(months), len(rated)))
    month, which = np.nonzero(org.created[rated][None, :] < months[:, None])
    valid = np.round(volume[which])
    columns = {
        "service_id": org.service_ids[rated[which]],
        "objective": np.full(len(which), "availability", dtype=object),
        "period_start": months[month],
        "good": np.round(valid * (1 - np.minimum(bad[month, which], 1.0))),
        "valid": valid,
    }
    ended = (
        (months.astype("datetime64[s]").astype("datetime64[M]") + 1).astype("datetime64[s]").astype(np.int64)
    )
    return Rows(Slo, columns, ended[month])


def gate_rows(draws: Draws, org: Organisation, window: Window) -> Rows:
    """Each service's gates once a month; newer services pass more often."""
    months = window.months()
    shape = (len(months), len(org.service_ids), len(GATES))
    chance = 0.66 + 0.2 * org.from_template[None, :, None] + 0.008 * np.arange(len(months))[:, None, None]
    passed = draws("gates").random(shape) < chance
    month, service, gate = np.nonzero(
        np.broadcast_to((org.created[None, :] < months[:, None])[:, :, None], shape)
    )
    at = months[month] + 6 * 3600
    columns = {
        "service_id": org.service_ids[service],
        "gate": np.array(GATES, dtype=object)[gate],
        "at": at,
        "passed": passed[month, service, gate],
    }
    return Rows(QualityGate, columns, at)


def ai_rows(draws: Draws, org: Organisation, window: Window) -> Rows:
    """Daily use of one assistant by team, growing over the world, as counts."""
    days = window.days()
    share = np.clip(0.1 + 0.5 * (days - window.start) / (730 * DAY), 0.02, 0.75)
    chance = (share * np.minimum(activity(days) + 0.02, 1))[:, None]
    active = draws("ai-active").binomial(
        np.broadcast_to(org.engineers, (len(days), len(org.engineers))), chance
    )
    engaged = draws("ai-engaged").binomial(active, 0.7)
    suggestions = draws("ai-suggestions").poisson(active * 45.0)
    acceptances = draws("ai-acceptances").binomial(suggestions, 0.28)
    day, team = np.nonzero(active)
    at = (day, team)
    columns = {
        "team_id": org.team_ids[team],
        "on": days[day].astype("datetime64[s]").astype("datetime64[D]"),
        "tool": np.full(len(day), "assistant", dtype=object),
        "active_users": active[at],
        "engaged_users": engaged[at],
        "suggestions": suggestions[at],
        "acceptances": acceptances[at],
    }
    # A day's counts exist once the day is over.
    return Rows(AiUsage, columns, np.where(days[day] >= window.start, days[day] + DAY - 1, NEVER))
