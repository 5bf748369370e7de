"""Lines that free working time: self-service, waiting, how-to tickets, responders, onboarding."""

import numpy as np

from metrics.roi.compared import INCIDENTS, compared
from metrics.roi.facts import QuarterFacts
from metrics.roi.figures import MissingFigureError
from metrics.roi.inputs import quantities
from metrics.roi.terms import Evidence, Formula, Terms, UnknownQuantityError, mixed, weaker
from metrics.roi.values import Values
from metrics.uncertainty import Floats

HOURS_PER_DAY = 8
_SAVED = ("fulfil_touch_hours", "request_touch_hours")
_SPENT = ("self_service_fulfil_hours", "self_service_touch_hours")


def self_service(facts: QuarterFacts) -> Formula:
    """B1: work on a ticket, by both sides, less work on a run; runs that replace a ticket only."""
    counts, covered = self_service_counts(facts), facts.covered_share("action_runs")
    if not (covered > 0).any():
        raise UnknownQuantityError("no self-service runs are collected in this quarter")

    def formula(values: Values) -> Terms:
        hours, per_run, left_out = _hours_saved(facts, counts, values)
        figures = [values.figures.find(f"{key}:{action}") for action in per_run for key in (*_SAVED, *_SPENT)]
        evidence = Evidence(
            grade=mixed(*(figure.grade for figure in figures)) if figures else "measured",
            n_observations=sum((counts[action] for action in per_run), np.zeros(len(covered))),
            completeness=covered,
            source_systems="action_runs tickets",
            note=_per_run_note(per_run, left_out),
        )
        return Terms(
            known=covered > 0,
            evidence=evidence,
            quantity=hours,
            unit_value=values.hourly_rate(facts.scopes),
            realisation=values.of("realisation", facts.scopes),
            other=values.of("substitution_share", facts.scopes),
        )

    return formula


def self_service_counts(facts: QuarterFacts) -> dict[str, Floats]:
    """Counted runs per scope, by action; in a scenario at least the share of all requests that it assumes."""
    runs, tickets = facts.now("runs"), facts.now("tickets")
    requests = tickets[(tickets["type"] == "request") & tickets["action"].notna()]
    actions = sorted({*runs["action"].unique(), *requests["action"].unique()})
    counts = {}
    for action in actions:
        made = facts.sums(runs[runs["action"] == action], "n")
        if facts.scenario and facts.scenario.self_service_share is not None:
            asked = facts.sums(requests[requests["action"] == action], "n")
            made = np.maximum(made, facts.scenario.self_service_share * (made + asked))
        if made.any():
            counts[str(action)] = made
    return counts


def _hours_saved(
    facts: QuarterFacts, counts: dict[str, Floats], values: Values
) -> tuple[Floats, dict[str, float], list[str]]:
    """Hours per scope, hours per run by action, and the actions of which no hours are known."""
    total, per_run, left_out = np.zeros((len(facts.scopes), 1)), {}, []
    for action, count in counts.items():
        try:
            parts = [values.of(f"{key}:{action}", facts.scopes) for key in (*_SAVED, *_SPENT)]
        except MissingFigureError:
            left_out.append(action)
            continue
        saved = parts[0] + parts[1] - parts[2] - parts[3]
        total, per_run[action] = total + count[:, None] * saved, float(saved[0, 0])
    if left_out and not per_run:
        raise MissingFigureError(f"fulfil_touch_hours:{left_out[0]}")
    return total, per_run, left_out


def _per_run_note(per_run: dict[str, float], left_out: list[str]) -> str:
    hours = ", ".join(f"{action} {saved:.4g}" for action, saved in per_run.items())
    note = f"hours saved per run: {hours or 'no runs'}"
    return note + (f"; left out for want of a baseline: {', '.join(left_out)}" if left_out else "")


def waiting(facts: QuarterFacts) -> Formula:
    """B1w: working hours in which a requester was blocked by a ticket, less those of a run."""
    counts, covered = self_service_counts(facts), facts.covered_share("action_runs")
    runs = facts.now("runs").groupby("action")[["wait_hours", "n_waits"]].sum()
    runs_wait = {str(a): row.wait_hours / row.n_waits for a, row in runs.iterrows() if row.n_waits > 0}
    waited = {action: count for action, count in counts.items() if action in runs_wait}
    if not waited:
        raise UnknownQuantityError("no self-service runs with a known end in this quarter")

    def formula(values: Values) -> Terms:
        hours = sum(
            count[:, None] * (values.of(f"ticket_wait_hours:{action}", facts.scopes) - runs_wait[action])
            for action, count in waited.items()
        )
        evidence = Evidence(
            grade=mixed(*(values.figures.find(f"ticket_wait_hours:{action}").grade for action in waited)),
            n_observations=sum(waited.values(), np.zeros(len(covered))),
            completeness=covered,
            source_systems="action_runs tickets",
            note="waiting hours of a ticket less those of a run, in working hours; the other factor is "
            "substitution share times blocked share",
        )
        return Terms(
            known=covered > 0,
            evidence=evidence,
            quantity=np.asarray(hours),
            unit_value=values.hourly_rate(facts.scopes),
            realisation=values.of("realisation", facts.scopes),
            other=values.of("substitution_share", facts.scopes) * values.of("blocked_share", facts.scopes),
        )

    return formula


