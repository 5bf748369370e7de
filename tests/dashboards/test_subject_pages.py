"""The pages of one team and one service: found by the URL, against their own past, nobody beside."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboards.page.keys import KEYS
from metrics.catalog import metric_named
from tests.dashboards.conftest import Opener
from tests.dashboards.test_pages import texts


def _titles(app: AppTest) -> list[str]:
    return [metric.label for metric in app.metric]


def test_a_team_has_its_keys_its_adoption_its_stages_what_waits_and_what_leaks(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "team", team="Payments")
    assert not app.exception
    assert app.title[0].value == "Payments"
    assert _titles(app)[:5] == [metric_named(name).title for name in KEYS]
    assert "Self-service share" in _titles(app)
    said = texts(app)
    for needed in (
        "Median per stage",
        "not in production yet",
        "what self-service offers",
        "by self-service",
    ):
        assert needed in said
    leaks = next(frame.value for frame in app.dataframe if "Mandated" in frame.value)
    assert set(leaks["Team"]) == {"Payments"}
    for other in ("Checkout", "Identity", "Mobile", "Search"):
        assert other not in said


def test_a_measure_of_a_team_is_shown_once_it_is_chosen(small_organisation: Path, open_page: Opener) -> None:
    closed = open_page(small_organisation, "team", team="Payments")
    assert "Choose one to see it over time and in its parts" in texts(closed)
    assert not any("interval" in frame.value for frame in closed.dataframe)
    app = open_page(small_organisation, "team", **{"team": "Payments", "team-measure": "Change lead time"})
    assert not app.exception
    services = next(frame.value for frame in app.dataframe if "interval" in frame.value)
    assert list(services["scope"]) == ["payments-api", "payments-ledger", "payments-web"]
    said = texts(app)
    assert "The rows behind the figure" in said
    assert "Choose one to see it over time" not in said
    for other in ("Checkout", "Identity", "Mobile", "Search"):
        assert other not in said


def test_without_a_team_the_page_asks_for_one_and_the_choice_becomes_the_filter(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "team")
    assert not app.exception
    assert not app.metric
    assert "Choose one team" in texts(app)
    app.selectbox(key="one-team").select("search").run()
    assert not app.exception
    assert app.title[0].value == "Search"
    assert app.multiselect(key="team").value == ["search"]


def test_two_teams_in_the_filter_are_no_team(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "team", team=["Payments", "Search"])
    assert not app.exception
    assert "Choose one team" in texts(app)


def test_a_service_has_its_own_figures_and_its_own_tickets(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "service", service="payments-api")
    assert not app.exception
    assert app.title[0].value == "payments-api"
    assert _titles(app)[:5] == [metric_named(name).title for name in KEYS]
    assert "Coverage 1 of 1 service" in texts(app)
    leaks = next(frame.value for frame in app.dataframe if "Mandated" in frame.value)
    assert set(leaks["Team"]) == {"Payments"}


def test_a_service_without_any_row_says_so_and_never_zero_percent(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "service", service="search-silent")
    assert not app.exception
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Change lead time"] == "none"
    assert values["Change fail rate"] == "none"
    assert values["Golden-path share"] == "none"
    assert "No change waits for production" in texts(app)


def test_a_service_that_is_in_no_source_cannot_be_chosen(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "service", service="nobody-knows")
    assert not app.exception
    assert "Choose one service" in texts(app)
