"""Teams, services, repositories and people of the demo world, and when each team adopts the platform."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from collectors.demo.draws import DAY, NEVER, Array, Draws, Seconds, Window

PLATFORM = 0
N_MONOREPO_SERVICES = 5
MONOREPO = "shop/monorepo"
DOMAINS = (
    "platform", "payments", "checkout", "catalogue", "search", "basket", "pricing", "orders", "shipping",
    "returns", "accounts", "identity", "loyalty", "reviews", "media", "content", "messaging", "billing",
    "invoicing", "tax", "fraud", "risk", "ledger", "reporting", "insights", "recommendations", "campaigns",
    "partners", "suppliers", "inventory", "warehouse", "stores", "mobile", "storefront", "support",
    "workforce", "procurement", "forecasting", "translation", "notifications", "subscriptions", "vouchers",
)  # fmt: skip
ROLES = ("api", "worker", "web", "events", "gateway", "jobs", "sync", "admin", "rules", "export")
FIRST_ADOPTION, LAST_ADOPTION = 7, 21


@dataclass(frozen=True, slots=True)
class Organisation:
    """Arrays by team and by service; a service refers to its team and repository by index.

    Factors are multiples of the organisation's figure. ``onboarded`` and ``adoption`` are an instant or
    ``NEVER``.
    """

    team_ids: Array
    engineers: Array
    founded: Seconds
    onboarded: Seconds
    adoption: Seconds
    fail_rate: Array
    recovery_factor: Array
    team_lead_factor: Array
    service_ids: Array
    team: Array
    moved: Seconds
    moved_to: Array
    repo: Array
    repo_ids: Array
    is_squash: Array
    tier: Array
    created: Seconds
    from_template: Array
    weekly_rate: Array
    lead_factor: Array
    has_staging: Array
    says_rollback: Array
    members: tuple[Array, ...]

    def owner(self, service: Array, at: Seconds) -> Array:
        """The team that owns each service at an instant."""
        return np.where(at >= self.moved[service], self.moved_to[service], self.team[service])

    def has_adopted(self, team: Array, at: Seconds) -> Array:
        """Whether each team is in or after its adoption month."""
        return np.asarray(at >= self.adoption[team])

    def authors(self, team: Array, draw: Array) -> Array:
        """A member of each team, picked by a uniform draw."""
        sizes = np.array([len(people) for people in self.members])
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        people = np.concatenate(self.members)
        return np.asarray(people[first[team] + (draw * sizes[team]).astype(np.int64)])


def organisation(
    draws: Draws, window: Window, n_teams: int, n_services: int, pseudonym: Callable[[str], str]
) -> Organisation:
    """The organisation of a seed; it depends on the start of the world and not on its end."""
    engineers = draws("engineers").integers(5, 17, n_teams)
    team = _teams_of_services(draws, n_teams, n_services)
    repo, repo_ids = _repositories(_service_ids(team, n_teams), n_services)
    moved, moved_to = _moves(draws, window, team, n_teams)
    adoption = _adoption(draws, window, n_teams)
    created = _created(draws, window, n_services)
    rate = np.clip(draws("rate").lognormal(np.log(1.8), 0.65, n_services), 0.4, 9.0)
    team_lead = draws("team-lead").lognormal(0.0, 0.30, n_teams)
    return Organisation(
        team_ids=_team_ids(n_teams),
        engineers=engineers,
        founded=window.start - draws("onboarded").integers(100, 900, n_teams) * DAY,
        onboarded=_onboarded(draws, adoption),
        adoption=adoption,
        fail_rate=np.clip(draws("fail-rate").normal(0.145, 0.025, n_teams), 0.09, 0.21),
        recovery_factor=draws("recovery").lognormal(0.0, 0.15, n_teams),
        team_lead_factor=team_lead,
        service_ids=_service_ids(team, n_teams),
        team=team,
        moved=moved,
        moved_to=moved_to,
        repo=repo,
        repo_ids=repo_ids,
        is_squash=draws("squash").random(len(repo_ids)) < 0.55,
        tier=draws("tier").choice([1, 2, 3], n_services, p=[0.2, 0.45, 0.35]),
        created=created,
        from_template=(created >= window.start) & (draws("template").random(n_services) < 0.6),
        weekly_rate=rate,
        lead_factor=_levelled(draws("service-lead").lognormal(0.0, 0.22, n_services), team_lead[team], rate),
        has_staging=draws("staging").random(n_services) < 0.7,
        says_rollback=draws("flags").random(n_services) < 0.5,
        members=_members(engineers, pseudonym),
    )


def _levelled(factor: Array, of_team: Array, rate: Array) -> Array:
    """Factors with a volume-weighted geometric mean of 1, so that every seed tells the same story."""
    level = np.average(np.log(factor * of_team), weights=rate)
    return np.asarray(factor / np.exp(level))


def _team_ids(n: int) -> Array:
    names = [DOMAINS[i] if i < len(DOMAINS) else f"team-{i}" for i in range(n)]
    return np.array(names, dtype=object)


def _teams_of_services(draws: Draws, n_teams: int, n_services: int) -> Array:
    weights = draws("team-size").lognormal(0.0, 0.5, n_teams)
    chosen = draws("service-team").choice(n_teams, n_services, p=weights / weights.sum())
    chosen[: min(n_teams, n_services)] = np.arange(min(n_teams, n_services))
    return chosen


def _service_ids(team: Array, n_teams: int) -> Array:
    names, seen, ids = _team_ids(n_teams), dict.fromkeys(range(n_teams), 0), []
    for index in team:
        nth = seen[index]
        seen[index] += 1
        role = ROLES[nth] if nth < len(ROLES) else f"part-{nth}"
        ids.append(f"{names[index]}-{role}")
    return np.array(ids, dtype=object)


def _repositories(service_ids: Array, n: int) -> tuple[Array, Array]:
    # The first services but the platform team's share one repository; the others have one each.
    shared = (np.arange(n) >= 1) & (np.arange(n) <= N_MONOREPO_SERVICES)
    repo_ids = np.concatenate([[MONOREPO], "shop/" + service_ids[~shared]]).astype(object)
    repo = np.zeros(n, dtype=np.int64)
    repo[~shared] = np.arange(1, len(repo_ids))
    return repo, repo_ids


def _moves(draws: Draws, window: Window, team: Array, n_teams: int) -> tuple[Seconds, Array]:
    moved, moved_to = np.full(len(team), NEVER), team.copy()
    n = max(1, len(team) // 25)
    movers = draws("movers").choice(np.arange(n_teams // 2, len(team)), n, replace=False)
    # Day 40 of a quarter at the latest of the first two: in the middle of it, on purpose.
    moved[movers] = window.start + (draws("moves").integers(2, 7, n) * 91 + 40) * DAY
    moved_to[movers] = 1 + (team[movers] + draws("moved-to").integers(1, n_teams - 2, n)) % (n_teams - 1)
    return moved, moved_to


def _created(draws: Draws, window: Window, n: int) -> Seconds:
    old = window.start - draws("age").integers(120, 1500, n) * DAY
    young = window.start + draws("birth").integers(20, 600, n) * DAY
    is_young = draws("young").random(n) < 0.15
    is_young[: N_MONOREPO_SERVICES + 1] = False
    return np.where(is_young, young, old) + 9 * 3600


def _adoption(draws: Draws, window: Window, n: int) -> Seconds:
    """A fifth never adopts, most begin between the first and the last adoption month, evenly spread."""
    month = np.datetime64(window.start, "s").astype("datetime64[M]").astype(np.int64)
    order = draws("adoption").permutation(np.arange(1, n))
    adopters = order[: max(3, round(0.8 * (n - 1)))]
    spread = FIRST_ADOPTION + np.arange(len(adopters)) * (LAST_ADOPTION - FIRST_ADOPTION) / len(adopters)
    adoption = np.full(n, NEVER)
    starts = (month + spread.astype(np.int64)).astype("datetime64[M]").astype("datetime64[s]")
    adoption[adopters] = starts.astype(np.int64)
    return adoption


def _onboarded(draws: Draws, adoption: Seconds) -> Seconds:
    """When each adopter was taken on board: most begin within weeks, some only after months."""
    rng, n = draws("onboarding"), len(adoption)
    days = np.where(rng.random(n) < 0.75, rng.integers(3, 25, n), rng.integers(40, 100, n))
    return np.where(adoption < NEVER, adoption - days * DAY, NEVER)


def _members(engineers: Array, pseudonym: Callable[[str], str]) -> tuple[Array, ...]:
    return tuple(
        np.array([pseudonym(f"demo-{team}-{person}@example.org") for person in range(n)], dtype=object)
        for team, n in enumerate(engineers)
    )
