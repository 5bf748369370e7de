"""Goals on the pages: verdicts with their figures, what is unknown is never missed, forms by role."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.access.visitor import Visitor
from dashboards.words.goals import target_words
from metrics.goals.judging import _NOTHING
from service.goals.reading import read_goals
from tests.dashboards.conftest import Let, Opener, Provider
from tests.dashboards.test_pages import texts
from warehouse.goals import Wish

LATER = datetime(2099, 1, 1, tzinfo=UTC)


def badges(app: AppTest) -> str:
    return " ".join(markdown.value for markdown in app.markdown if "-badge[" in markdown.value)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def fill(app: AppTest, label: str, value: object) -> None:
    widgets = (*app.text_input, *app.number_input, *app.selectbox)
    next(widget for widget in widgets if widget.label == label).set_value(value)


def test_the_overview_has_the_goals_of_the_organisation_on_cards_in_a_panel_and_to_decide(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation)
    assert not app.exception
    said = texts(app)
    assert "1 of 4 goals is met" in said
    for part in ("1 is not met", "1 is too close to tell", "1 is missed"):
        assert part in said
    assert "Goal: at most 24 h by 30 Jun 2026" in said
    assert "Met, 17.7 h over 90 days" in said
    # 90 days before 1 May: 22.2 to 27.9 h, now 16.2 to 19.0 h.
    assert "Better than before it was set: 24.6 h" in said
    assert "**Deployment rework rate**: the goal of at most 2 % was due on 30 Sept 2025: missed" in said
    assert "payments" not in next(c.value for c in app.caption if "engineering, since" in c.value)


def test_what_is_unknown_is_never_missed_and_too_few_stay_too_few(
    small_organisation: Path, open_page: Opener
) -> None:
    """Mobile has no incident source; search-new has had fewer than ten deployments in its six days."""
    unknown = open_page(small_organisation, "team", team="Mobile")
    assert not unknown.exception
    assert "Change fail rate: the goal is not known yet" in texts(unknown)
    assert "not known yet" in badges(unknown)
    assert "No figure in the 90 days to 30 Sept 2025" in texts(unknown)
    assert "missed" not in texts(unknown)
    few = open_page(small_organisation, "service", service="search-new")
    assert "too few to tell" in badges(few)


@pytest.mark.parametrize(
    ("unit", "target", "words"),
    [
        ("ratio", 0.9995, "at most 99.95 %"),
        ("ratio", 0.1, "at most 10 %"),
        ("hours", 100.0, "at most 4.17 days"),
    ],
)
def test_a_target_is_written_as_it_was_set(unit: str, target: float, words: str) -> None:
    goal = replace(_NOTHING, unit=unit, target=target, operator="at most")
    assert target_words(goal).replace("\u00a0", " ") == words


def test_without_a_goal_the_page_says_how_to_set_one(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "team", team="Search")
    assert "No goal is set" in texts(app)
    assert any("payoff goals set change_fail_rate --scope 'team:search'" in code.value for code in app.code)
    assert "Set a goal" not in [button.label for button in app.button]


def test_filters_that_fit_no_goal_show_none(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, team=["Payments", "Search"])
    assert "these filters fit none" in texts(app)
    assert "Goal: at most" not in texts(app)


def test_a_goal_is_set_changed_with_a_reason_and_withdrawn_from_the_page(
    small_organisation: Path, open_page: Opener, provided: Provider, tmp_path: Path
) -> None:
    commands = provided()
    app = open_page(small_organisation, "team", team="Payments")
    assert "Self-service share: the goal is too close to tell" in texts(app)
    app = press(app, "Set the goal")
    assert "Target is missing" in app.error[0].value
    fill(app, "At most, in %", 12.5)
    fill(app, "Who answers for it (a role)", "payments")
    app.date_input[0].set_value(date(2035, 12, 31))
    app = press(app, "Set the goal")
    assert not app.exception
    assert [error.value for error in app.error] == []
    goals = read_goals(commands._settings)
    aim = goals.held()["change_fail_rate", "team:payments"].entry.values
    assert (aim.target, aim.owner, aim.due_on) == (0.125, "payments", date(2035, 12, 31))
    assert goals.entries[0].decided_by.startswith("person ")
    assert "pending" in badges(app)
    # The card says the same as the panel: the writer has not published it yet.
    assert "Goal: at most 12.5 % by 31 Dec 2035, pending until the next publication" in texts(app)
    app = press(app, "Change the goal")
    assert "nothing" not in [error.value for error in app.error]
    fill(app, "At most, in %", 10.0)
    app = press(app, "Change the goal")
    assert "Why is missing" in app.error[0].value
    fill(app, "Goal for", "change_fail_rate")
    next(w for w in app.text_input if w.label == "Why" and "withdraw" in str(w.form_id)).set_value("a test")
    app = press(app, "Withdraw the goal")
    assert not app.error
    assert "change_fail_rate" not in [key for key, _ in read_goals(commands._settings).held()]


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("platform", True)])
def test_goals_are_set_by_the_platform_team(
    small_organisation: Path, open_page: Opener, provided: Provider, let_in: Let, role: str, may: bool
) -> None:
    provided()
    let_in(Visitor("oidc", role, "Ann", "sub:1", LATER))  # type: ignore[arg-type]
    app = open_page(small_organisation, "team", team="Payments")
    assert not app.exception
    assert ("Set the goal" in [button.label for button in app.button]) is may
    assert ("Setting goals needs the role platform" in texts(app)) is not may


def test_the_trend_of_an_adoption_metric_has_the_line_of_its_goal(
    small_organisation: Path, open_page: Opener, provided: Provider
) -> None:
    def drawn() -> str:
        app = open_page(small_organisation, "adoption")
        assert not app.exception
        return " ".join(str(chart.proto) for chart in app.get("plotly_chart"))

    commands = provided()
    assert "goal: at most" not in drawn()
    wish = Wish("how_to_ticket_rate", "*", 0.8, date(2099, 12, 31), "platform-team")
    commands.set_goal(Visitor("none", "admin"), wish)
    assert "goal: at most 0.8" in drawn().replace("\\u00a0", " ")
