"""Tickets of the demo world: requests, how-to questions, incidents and the rest, with their work."""

from dataclasses import dataclass

import numpy as np

from collectors.demo.deployments import URL
from collectors.demo.draws import (
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
from collectors.demo.requests import NAMES, Demand, Runs, fallback_requests
from collectors.demo.truth import ACTIONS, Effects
from warehouse.records import Ticket, TicketTransition, Worklog

HOW_TO_PER_ENGINEER_QUARTER = 1.1
WORKING_DAYS_PER_QUARTER = 62
NO_ACTION = -1


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets by array; ``touch`` and ``wait`` (creation to resolution) in hours."""

    ticket_id: Array
    type: Array
    queue: Array
    team: Array
    service: Array
    action: Array
    created: Seconds
    touch: Array
    wait: Array
    is_fallback: Array


def tickets(
    draws: Draws, org: Organisation, window: Window, wanted: Demand, made: Runs, effects: Effects
) -> Tickets:
    """All tickets from the warm-up to the horizon."""
    parts = [
        _requests(draws, wanted),
        _fallbacks(draws, wanted, made),
        _questions(draws, org, window, effects),
        _rest(draws, org, window, "incident", "incidents", 0.35),
        _rest(draws, org, window, "other", "service-desk", 0.8),
    ]
    return Tickets(*(np.concatenate([getattr(p, name) for p in parts]) for name in Tickets.__slots__))


def _requests(draws: Draws, wanted: Demand) -> Tickets:
    which = np.flatnonzero(~wanted.is_self_service)
    return _manual(draws, "request", labels("REQ-", which, 6), wanted, which, wanted.at[which], False)


def _fallbacks(draws: Draws, wanted: Demand, made: Runs) -> Tickets:
    which, at = fallback_requests(draws, made)
    return _manual(draws, "fallback", labels("REQ-F", which, 6), wanted, which, at, True)


def _manual(
    draws: Draws, kind: str, ids: Array, wanted: Demand, which: Array, at: Seconds, is_fallback: bool
) -> Tickets:
    action = wanted.action[which]
    touch = _hours(draws, f"{kind}-touch", action, "touch")
    wait = _hours(draws, f"{kind}-wait", action, "wait")
    n = len(which)
    return Tickets(
        ids,
        _words("request", n),
        _words("platform-requests", n),
        wanted.team[which],
        wanted.service[which],
        action,
        at,
        touch,
        wait,
        np.full(n, is_fallback),
    )


def _hours(draws: Draws, name: str, action: Array, what: str) -> Array:
    median = np.array([getattr(a, f"{what}_median") for a in ACTIONS])
    sigma = np.array([getattr(a, f"{what}_sigma") for a in ACTIONS])
    return np.asarray(median[action] * np.exp(sigma[action] * draws(name).standard_normal(len(action))))


def _questions(draws: Draws, org: Organisation, window: Window, effects: Effects) -> Tickets:
    """How-to tickets: the rate per engineer falls at adoption."""
    days = window.days()
    teams = np.arange(len(org.team_ids))
    adopted = org.has_adopted(teams[None, :], days[:, None])
    factor = np.where(adopted, effects.how_to_tickets, 1.0)
    rate = HOW_TO_PER_ENGINEER_QUARTER / WORKING_DAYS_PER_QUARTER
    return _background(draws, org, days, "how_to", "platform-help", org.engineers[None, :] * rate * factor)


def _rest(
    draws: Draws, org: Organisation, window: Window, kind: str, queue: str, per_engineer_quarter: float
) -> Tickets:
    days = window.days()
    rate = org.engineers[None, :] * per_engineer_quarter / WORKING_DAYS_PER_QUARTER
    return _background(draws, org, days, kind, queue, np.broadcast_to(rate, (len(days), rate.shape[1])))


def _background(
    draws: Draws, org: Organisation, days: Seconds, kind: str, queue: str, rate: Array
) -> Tickets:
    counts = draws(f"{kind}-tickets").poisson(activity(days)[:, None] * rate)
    day, team = np.repeat(np.array(np.nonzero(counts)), counts[np.nonzero(counts)], axis=1)
    n = len(day)
    return Tickets(
        labels(f"{kind.replace('_', '').upper()}-", np.arange(n), 6),
        _words(kind, n),
        _words(queue, n),
        team,
        np.full(n, -1),
        np.full(n, NO_ACTION),
        days[day] + office_seconds(draws(f"{kind}-time"), n),
        draws(f"{kind}-touch").lognormal(np.log(0.6), 0.6, n),
        draws(f"{kind}-wait").lognormal(np.log(6.0), 1.0, n),
        np.zeros(n, dtype=bool),
    )


def _words(word: str, n: int) -> Array:
    return np.full(n, word, dtype=object)


def ticket_rows(draws: Draws, org: Organisation, found: Tickets, window: Window) -> dict[str, Rows]:
    """Rows of tickets, their transitions and the work logged on every third."""
    # Draws are per identifier's kind and order, which extending the world does not change.
    response = found.created + seconds(found.wait * _spread(found, 0.05, 0.5))
    resolved = found.created + seconds(found.wait)
    lost = _spread(found, 0.0, 1.0) < 0.008
    resolved = np.where(lost, NEVER, resolved)
    born = np.where(found.created >= window.start, found.created, NEVER)
    status = np.where(
        resolved < window.end, "done", np.where(response < window.end, "in progress", "open")
    ).astype(object)
    columns = {
        "ticket_id": found.ticket_id,
        "type": found.type,
        "created_at": found.created,
        "team_id": org.team_ids[found.team],
        "service_id": where_known(found.service >= 0, org.service_ids[found.service]),
        "queue": found.queue,
        "action": where_known(found.action >= 0, NAMES[found.action]),
        "first_response_at": response,
        "resolved_at": resolved,
        "touch_hours": np.where(_is_unstated(found), np.nan, found.touch),
        "status": status,
        "url": URL + "tickets/" + found.ticket_id,
    }
    return {
        "tickets": Rows(Ticket, columns, born, {"touch_hours": resolved}),
        "ticket_transitions": _transitions(found, born, response, resolved),
        "worklogs": _worklogs(found, born, response, resolved),
    }


def _spread(found: Tickets, low: float, high: float) -> Array:
    """A number between the bounds that a ticket's own hours determine, whatever else exists."""
    return low + (high - low) * ((found.touch * 7919.0 + found.wait * 104729.0) % 1.0)


def _transitions(found: Tickets, born: Seconds, response: Seconds, resolved: Seconds) -> Rows:
    n = len(born)
    exists = born < NEVER
    is_unstated = _is_unstated(found)
    # Where nobody states the work, a ticket is worked on at once and then waits for its confirmation.
    begun = np.where(exists, np.where(is_unstated, found.created, response), NEVER)
    worked = np.where(is_unstated, np.minimum(found.created + seconds(found.touch), resolved), NEVER)
    worked = np.where(exists, worked, NEVER)
    done = np.where(exists, resolved, NEVER)
    before = np.where(is_unstated, "waiting for customer", "in progress").astype(object)
    at = np.concatenate([begun, worked, done])
    columns = {
        "ticket_id": np.tile(found.ticket_id, 3),
        "at": at,
        "from_status": np.concatenate([_words("open", n), _words("in progress", n), before]),
        "to_status": np.concatenate(
            [_words("in progress", n), _words("waiting for customer", n), _words("done", n)]
        ),
    }
    return Rows(TicketTransition, columns, at)


def _is_unstated(found: Tickets) -> Array:
    """Questions to teams that neither state nor log the work: it is estimated from the time in statuses."""
    return np.asarray((found.type == "how_to") & (found.team % 4 == 1))


def _worklogs(found: Tickets, born: Seconds, response: Seconds, resolved: Seconds) -> Rows:
    """Two entries that sum to the ticket's work, where the team logs it."""
    which = np.flatnonzero((found.team % 3 == 0) & ~_is_unstated(found) & (born < NEVER) & (resolved < NEVER))
    middle = (response[which] + resolved[which]) // 2
    at = np.concatenate([middle, resolved[which]])
    hours = np.concatenate([found.touch[which] * 0.4, found.touch[which] * 0.6])
    columns = {"ticket_id": np.tile(found.ticket_id[which], 2), "at": at, "hours": hours}
    return Rows(Worklog, columns, at)
