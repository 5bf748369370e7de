"""Sentences say what the figures and their intervals allow, and no more."""

from dashboards.words.wording import (
    direction,
    exclusions,
    finding,
    is_better,
    level,
    sentence,
    shown,
    state,
    unknowns,
)
from metrics.catalog import metric_named
from tests.dashboards.frames import figure


def test_intervals_that_are_apart_are_a_change() -> None:
    now, before = figure("change_lead_time", 17.2, 300), figure("change_lead_time", 21.3, 280)
    assert direction(now, before) == "fell"
    assert is_better(now.metric, "fell") is True
    assert plain(finding(now, before, "Q3 2026")) == "Change lead time fell to 17.2 h, from 21.3 h in Q3 2026"


def test_intervals_that_overlap_are_no_clear_change() -> None:
    now, before = figure("change_lead_time", 17.2, 300), figure("change_lead_time", 18.1, 280)
    assert direction(now, before) == "unclear"
    said = plain(finding(now, before, "Q3 2026"))
    assert said == "Change lead time shows no clear change: 17.2 h, after 18.1 h in Q3 2026"


def test_a_higher_frequency_is_better_and_a_higher_fail_rate_worse() -> None:
    assert is_better(metric_named("deployment_frequency"), "rose") is True
    assert is_better(metric_named("change_fail_rate"), "rose") is False
    assert is_better(metric_named("change_fail_rate"), "unclear") is None


def test_an_unknown_interval_is_no_change() -> None:
    nan = float("nan")
    now = figure("failed_deployment_recovery_time", 1.0, 3, low=nan, high=nan)
    assert direction(now, figure("failed_deployment_recovery_time", 9.0, 40)) == "unclear"


def test_a_window_before_that_was_not_collected_is_not_compared() -> None:
    now = figure("change_fail_rate", 0.12, 200)
    before = figure("change_fail_rate", status="not_collected")
    said = plain(finding(now, before, "Q3 2026"))
    assert said == "Change fail rate is 12.0 %; Q3 2026 cannot be compared (not collected)"


def test_a_sentence_has_interval_and_n() -> None:
    now = figure("change_fail_rate", 0.12, 2418, low=0.108, high=0.134)
    said = plain(sentence(now, figure("change_fail_rate", 0.2, 900), "Q3 2026"))
    assert said.endswith("(95 % 10.8 to 13.4, n = 2,418 production deployments).")


def test_too_few_says_how_many_are_needed() -> None:
    few = figure("change_lead_time", n=3, status="too_few")
    assert shown(few) == "too few"
    assert state(few) == "Too few to say: 3 of 5 deployed changes needed."


def test_failures_known_without_an_incident_source_are_at_least() -> None:
    blind = figure(
        "change_fail_rate",
        n=0,
        status="not_collected",
        covered_deployments_days=90.0,
        covered_incidents_days=0.0,
        at_least_failed=4,
    )
    assert state(blind) == (
        "Not collected: no incident source covers this window. At least 4 failed ones are known."
    )
    assert "at least 4 failed" in unknowns(blind)


def test_a_level_needs_the_whole_interval_in_one_band() -> None:
    assert level(figure("change_lead_time", 30, 99, low=26, high=35), 2024, 1) == "high (DORA 2024)"
    spanning = figure("change_lead_time", 24, 99, low=20, high=30)
    assert level(spanning, 2024, 1) == "between high and elite (DORA 2024)"


def test_a_frequency_summed_over_services_has_no_level() -> None:
    pooled = figure("deployment_frequency", 60.0, 5000)
    assert level(pooled, 2024, 150) == ""
    assert level(pooled, 2024, 1) == "elite (DORA 2024)"


def test_only_reasons_that_occurred_are_left_out() -> None:
    given = figure("change_lead_time", 20, 90, excluded_bot=12, excluded_negative=0)
    assert exclusions(given) == {"by bots": 12}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")
