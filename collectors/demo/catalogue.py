"""Rows of teams, services, ownership, team members and mandates of the demo world."""

from collections.abc import Mapping

import numpy as np

from collectors.demo.draws import MONTH, NEVER, Array, Rows, Seconds, Window, where_known
from collectors.demo.organisation import PLATFORM, Organisation
from warehouse.records import Mandate, Ownership, Service, Team, TeamMember


def catalogue(org: Organisation, window: Window) -> Mapping[str, Rows]:
    """Rows of teams, services, ownership, team members and mandates."""
    return {
        "teams": _team_rows(org),
        "services": _service_rows(org),
        "ownership": _ownership_rows(org),
        "team_members": _member_rows(org),
        "mandates": _mandate_rows(org, window),
    }


def _team_rows(org: Organisation) -> Rows:
    names = np.array([team_id.replace("-", " ").capitalize() for team_id in org.team_ids], dtype=object)
    is_platform = np.arange(len(names)) == PLATFORM
    columns = {
        "team_id": org.team_ids,
        "name": names,
        "engineers": org.engineers,
        "onboarded_at": org.onboarded,
        "is_platform_team": is_platform,
    }
    return Rows(Team, columns, org.founded)


def _service_rows(org: Organisation) -> Rows:
    names = np.array([service_id.replace("-", " ") for service_id in org.service_ids], dtype=object)
    columns = {
        "service_id": org.service_ids,
        "name": names,
        "team_id": org.team_ids[org.team],
        "repo_id": org.repo_ids[org.repo],
        "tier": org.tier.astype(str).astype(object),
        "created_at": org.created,
        "from_template": where_known(org.from_template, "golden-path-service"),
    }
    return Rows(Service, columns, org.created)


def _ownership_rows(org: Organisation) -> Rows:
    n, movers = len(org.service_ids), np.flatnonzero(org.moved != NEVER)
    service = np.concatenate([np.arange(n), movers])
    team = np.concatenate([org.team, org.moved_to[movers]])
    since = np.concatenate([org.created, org.moved[movers]])
    until = np.concatenate([org.moved, np.full(len(movers), NEVER)])
    columns = {
        "service_id": org.service_ids[service],
        "team_id": org.team_ids[team],
        "from_on": _dates(since),
        "to_on": _dates(until),
    }
    return Rows(Ownership, columns, since)


def _member_rows(org: Organisation) -> Rows:
    team = np.repeat(np.arange(len(org.members)), [len(people) for people in org.members])
    since = org.founded[team]
    columns = {
        "person": np.concatenate(org.members),
        "team_id": org.team_ids[team],
        "from_on": _dates(since),
    }
    return Rows(TeamMember, columns, since)


def _mandate_rows(org: Organisation, window: Window) -> Rows:
    late = np.flatnonzero((org.adoption < NEVER) & (org.adoption > window.start + 14 * MONTH))[:3]
    columns = {
        "team_id": org.team_ids[late],
        "action": np.full(len(late), "deploy-service", dtype=object),
        "from_on": _dates(org.adoption[late]),
    }
    return Rows(Mandate, columns, org.adoption[late])


def _dates(at: Seconds) -> Array:
    dates = np.where(at >= NEVER, 0, at).astype("datetime64[s]").astype("datetime64[D]")
    dates[at >= NEVER] = np.datetime64("NaT")
    return dates
