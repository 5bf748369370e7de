"""Lines of cash, risk and strategy: unit costs, retired tools, downtime, and the cost of delay."""

import numpy as np

from metrics.roi.charges import charges_of
from metrics.roi.compared import DOWNTIME, Compared, at_constant_volume, compared
from metrics.roi.facts import QuarterFacts
from metrics.roi.inputs import amounts
from metrics.roi.lines import UNALLOCATED
from metrics.roi.terms import ONE, Evidence, Formula, Terms, UnknownQuantityError, mixed, weaker
from metrics.roi.values import Values


def downtime(facts: QuarterFacts) -> Formula:
    """B4: hours of failed deployments at the baseline's pace, less those that came, volume and all."""
    return _downtime(facts, compared(facts, DOWNTIME), "at the same length of period")


def downtime_at_constant_volume(facts: QuarterFacts) -> Formula:
    """B4 at this quarter's number of deployments: a memo, never added."""
    return _downtime(facts, at_constant_volume(facts, DOWNTIME), "at the same number of deployments; a memo")


def _downtime(facts: QuarterFacts, found: Compared, how: str) -> Formula:
    now = facts.now("failures")
    capped, still_open = int(now["capped"].sum()), int(now["still_open"].sum())
    note = (
        f"sum of recovery hours, each at most {facts.facts.config.recovery_cap_hours:g} ({capped} capped, "
        f"{still_open} still open), {how}; {found.note}"
    )

    def formula(values: Values) -> Terms:
        evidence = Evidence(
            grade=weaker("measured", values.figures.find("attribution:B4").grade),
            n_observations=found.n_observations,
            completeness=found.completeness,
            source_systems="deployments incidents",
            note=note,
            has_baseline=True,
        )
        return Terms(
            known=found.known,
            evidence=evidence,
            quantity=found.fall[:, None] + values.noise("B4", found.sd),
            unit_value=values.of("downtime_cost_per_hour", facts.scopes),
            attribution=values.attribution("B4", facts.scopes),
            other=values.of("downtime_severity", facts.scopes),
        )

    return formula


def cost_of_delay(facts: QuarterFacts) -> Formula:
    """B3: weeks that initiatives gain, at what a week of delay costs; outside of every headline."""

    def formula(values: Values) -> Terms:
        initiatives = np.zeros((len(facts.scopes), 1)) + values.of("initiatives", facts.scopes)
        if not values.figures.has_scopes("initiatives"):
            # Initiatives that nobody tied to a team are counted once, not in every team.
            initiatives = initiatives * (np.array(facts.scopes) == UNALLOCATED)[:, None]
        weeks = values.figures.find("lead_time_gain_weeks")
        n = weeks.n_observations or 0
        evidence = Evidence(
            grade=mixed(weeks.grade, values.figures.find("initiatives").grade),
            n_observations=np.full(len(facts.scopes), float(n) if n else np.nan),
            completeness=np.full(len(facts.scopes), facts.passed_share),
            source_systems="changes deployments",
            note="initiatives times weeks of lead time gained, strategic: beside the headlines",
            has_baseline=True,
        )
        return Terms(
            known=initiatives[:, 0] > 0,
            evidence=evidence,
            quantity=initiatives * values.of("lead_time_gain_weeks", facts.scopes),
            unit_value=values.of("cost_of_delay_per_week", facts.scopes),
            other=values.of("critical_path_share", facts.scopes),
        )

    return formula


def unit_cost(facts: QuarterFacts) -> Formula:
    """B6: what this quarter's volume would have cost at the baseline's unit costs, less what it cost."""
    if not facts.has_baseline:
        raise UnknownQuantityError(f"no baseline before this quarter (it is {facts.facts.baseline})")
    before = charges_of(facts, facts.before("charges")).groupby("product")[
        ["effective_cost", "consumed_quantity"]
    ]
    totals = before.sum()
    totals = totals[totals["consumed_quantity"] > 0]
    now = charges_of(facts, facts.now("charges"))
    now = now[now["product"].isin(totals.index) & (now["consumed_quantity"] > 0)]
    if now.empty:
        raise UnknownQuantityError(
            "no product has charges with quantities in both the baseline and this quarter"
        )
    price = now["product"].map(totals["effective_cost"] / totals["consumed_quantity"])
    now = now.assign(saved=price * now["consumed_quantity"] - now["effective_cost"])
    saved, n = facts.sums(now, "saved"), facts.sums(now, "n")

    def formula(values: Values) -> Terms:
        evidence = Evidence(
            grade=weaker("measured", values.figures.find("attribution:B6").grade),
            n_observations=n,
            completeness=np.full(len(n), facts.passed_share),
            source_systems="costs",
            note=f"effective cost, without tax, of {len(totals)} products at the baseline's cost per unit, "
            "less the actual one",
            has_baseline=True,
        )
        return Terms(
            known=n > 0,
            evidence=evidence,
            quantity=saved[:, None],
            unit_value=ONE,
            attribution=values.attribution("B6", facts.scopes),
        )

    return formula


def retired_tools(facts: QuarterFacts) -> Formula:
    """B7: what was paid for tools per quarter of the baseline, less what is still paid."""
    if not facts.has_baseline:
        raise UnknownQuantityError(f"no baseline before this quarter (it is {facts.facts.baseline})")
    baseline, line = facts.facts.baseline, "retired_tool_licences"
    before, covered_before = amounts(facts, line, baseline)
    now, covered = amounts(facts, line, facts.window)
    saved, known = before / baseline.quarters - now, (covered > 0) & (covered_before > 0)
    evidence = Evidence(
        grade="measured",
        n_observations=np.full(len(saved), np.nan),
        completeness=covered,
        source_systems="inputs",
        note="paid per quarter of the baseline, less what is still paid",
        has_baseline=True,
    )
    return lambda values: Terms(known=known, evidence=evidence, quantity=saved[:, None], unit_value=ONE)
