"""What an assumption may be, and which one holds."""

from datetime import date

import pytest

from metrics.roi.assumptions import Assumption, defaults, in_force, parameter_of
from metrics.roi.errors import AssumptionError


def stated(key: str, *values: float, unit: str = "share", **rest: object) -> Assumption:
    return Assumption(key, *values, unit=unit, source="test", owner="finance", **rest)  # type: ignore[arg-type]


def test_defaults_are_the_ranges_of_the_method() -> None:
    ranges = {assumption.key: assumption.range for assumption in defaults()}
    assert ranges["realisation"] == (0.3, 0.5, 0.7)
    assert ranges["attribution"] == (0.2, 0.5, 0.9)
    assert ranges["substitution_share"] == (0.4, 0.7, 0.9)
    assert ranges["blocked_share"] == (0.0, 0.05, 0.15)
    assert {assumption.grade for assumption in defaults()} == {"assumed"}


def test_what_only_the_organisation_can_know_has_no_default() -> None:
    known = {assumption.key for assumption in defaults()}
    assert not known & {"salary", "downtime_cost_per_hour", "cost_of_delay_per_week", "fulfil_touch_hours"}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ((0.5, 0.3, 0.7), "out of order"),
        ((0.3, 0.8, 0.7), "out of order"),
        ((0.3, 0.5, 1.2), "bounds"),
        ((-0.1, 0.5, 0.7), "bounds"),
        ((0.3, float("nan"), 0.7), "must be numbers"),
    ],
)
def test_an_impossible_range_is_refused_by_name(values: tuple[float, ...], complaint: str) -> None:
    with pytest.raises(AssumptionError, match=f"realisation of payments.*{complaint}"):
        stated("realisation", *values, scope_id="payments")


def test_another_unit_is_refused() -> None:
    with pytest.raises(AssumptionError, match=r"salary: unit 'currency/month' should be 'currency/year'"):
        stated("salary", 1, 2, 3, unit="currency/month")


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("realization", "Did you mean 'realisation'"),
        ("salary:backend", "takes nothing after a colon"),
        ("attribution:B1", "B1 is no line with an effect"),
    ],
)
def test_an_unknown_key_names_the_nearest(key: str, complaint: str) -> None:
    with pytest.raises(AssumptionError, match=complaint):
        parameter_of(key)


def test_the_latest_before_the_end_of_the_quarter_holds() -> None:
    versions = [
        stated("realisation", 0.1, 0.2, 0.3),
        stated("realisation", 0.2, 0.3, 0.4, valid_from=date(2026, 4, 1)),
        stated("realisation", 0.3, 0.4, 0.5, valid_from=date(2026, 7, 1)),
    ]
    assert in_force(versions, date(2026, 7, 1))["realisation", None].likely == 0.3
    assert in_force(reversed(versions), date(2026, 7, 2))["realisation", None].likely == 0.4


def test_a_figure_does_not_hold_before_its_day() -> None:
    later = stated("realisation", 0.2, 0.3, 0.4, valid_from=date(2026, 4, 1))
    assert in_force([later], date(2026, 4, 1)) == {}


def test_two_values_from_one_day_on_are_refused() -> None:
    with pytest.raises(AssumptionError, match="two values hold from ever on"):
        in_force(
            [stated("realisation", 0.1, 0.2, 0.3), stated("realisation", 0.2, 0.3, 0.4)], date(2026, 1, 1)
        )
