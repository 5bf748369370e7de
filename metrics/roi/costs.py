"""What the platform costs: its team, infrastructure, licences, enablement, and the dip at adoption."""

import numpy as np
import pandas as pd

from metrics.roi.charges import charges_of
from metrics.roi.facts import QuarterFacts
from metrics.roi.inputs import amounts, covered, paid, quantities, spans_of, summed
from metrics.roi.terms import ONE, Evidence, Formula, Terms, UnknownQuantityError
from metrics.roi.values import Values

MONTHS_PER_YEAR = 12
_HOURS_OF_TEAMS = ("training_hours", "migration_hours")


def platform_team(facts: QuarterFacts) -> Formula:
    """C1: people of the platform team, at their salary with benefits, for a quarter of a year."""
    spans = spans_of(facts, "platform_team_staff", facts.window)
    people = summed(facts, spans, lambda span: (span.row.quantity or 0.0) * span.covered)
    wages = summed(facts, spans, lambda span: paid(span) * span.covered)
    has_salary = all(span.row.value is not None for span in spans)
    per_year = np.divide(wages, people, out=np.zeros(len(people)), where=people > 0)
    note = "people of the platform team, for a quarter"
    evidence = Evidence("measured", people, covered(facts, spans), "inputs", note)

    def formula(values: Values) -> Terms:
        salary = per_year[:, None] if has_salary else values.of("salary", facts.scopes)
        return Terms(
            known=people > 0,
            evidence=evidence,
            quantity=people[:, None],
            unit_value=salary * values.of("benefits_multiplier", facts.scopes) / 4,
        )

    return formula


def infrastructure(facts: QuarterFacts) -> Formula:
    """C2: the platform's own infrastructure: its invoices, or else the billed cost of the platform team.

    Never both, since an invoice is made of such charges.
    """
    try:
        return _paid(facts, "platform_infrastructure_invoice", "invoices")
    except UnknownQuantityError as missing:
        teams = facts.facts.whole["teams"]
        own = teams.loc[teams["is_platform_team"].astype(bool), "team_id"]
        charges = charges_of(facts, facts.now("charges"))
        charges = charges[charges["team_id"].isin(own) & charges["billed_cost"].notna()]
        if charges.empty:
            raise UnknownQuantityError(f"{missing}, and no billed charges of a platform team") from missing
    cost, n = facts.sums(charges, "billed_cost"), facts.sums(charges, "n")
    share = np.full(len(n), facts.passed_share)
    evidence = Evidence("measured", n, share, "costs", "billed cost of the platform team, without tax")
    return lambda values: Terms(known=n > 0, evidence=evidence, quantity=cost[:, None], unit_value=ONE)


def licences(facts: QuarterFacts) -> Formula:
    """C3: licences of the platform."""
    return _paid(facts, "platform_licences", "seats times price")


def enablement(facts: QuarterFacts) -> Formula:
    """C4: hours of product teams for training and migration, at the full loaded rate."""
    hours, known, missing = np.zeros(len(facts.scopes)), np.zeros(len(facts.scopes)), []
    for line in _HOURS_OF_TEAMS:
        try:
            more, share = quantities(facts, line)
            hours, known = hours + more, np.maximum(known, share)
        except UnknownQuantityError as error:
            missing.append(str(error))
    if len(missing) == len(_HOURS_OF_TEAMS):
        raise UnknownQuantityError("; ".join(missing))
    note = "training and migration; freed or not, these hours were spent"
    evidence = Evidence("measured", np.full(len(hours), np.nan), known, "inputs", note)
    return lambda values: Terms(
        known=known > 0,
        evidence=evidence,
        quantity=hours[:, None],
        unit_value=values.hourly_rate(facts.scopes),
    )


def adoption_dip(facts: QuarterFacts) -> Formula:
    """C5: the J-curve of teams that adopt in this quarter, charged to it whole."""
    adopters = facts.facts.whole["adopters"]
    adopted_on = pd.to_datetime(adopters["adopted_on"])
    first, last = pd.Timestamp(facts.quarter.start), pd.Timestamp(facts.quarter.end)
    adopting = adopters[(adopted_on >= first) & (adopted_on < last)]
    is_adopting = np.isin(facts.scopes, adopting["team_id"].tolist())
    engineers = facts.sums(facts.now("engineers"), "engineers")
    if (is_adopting & (engineers == 0)).any():
        raise UnknownQuantityError("the engineers of an adopting team are not known")
    staff = np.where(is_adopting, engineers, 0.0)

    def formula(values: Values) -> Terms:
        months = values.of("adoption_dip_months", facts.scopes)
        grade = values.figures.find("adoption_dip").grade
        share = np.full(len(staff), facts.passed_share)
        note = (
            f"engineers of {len(adopting)} teams that adopt in this quarter, {float(months[0, 0]):g} months"
        )
        return Terms(
            known=is_adopting,
            evidence=Evidence(grade, staff, share, "deployments", note),
            quantity=staff[:, None] * months / MONTHS_PER_YEAR,
            unit_value=values.of("salary", facts.scopes) * values.of("benefits_multiplier", facts.scopes),
            other=values.of("adoption_dip", facts.scopes),
        )

    return formula


def _paid(facts: QuarterFacts, line: str, what: str) -> Formula:
    money, share = amounts(facts, line, facts.window)
    evidence = Evidence("measured", np.full(len(money), np.nan), share, "inputs", what)
    return lambda values: Terms(known=share > 0, evidence=evidence, quantity=money[:, None], unit_value=ONE)
