"""Levels and scores against the reports' own tables."""

import math

import pytest

from metrics.bands import (
    BANDS,
    category_2025,
    overall_2025,
    placement,
    score_2025,
    score_of_category,
    score_of_rate,
)


@pytest.mark.parametrize(
    ("year", "metric", "value", "level"),
    [
        (2024, "change_lead_time", 23.9, "elite"),
        (2024, "change_lead_time", 24.0, "high"),
        (2024, "change_lead_time", 168.0, "medium"),
        (2024, "change_lead_time", 730.0, "low"),
        (2024, "deployment_frequency", 1.0, "high"),
        (2024, "deployment_frequency", 1.01, "elite"),
        (2024, "deployment_frequency", 1 / 7, "high"),
        (2024, "deployment_frequency", 1 / 30.4375, "medium"),
        (2024, "deployment_frequency", 0.03, "low"),
        (2024, "failed_deployment_recovery_time", 0.99, "elite"),
        (2024, "failed_deployment_recovery_time", 24.0, "medium"),
        (2024, "change_fail_rate", 0.05, "elite"),
        (2024, "change_fail_rate", 0.10, "high"),
        (2024, "change_fail_rate", 0.20, "medium"),
        (2024, "change_fail_rate", 0.21, "low"),
        (2023, "change_fail_rate", 0.16, "low"),
        (2021, "change_lead_time", 4379.0, "medium"),
        (2021, "change_fail_rate", 0.15, "elite"),
        (2021, "change_fail_rate", 0.18, "high"),
        (2021, "deployment_frequency", 1 / 182.625, "medium"),
    ],
)
def test_a_value_has_the_level_of_its_years_label_map(
    year: int, metric: str, value: float, level: str
) -> None:
    assert BANDS[year][metric].level(value) == level


def test_a_level_is_named_only_when_the_whole_interval_lies_in_it() -> None:
    inside = placement("change_lead_time", 2024, 30, 100)
    across = placement("change_lead_time", 2024, 20, 100)
    assert inside is not None
    assert inside.label == "high (DORA 2024)"
    assert across is not None
    assert across.label == "between high and elite (DORA 2024)"


def test_without_an_interval_there_is_no_level() -> None:
    assert placement("change_lead_time", 2024, math.nan, 100) is None


def test_a_year_without_bands_gives_no_level() -> None:
    assert placement("deployment_rework_rate", 2024, 0.1, 0.2) is None


def test_the_2024_inversion_is_told_in_a_footnote() -> None:
    found = placement("change_fail_rate", 2024, 0.06, 0.09)
    assert found is not None
    assert "inverted" in found.footnote


def test_the_2025_score_of_the_worked_example() -> None:
    scores = {
        "change_lead_time": score_of_category(4),
        "deployment_frequency": score_of_category(4),
        "failed_deployment_recovery_time": score_of_category(5),
        "change_fail_rate": score_of_rate(0.15),
        "deployment_rework_rate": score_of_rate(0.10),
    }
    assert list(scores.values()) == pytest.approx([6, 6, 8, 8.5, 9])
    assert overall_2025(scores) == pytest.approx({"overall": 7.5, "throughput": 20 / 3, "stability": 8.75})


def test_an_unknown_key_leaves_the_overall_score_unknown() -> None:
    assert math.isnan(overall_2025({"change_lead_time": 6.0})["overall"])


@pytest.mark.parametrize(
    ("metric", "value", "category"),
    [
        ("change_lead_time", 0.5, 6),
        ("change_lead_time", 1.0, 5),
        ("change_lead_time", 24.0, 4),
        ("change_lead_time", 168.0, 3),
        ("change_lead_time", 730.0, 2),
        ("change_lead_time", 4380.0, 1),
        ("deployment_frequency", 24.0, 6),
        ("deployment_frequency", 1.0, 5),
        ("deployment_frequency", 0.2, 4),
        ("deployment_frequency", 1 / 200, 1),
    ],
)
def test_a_value_falls_into_the_category_of_the_2025_survey(metric: str, value: float, category: int) -> None:
    assert category_2025(metric, value) == category


def test_the_score_of_an_unknown_value_is_unknown() -> None:
    assert math.isnan(score_2025("change_lead_time", math.nan))
