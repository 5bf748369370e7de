"""What makes the money wrong elsewhere, trap by trap, from rows to amounts."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import metrics.scope
from metrics.quarters import quarter_named
from metrics.roi.assumptions import Assumption, in_force
from metrics.roi.door import roi
from metrics.roi.errors import AssumptionError, CurrencyError
from metrics.roi.result import RoiResult
from metrics.roi.scenario import Scenario
from tests.metrics.roi.reference import (
    DURING,
    LEDGER,
    QUARTER,
    Configured,
    charge,
    given,
    reference_world,
    stated,
)
from warehouse.publish import Snapshot

Rows = dict[str, list[dict[str, Any]]]


def answer(
    directory: Path,
    rows: Rows,
    ledger: Iterable[Assumption] = LEDGER,
    **settings: Any,
) -> RoiResult:
    with reference_world(directory, rows, **settings) as snapshot:
        return asked(snapshot, ledger)


def asked(
    snapshot: metrics.scope.Snapshot,
    ledger: Iterable[Assumption] = LEDGER,
    quarter: str = QUARTER,
    scenario: Scenario | None = None,
) -> RoiResult:
    return roi(snapshot, quarter, ledger, seed=1, scenario=scenario, n_draws=500)


def points(result: RoiResult) -> dict[str, Decimal]:
    return {total.kind.line_id: total.amount.point for total in result.totals}


def by_team(result: RoiResult, line_id: str) -> dict[str, float]:
    return {line.scope_id: float(line.quantity) for line in result.lines if line.kind.line_id == line_id}


def why_missing(result: RoiResult, line_id: str) -> str:
    return next(each.reason for each in result.missing if each.kind.line_id == line_id)


def run(run_id: str, **rest: Any) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "action": "deploy",
        "team_id": "shop",
        "requested_at": DURING,
        "finished_at": "2025-11-11T10:00:00Z",
        "status": "success",
        **rest,
    }


def test_retries_dry_runs_failed_and_cancelled_runs_save_nothing(tmp_path: Path) -> None:
    rows = given()
    rows["action_runs"] += [
        # 20 minutes after target-1 of the reference: the same request again.
        run("again", target="target-1", requested_at="2025-11-11T09:20:00Z"),
        run("dry", target="t-dry", dry_run=True),
        run("failed", target="t-failed", status="failure"),
        run("cancelled", target="t-cancelled", status="cancelled"),
    ]
    assert points(answer(tmp_path, rows))["B1"] == Decimal("189000.00")


def test_two_incidents_on_one_deployment_do_not_double_its_hours(tmp_path: Path) -> None:
    rows = given()
    rows["incidents"].append(
        {
            "incident_id": "i3",
            "service_id": "checkout",
            "deployment_id": "d2",
            "started_at": DURING,
            "resolved_at": "2025-11-11T20:00:00Z",
        }
    )
    assert points(answer(tmp_path, rows))["B4"] == Decimal("96000.00")


def test_a_service_that_moved_mid_quarter_is_charged_to_each_owner_for_its_days(tmp_path: Path) -> None:
    rows = given()
    rows["teams"].append({"team_id": "pay"})
    # 46 of the 92 days each. Of the 30 hours before, 15 were to be expected in each half; all 22 hours came
    # in the first one.
    rows["ownership"] = [
        {"service_id": "checkout", "team_id": "shop", "to_on": "2025-11-16"},
        {"service_id": "checkout", "team_id": "pay", "from_on": "2025-11-16"},
    ]
    result = answer(tmp_path, rows)
    hours = by_team(result, "B4")
    assert hours["shop"] == pytest.approx(15 - 22)
    assert hours["pay"] == pytest.approx(15)
    assert points(result)["B4"] == Decimal("96000.00")


def test_a_ticket_of_one_type_is_counted_in_no_line_of_another(tmp_path: Path) -> None:
    rows = given()
    rows["tickets"] += [
        {
            "ticket_id": f"{kind}-{{i}}",
            "type": kind,
            "action": "deploy",
            "team_id": "shop",
            "created_at": DURING,
            "repeat": 50,
        }
        for kind in ("request", "incident", "other")
    ]
    found = points(answer(tmp_path, rows))
    assert (found["B1"], found["B2"]) == (Decimal("189000.00"), Decimal("28800.00"))


def test_more_how_to_tickets_than_before_are_a_loss(tmp_path: Path) -> None:
    rows = given()
    rows["tickets"][1]["repeat"] = 1_080
    result = answer(tmp_path, rows)
    # (1.2 - 1.8) * 600 * 0.8 * 2 * 100 * 0.5
    assert points(result)["B2"] == Decimal("-28800.00")
    assert result.headline("cash_capacity_and_risk").benefit.point == Decimal("274200.00")


def test_charges_in_another_currency_are_refused_until_there_is_a_rate(tmp_path: Path) -> None:
    rows = given()
    rows["costs"].append(charge("2025-12", 100.0, 10.0, billing_currency="USD"))
    with reference_world(tmp_path, rows) as snapshot:
        with pytest.raises(CurrencyError, match=r"in USD, but the report is in EUR.*roi.exchange_rates"):
            asked(snapshot)
        found = points(asked(Configured(snapshot, {"exchange_rates": {"USD": 0.5}})))
    # 10 more units would have cost 100 and cost 100 * 0.5.
    assert found["B6"] == Decimal("18050.00")


def test_tax_is_out_and_credits_are_in(tmp_path: Path) -> None:
    rows = given()
    rows["costs"] += [
        charge("2025-11", 999.0, None, charge_category="Tax"),
        charge("2025-11", -500.0, None, charge_category="Credit"),
    ]
    assert points(answer(tmp_path, rows))["B6"] == Decimal("18500.00")


def test_an_invoice_and_the_charges_it_is_made_of_are_never_added(tmp_path: Path) -> None:
    rows = given()
    rows["costs"].append(charge("2025-11", 70.0, 1.0, service_name="cluster", tags='{"team": "platform"}'))
    assert points(answer(tmp_path / "both", rows))["C2"] == Decimal("-260000.00")
    del rows["inputs"]
    assert points(answer(tmp_path / "charges", rows))["C2"] == Decimal("-70.00")


def test_zero_cost_gives_no_return_but_a_reason(tmp_path: Path) -> None:
    rows = given()
    rows["inputs"][0]["value"] = 0
    headline = answer(tmp_path, rows).headline("cash")
    assert headline.return_on_investment.value is None
    assert headline.return_on_investment.reason.startswith("the cost is zero")


def test_unknown_cost_is_not_zero_cost(tmp_path: Path) -> None:
    rows = given()
    del rows["inputs"]
    headline = answer(tmp_path, rows).headline("cash")
    assert headline.return_on_investment.reason == "nothing is known of what the platform costs"


def test_what_never_pays_back_says_so(reference: Snapshot) -> None:
    cash = asked(reference).headline("cash").finance
    assert cash.payback_quarters.reason == "not paid back within the horizon"
    assert cash.internal_rate_of_return.value is None


def test_what_is_not_collected_is_missing_and_not_zero(tmp_path: Path) -> None:
    rows = given()
    rows["coverage"] = [
        row for row in rows["coverage"] if row["resource"] not in ("action_runs", "incidents")
    ]
    result = answer(tmp_path, rows)
    assert "no self-service runs are collected" in why_missing(result, "B1")
    assert "no service has deployments and incidents collected" in why_missing(result, "B4")


def test_a_month_without_data_is_no_month_without_tickets(tmp_path: Path) -> None:
    rows = given()
    # Tickets of November only are known: 30 of 92 days, in which 360 came. The pace before: 720 in 92 days.
    for row in rows["coverage"]:
        if row["resource"] == "tickets":
            row["to_at"] = "2025-10-01T00:00:00Z"
    rows["coverage"].append(
        {
            "resource": "tickets",
            "scope_id": "*",
            "from_at": "2025-11-01T00:00:00Z",
            "to_at": "2025-12-01T00:00:00Z",
        }
    )
    result = answer(tmp_path, rows)
    avoided = 720 * 30 / 92 - 360
    assert by_team(result, "B2")["shop"] == pytest.approx(avoided * 2)
    line = next(line for line in result.lines if line.kind.line_id == "B2")
    assert line.completeness == pytest.approx(30 / 92)


def test_a_quarter_is_not_compared_with_itself(reference: Snapshot) -> None:
    result = asked(reference, quarter="2025-Q3")
    assert why_missing(result, "B4") == "no baseline before this quarter (it is 2025-07-01/2025-09-30)"


def test_waiting_counts_only_when_it_is_switched_on(reference: Snapshot) -> None:
    ledger = (*LEDGER, stated("ticket_wait_hours", 8.0), stated("blocked_share", 0.05))
    assert "B1w" not in points(asked(reference, ledger))
    found = asked(Configured(reference, {"count_waiting": True}), ledger)
    # A run took 10 minutes of a Tuesday morning: 2,400 * 0.7 * 0.05 * (8 - 1/6) * 100 * 0.5
    assert points(found)["B1w"] == Decimal("32900.00")


def test_strategic_value_stands_beside_every_headline(reference: Snapshot) -> None:
    more = [
        stated("cost_of_delay_per_week", 50_000),
        stated("lead_time_gain_weeks", 2),
        stated("initiatives", 3),
        stated("critical_path_share", 0.4),
    ]
    result = asked(reference, (*LEDGER, *more))
    assert result.strategic is not None
    # 50,000 * 2 * 3 * 0.4
    assert result.strategic.point == Decimal("120000.00")
    assert result.headline("cash_capacity_and_risk").benefit.point == Decimal("331800.00")


def test_freeing_more_hours_than_a_fifth_of_the_capacity_is_doubted(
    tmp_path: Path, reference: Snapshot
) -> None:
    rows = given()
    rows["teams"][0]["engineers"] = 20
    warnings = answer(tmp_path, rows).warnings
    # 2,400 * 0.7 * 2.25 = 3,780 hours of B1 and (720 - 360) * 2 * 0.8 = 576 of B2; 20 * 450 are 9,000.
    assert warnings[0].startswith("all teams together: 4,356 freed hours are 48% of the 9,000")
    assert asked(reference).warnings == ()


def test_an_effect_of_its_own_replaces_the_general_share_for_its_line_only(reference: Snapshot) -> None:
    ledger = [each for each in LEDGER if not each.key.startswith("attribution")]
    ledger += [stated("attribution", 0.5), stated("attribution:B4", 0.6, grade="measured")]
    result = asked(reference, ledger)
    grades = {line.kind.line_id: (line.attribution, line.grade) for line in result.lines}
    assert grades["B4"] == (Decimal("0.6"), "measured")
    assert grades["B2"] == (Decimal("0.5"), "assumed")


def test_a_scenario_moves_requests_to_self_service(tmp_path: Path) -> None:
    rows = given()
    rows["tickets"].append(
        {
            "ticket_id": "req-{i}",
            "type": "request",
            "action": "deploy",
            "team_id": "shop",
            "created_at": DURING,
            "repeat": 600,
        }
    )
    # 2,400 of 3,000 requests are self-service. At 90 % 2,700 would be: 2,700 / 2,400 * 189,000.
    with reference_world(tmp_path, rows) as snapshot:
        more, less = (
            roi(snapshot, QUARTER, LEDGER, seed=1, scenario=Scenario(share), n_draws=100)
            for share in (0.9, 0.5)
        )
    assert points(more)["B1"] == Decimal("212625.00")
    assert points(less)["B1"] == Decimal("189000.00")


def test_a_scenario_takes_other_figures_for_every_line_and_changes_nothing_else(reference: Snapshot) -> None:
    # 189,000 at a realisation of 0.5 is 94,500 at 0.25. An attribution of 0.4 gives way to no line's own:
    # 28,800 * 0.4 / 0.8 = 14,400, 96,000 * 0.4 / 0.6 = 64,000, and 18,000 * 0.4 / 1.0 = 7,200.
    scenario = Scenario(figures=(("realisation", 0.25), ("attribution", 0.4)))
    changed, before = points(asked(reference, scenario=scenario)), points(asked(reference))
    assert changed["B1"] == Decimal("94500.00")
    assert changed["B2"] == Decimal("7200.00")  # 14,400, and half of that is realised
    assert changed["B4"] == Decimal("64000.00")
    assert changed["B6"] == Decimal("7200.00")
    assert {line for line in before if before[line] == changed[line]} >= {"C2"}


def test_a_scenario_leaves_earlier_quarters_and_the_ledger_as_they_are() -> None:
    first = stated("realisation", 0.5, valid_from=date(2025, 1, 1))
    within = stated("realisation", 0.6, valid_from=date(2025, 11, 1))
    of_team = stated("realisation", 0.4, scope_id="shop")
    ledger = (first, within, of_team, stated("salary", 90_000))
    scenario = Scenario(figures=(("realisation", 0.3),))
    applied = scenario.applied_to(ledger, quarter_named(QUARTER, 1))
    held = in_force(applied, date(2026, 1, 1))
    assert held["realisation", None].likely == held["realisation", "shop"].likely == 0.3
    assert in_force(applied, date(2025, 10, 1))["realisation", None].likely == 0.5
    assert ledger[1].likely == 0.6
    with pytest.raises(AssumptionError, match="bounds"):
        Scenario(figures=(("realisation", 1.5),)).applied_to(ledger, quarter_named(QUARTER, 1))
