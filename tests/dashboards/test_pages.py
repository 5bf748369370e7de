"""Both pages full, not collected, filtered."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.page.keys import KEYS
from metrics.catalog import STAGES, metric_named
from tests.dashboards.conftest import Opener

ADOPTION = ("team_adoption_rate", "self_service_share", "golden_path_share", "how_to_ticket_rate")


def texts(app: AppTest) -> str:
    """Everything that a reader reads, with ordinary spaces."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.info)
    parts = [element.value for kind in kinds for element in kind]
    return " ".join(str(part) for part in parts).replace("\u00a0", " ")


def test_the_overview_shows_five_keys_with_n_interval_and_findings(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation)
    assert not app.exception
    labels = [metric.label for metric in app.metric]
    assert labels == [metric_named(name).title for name in (*ADOPTION, *KEYS)]
    assert all(metric.value not in ("", "not collected") for metric in app.metric[len(ADOPTION) :])
    said = texts(app)
    for needed in ("Simulated", "simulated", "what caused a change is another", "left out or not known"):
        assert needed.lower() in said.lower()
    assert said.count("95 %") >= 10
    assert "volume-weighted over 14 services" in said


@pytest.mark.parametrize("name", KEYS)
def test_the_delivery_page_shows_every_key(small_organisation: Path, open_page: Opener, name: str) -> None:
    app = open_page(small_organisation, "delivery", key=metric_named(name).title)
    assert not app.exception
    assert app.metric[0].label == metric_named(name).title
    assert "Each against its own past" in texts(app)


def test_teams_stand_in_alphabetical_order(small_organisation: Path, open_page: Opener) -> None:
    table = open_page(small_organisation, "delivery").dataframe[0].value
    assert list(table["scope"]) == ["Checkout", "Identity", "Mobile", "Payments", "Search"]


def test_the_rows_behind_a_figure_come_with_links_and_counts_of_every_role(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "delivery", rows="true")
    rows = next(frame.value for frame in app.dataframe if "role" in frame.value)
    assert set(rows["role"]) >= {"counted", "bot"}
    assert rows["url"].str.startswith("https://forge.example/").all()
    assert "rows behind change lead time" in texts(app)


def test_every_card_of_the_overview_opens_the_rows_behind_its_figure(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation)
    shown = {button.key for button in app.button if button.label == "Rows"}
    assert {f"rows-card-{name}" for name in KEYS} <= shown
    app.button(key="rows-card-change_fail_rate").click().run()
    assert not app.exception
    assert re.search(r"\d+ rows behind change fail rate of Small organisation, \d+ \w+ 2025 to", texts(app))


def test_a_stage_of_a_change_opens_its_rows(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "delivery")
    app.button(key="rows-stages").click().run()
    assert "rows behind coding time of" in texts(app)
    stages = next(group for group in app.button_group if group.key == "opened-measure")
    assert len(stages.options) == len(STAGES)


@pytest.mark.parametrize(
    ("page", "panels"),
    [
        (
            "adoption",
            {
                "shares": "self-service share",
                "latencies": "request latency",
                "cohorts": "retention",
            },
        ),
        ("delivery", {"spread": "change lead time", "levels": "change lead time"}),
    ],
)
def test_the_rows_behind_a_chart_open_over_the_page(
    page: str, panels: dict[str, str], small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, page)
    for panel, measure in panels.items():
        app.button(key=f"rows-{panel}").click().run()
        assert not app.exception
        assert re.search(rf"\d+ rows behind {measure} of Small organisation, \d+ \w+ 2\d+ to", texts(app)), (
            panel
        )


def test_a_team_without_an_incident_source_reads_not_collected_never_zero(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, team="Mobile")
    assert not app.exception
    rate = next(metric for metric in app.metric if metric.label == "Change fail rate")
    assert rate.value == "not collected"
    assert "no incident source covers this window" in texts(app)
    assert "failed ones are known" in texts(app)


@pytest.mark.parametrize("page", ["", "delivery"])
def test_the_filters_of_the_url_hold_on_both_pages(
    small_organisation: Path, open_page: Opener, page: str
) -> None:
    app = open_page(small_organisation, page, team="Payments", period="Q3 2025")
    assert not app.exception
    assert "Payments; days in Europe/Berlin" in texts(app)
    assert "Q2 2025" in texts(app)


def test_a_custom_period_is_compared_with_as_many_days_before(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, period="Custom period")
    assert not app.exception
    assert "the 90 days before" in texts(app)
