"""The adoption page full and filtered."""

from pathlib import Path

import pytest

from metrics.catalog import metric_named
from tests.dashboards.conftest import Opener
from tests.dashboards.test_pages import texts

HEADLINES = (
    "team_adoption_rate",
    "self_service_share",
    "golden_path_share",
    "fallback_rate",
    "how_to_ticket_rate",
)


def test_it_shows_the_headlines_with_n_interval_and_denominator(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "adoption")
    assert not app.exception
    assert [metric.label for metric in app.metric] == [metric_named(name).title for name in HEADLINES]
    said = texts(app)
    assert "in the 90 days to 1 Dec 2025" in said
    assert "under a mandate" in said
    assert "by ticket and" in said
    assert "tickets asked for what self-service offers" in said
    assert "Three months after their first use" in said
    assert said.count("95 %") >= 8


def test_leakage_stands_in_alphabetical_order_with_links_to_the_tickets(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "adoption", tickets="true")
    leaks = next(frame.value for frame in app.dataframe if "Mandated" in frame.value)
    order = list(zip(leaks["Action"], leaks["Team"], strict=True))
    assert order == sorted(order)
    mandated = leaks[leaks["Mandated"] > 0]
    assert set(zip(mandated["Action"], mandated["Team"], strict=True)) == {("deploy-service", "Checkout")}
    tickets = next(frame.value for frame in app.dataframe if "Ticket" in frame.value)
    assert tickets["url"].str.startswith("https://tickets.example/").all()
    # The sum of the groups is what the ticket list counts.
    assert f"{leaks['Tickets'].sum():,} tickets behind all of them" in texts(app)


def test_the_leaked_tickets_are_counted_and_listed_once_asked_for(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "adoption")
    assert "tickets behind all of them" in texts(app)
    assert not any("Ticket" in frame.value for frame in app.dataframe)
    app.toggle(key="tickets").set_value(True).run()
    assert any("Ticket" in frame.value for frame in app.dataframe)


def test_approval_wait_stands_apart_from_the_duration(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "adoption")
    runs = next(table.value for table in app.table if "Approval wait, median" in table.value)
    waits = dict(zip(runs["Action"], runs["Approval wait, median"], strict=True))
    assert waits["deploy-service"] == "–"
    assert "(n = " in waits["grant-access"].replace("\u00a0", " ")


def test_a_measure_that_counts_teams_is_not_told_of_a_single_team(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "adoption", measure=metric_named("team_adoption_rate").title)
    table = next(frame.value for frame in app.dataframe if "interval" in frame.value)
    assert list(table["scope"]) == ["create-database", "deploy-service", "grant-access"]


@pytest.mark.parametrize("name", ["activation_rate", "time_to_first_deployment", "golden_path_share"])
def test_every_measure_opens_the_rows_behind_it(
    small_organisation: Path, open_page: Opener, name: str
) -> None:
    app = open_page(small_organisation, "adoption", measure=metric_named(name).title, rows="true")
    assert not app.exception
    assert f"behind {metric_named(name).title.lower()}" in texts(app)


def test_a_tier_narrows_what_has_one_and_the_page_says_what_has_none(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "adoption", tier="tier 1")
    assert not app.exception
    assert "the figures are of all tiers" in texts(app)
