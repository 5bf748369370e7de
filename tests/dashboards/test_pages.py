"""Both pages in every state: full, empty, too few, not collected, stale, filtered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.page.keys import KEYS
from metrics.catalog import metric_named
from tests.dashboards.conftest import Opener

ADOPTION = ("team_adoption_rate", "self_service_share", "golden_path_share", "how_to_ticket_rate")
COVERED = {"scope": "*", "from": "2024-01-01", "to": "2025-12-01"}


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


def test_without_a_snapshot_the_page_says_which_command_to_run(tmp_path: Path, open_page: Opener) -> None:
    app = open_page(tmp_path / "nothing")
    assert not app.exception
    assert not app.metric
    assert "payoff collect" in " ".join(code.value for code in app.code)


def test_too_few_changes_give_no_value_and_say_how_many_are_needed(
    publish: Callable[..., Path], open_page: Opener
) -> None:
    given = {
        "services": [{"service_id": "s", "team_id": "t"}],
        "covered": COVERED,
        "deployments": [
            {"deployment_id": "d{i}", "service_id": "s", "status": "success", "repeat": 3}
            | {"finished_at": "2025-11-0{i}T10:00:00Z"}
        ],
        "changes": [
            {"change_id": "c{i}", "service_id": "s", "repeat": 3}
            | {"first_commit_at": "2025-11-0{i}T08:00:00Z", "merged_at": "2025-11-0{i}T09:00:00Z"}
        ],
        "deployment_changes": [{"deployment_id": "d{i}", "change_id": "c{i}", "repeat": 3}],
    }
    app = open_page(publish(given, is_demo=False))
    assert not app.exception
    lead_time = next(metric for metric in app.metric if metric.label == "Change lead time")
    assert lead_time.value == "too few"
    # The first observed deployment's change may have been live before, so 2 of 3 count.
    assert "2 of 5 deployed changes needed" in texts(app)
    assert "simulated" not in texts(app).lower()


def test_a_team_without_an_incident_source_reads_not_collected_never_zero(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, team="Mobile")
    assert not app.exception
    rate = next(metric for metric in app.metric if metric.label == "Change fail rate")
    assert rate.value == "not collected"
    assert "no incident source covers this window" in texts(app)
    assert "failed ones are known" in texts(app)


def test_data_that_is_old_is_marked_stale(publish: Callable[..., Path], open_page: Opener) -> None:
    given = {
        "services": [{"service_id": "s", "team_id": "t"}],
        "covered": COVERED | {"to": "2025-11-20"},
        "deployments": [
            {"deployment_id": "d", "service_id": "s", "status": "success"}
            | {"finished_at": "2025-11-10T10:00:00Z"}
        ],
    }
    app = open_page(publish(given, is_demo=False))
    assert not app.exception
    assert "Stale: data to 20 Nov 2025" in texts(app)


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