def how_to(facts: QuarterFacts) -> Formula:
    """B2: how-to tickets that did not come, by rate per active engineer; more of them are a loss."""
    if not facts.has_baseline:
        raise UnknownQuantityError(f"no baseline before this quarter (it is {facts.facts.baseline})")
    now, before = (
        frame[frame["type"] == "how_to"] for frame in (facts.now("tickets"), facts.before("tickets"))
    )
    counts = [facts.sums(frame, "n") for frame in (now, before)]
    # Engineer-days: only days of which tickets are known count, on both sides.
    exposure = [
        facts.sums(read("engineers"), "engineers") * facts.sums(read("team_cover"), "tickets")
        for read in (facts.now, facts.before)
    ]
    known = (exposure[0] > 0) & (exposure[1] > 0)
    if not known.any():
        raise UnknownQuantityError("no team has tickets and engineers in both the baseline and this quarter")
    scale = np.divide(exposure[0], exposure[1], out=np.zeros(len(known)), where=known)
    avoided = np.where(known, counts[1] * scale - counts[0], 0.0)
    sd = np.where(known, np.sqrt(counts[1] * scale**2 + counts[0]), 0.0)
    covered = facts.covered_share("tickets")

    def formula(values: Values) -> Terms:
        hours = values.of("how_to_asker_hours", facts.scopes) + values.of(
            "how_to_answerer_hours", facts.scopes
        )
        evidence = Evidence(
            grade=weaker("measured", values.figures.find("attribution:B2").grade),
            n_observations=counts[0] + counts[1],
            completeness=covered,
            source_systems="tickets",
            note=f"tickets at the baseline's rate per active engineer, less those that came, times "
            f"{float(hours[0, 0]):.4g} hours of asker and answerer",
            has_baseline=True,
        )
        return Terms(
            known=known,
            evidence=evidence,
            quantity=(avoided[:, None] + values.noise("B2", sd)) * hours,
            unit_value=values.hourly_rate(facts.scopes),
            attribution=values.attribution("B2", facts.scopes),
            realisation=values.of("realisation", facts.scopes),
        )

    return formula


def responders(facts: QuarterFacts) -> Formula:
    """B4r: hours of those who would have worked on incidents that deployments no longer cause."""
    found = compared(facts, INCIDENTS)

    def formula(values: Values) -> Terms:
        hours = values.of("incident_responders", facts.scopes) * values.of(
            "incident_responder_hours", facts.scopes
        )
        evidence = Evidence(
            grade=weaker("measured", values.figures.find("attribution:B4r").grade),
            n_observations=found.n_observations,
            completeness=found.completeness,
            source_systems="incidents deployments",
            note=f"incidents caused by deployments, at the same length of period, times "
            f"{float(hours[0, 0]):.4g} hours of responders; {found.note}",
            has_baseline=True,
        )
        return Terms(
            known=found.known,
            evidence=evidence,
            quantity=(found.fall[:, None] + values.noise("B4r", found.sd)) * hours,
            unit_value=values.hourly_rate(facts.scopes),
            attribution=values.attribution("B4r", facts.scopes),
            realisation=values.of("realisation", facts.scopes),
        )

    return formula


def onboarding(facts: QuarterFacts) -> Formula:
    """B5: working time of new engineers until their Nth deployment, before and now."""
    hires, covered = quantities(facts, "hires")

    def formula(values: Values) -> Terms:
        days = values.of("onboarding_days_before", facts.scopes) - values.of(
            "onboarding_days_after", facts.scopes
        )
        grades = [values.figures.find(f"onboarding_days_{when}").grade for when in ("before", "after")]
        return Terms(
            known=covered > 0,
            evidence=Evidence(
                mixed(*grades), hires, covered, "inputs", f"{float(days[0, 0]):.4g} days of 8 hours per hire"
            ),
            quantity=hires[:, None] * days * HOURS_PER_DAY,
            unit_value=values.hourly_rate(facts.scopes),
            realisation=values.of("realisation", facts.scopes),
            other=values.of("onboarding_productivity_share", facts.scopes),
        )

    return formula
