"""The demo world: an invented organisation, whole, as tables and as truth.

A world is determined by its seed, its size, its variant, its first day and its last. A later last day
leaves what was there before as it was, but for what was unfinished and has gone on since.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np

from collectors.demo.catalogue import catalogue
from collectors.demo.changes import SECULAR_24_MONTHS, change_ids, change_rows, changes
from collectors.demo.commits import Graph, commit_rows, graph
from collectors.demo.coverage import gap_service, without_gap
from collectors.demo.deployments import Batch, batches, deployment_rows
from collectors.demo.draws import NEVER, Array, Draws, Rows, Seconds, Seen, Window, seen_at
from collectors.demo.incidents import incident_rows, uncovered_services
from collectors.demo.money import cost_rows, input_rows
from collectors.demo.organisation import Organisation, organisation
from collectors.demo.quality import ai_rows, build_rows, gate_rows, slo_rows
from collectors.demo.requests import NAMES, Demand, Runs, demand, run_rows, runs
from collectors.demo.schedule import RECOVERY_MEDIAN_HOURS, schedule
from collectors.demo.surveys import survey_rows
from collectors.demo.tickets import HOW_TO_PER_ENGINEER_QUARTER, Tickets, ticket_rows, tickets
from collectors.demo.truth import ACTIONS, INDUCED_DEMAND, Effects, QuarterCounts, Truth, Variant, effects_of

Pseudonym = Callable[[str], str]
BOT = "dependency-updates[bot]"


@dataclass(frozen=True, slots=True)
class Settings:
    """What determines a world, besides the key of its pseudonyms. ``end_on`` is the first day not in it."""

    seed: int
    teams: int
    services: int
    variant: Variant
    started_on: date
    end_on: date

    @property
    def window(self) -> Window:
        return Window.between(self.started_on, self.end_on)

    @property
    def effects(self) -> Effects:
        return effects_of(self.variant)


@dataclass(frozen=True, slots=True)
class World:
    """Every table as it is at the end, and what is true of it."""

    organisation: Organisation
    tables: Mapping[str, Seen]
    truth: Truth


def world(settings: Settings, pseudonym: Pseudonym) -> World:
    """The world of these settings."""
    draws, window = Draws(settings.seed), settings.window
    org = organisation(draws, window, settings.teams, settings.services, pseudonym)
    wanted = demand(draws, org, window)
    made = runs(draws, wanted)
    asked = tickets(draws, org, window, wanted, made, settings.effects)
    rows = {
        **catalogue(org, window),
        **_delivery(draws, org, settings, pseudonym),
        **ticket_rows(draws, org, asked, window),
        "action_runs": run_rows(org, wanted, made, window),
        **survey_rows(draws, org, window, settings.effects),
        "costs": cost_rows(draws, org, window, settings.effects),
        "inputs": input_rows(draws, org, window),
        "slos": slo_rows(draws, org, window),
        "quality_gates": gate_rows(draws, org, window),
        "ai_usage": ai_rows(draws, org, window),
    }
    tables = {name: seen_at(table, window.end) for name, table in rows.items()}
    return World(org, tables, _truth(settings, org, wanted, made, asked))


def _delivery(draws: Draws, org: Organisation, settings: Settings, pseudonym: Pseudonym) -> dict[str, Rows]:
    window = settings.window
    plan = schedule(draws, org, window, settings.effects)
    found = changes(draws, org, plan, window, settings.effects)
    ids = change_ids(org, found)
    main = graph(org, found, ids, settings.seed)
    # One draw per change and kind would shift with the horizon; a change's own number does not.
    authors = org.authors(found.team, (found.number * 0.6180339887498949) % 1.0)
    parts = batches(draws, org, plan, window)
    commits, paths = commit_rows(draws, org, found, main, ids, authors, settings.seed)
    deployments = deployment_rows(org, parts, _deployed_shas(org, parts, main), window)
    return {
        "commits": commits,
        "commit_paths": paths,
        "changes": change_rows(draws, org, found, main.merge_shas, authors, pseudonym(BOT)),
        "deployments": without_gap(deployments, org, window),
        "incidents": incident_rows(draws, org, plan, window),
        "builds": build_rows(draws, org, found, main.merge_shas, window),
    }


def _deployed_shas(org: Organisation, parts: Sequence[Batch], main: Graph) -> Array:
    service = np.concatenate([part.service for part in parts])
    return main.tips(org.repo[service], np.concatenate([part.sha_time for part in parts]))


def _truth(settings: Settings, org: Organisation, wanted: Demand, made: Runs, asked: Tickets) -> Truth:
    return Truth(
        variant=settings.variant,
        started_on=settings.started_on,
        end_on=settings.end_on,
        effects=settings.effects,
        actions=ACTIONS,
        adoption_on={team: _on(at) for team, at in zip(org.team_ids, org.adoption, strict=True)},
        secular_lead_time=SECULAR_24_MONTHS,
        substitution_share=1 / INDUCED_DEMAND,
        baseline_change_fail_rate=float(np.mean(org.fail_rate)),
        baseline_recovery_median_hours=RECOVERY_MEDIAN_HOURS,
        how_to_tickets_per_engineer_quarter=HOW_TO_PER_ENGINEER_QUARTER,
        without_incident_coverage=tuple(org.service_ids[uncovered_services(org)]),
        with_deployment_gap=(str(org.service_ids[gap_service(org)]),),
        quarters=_quarters(settings.window, wanted, made, asked),
    )


def _on(at: np.int64) -> date | None:
    return None if at >= NEVER else datetime.fromtimestamp(int(at), UTC).date()


def _quarters(window: Window, wanted: Demand, made: Runs, asked: Tickets) -> tuple[QuarterCounts, ...]:
    """Counts by calendar quarter, of what had happened by the end."""
    found, starts = [], window.quarters()
    for low, high in pairwise(starts):
        first, last = max(int(low), window.start), min(int(high), window.end)
        counted = made.counts & _within(made.at, first, last) & (made.finished < window.end)
        opened = _within(asked.created, first, last)
        found.append(
            QuarterCounts(
                datetime.fromtimestamp(int(low), UTC).date(),
                _by_action(wanted.action[made.request[counted]]),
                _by_action(asked.action[opened & (asked.action >= 0)]),
                int(np.count_nonzero(opened & asked.is_fallback)),
                int(np.count_nonzero(opened & (asked.type == "how_to"))),
            )
        )
    return tuple(found)


def _within(at: Seconds, low: int, high: int) -> Array:
    return np.asarray((at >= low) & (at < high))


def _by_action(action: Array) -> dict[str, int]:
    counts = Counter(action.tolist())
    return {str(name): counts[index] for index, name in enumerate(NAMES)}
