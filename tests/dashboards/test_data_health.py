"""The page on the data: sources that are well, stale or failing, what was tied, left out and not read."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from collectors.base import Skipped
from dashboards.trust.linkage import linkage_finding
from dashboards.trust.sources import age_words
from tests.dashboards.conftest import Opener
from tests.dashboards.organisation import END, rows
from tests.dashboards.test_pages import texts
from tests.dashboards.worlds import SETTINGS
from tests.world import fact_settings, publish_loaded, records
from warehouse.engine import Warehouse
from warehouse.journal import finish_run, start_run
from warehouse.load import load_page
from warehouse.merge import Counts
from warehouse.records import to_tables
from warehouse.refusal import FILE
from warehouse.sources import SPOOL


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organisation whose source failed last, with an item that could not be read and a stray name."""
    directory = tmp_path_factory.mktemp("troubled")
    given = rows()
    given["incidents"].append({"incident_id": "stray", "service_id": "who", "started_at": END - timedelta(9)})
    given["incidents"].append(
        {"incident_id": "odd", "service_id": "search-api", "started_at": END - timedelta(9)}
        | {"deployment_id": "no-such-deployment"}
    )
    skipped = [Skipped("run-17", "its start is no time")]
    with Warehouse.open(directory, threads=1, clock=lambda: END) as warehouse:
        load_page(warehouse, "test", "rows", "*", tables=to_tables(records(given)), skipped=skipped)
        good = start_run(warehouse, "collect", "test")
        finish_run(warehouse, good, "success", counts=Counts(5, 0, 0), skipped=1, requests=12)
        drained = start_run(warehouse, "drain", SPOOL)
        finish_run(warehouse, drained, "success", counts=Counts(0, 0, 0))
        bad = start_run(warehouse, "collect", "test")
        finish_run(warehouse, bad, "failure", message="test: 401. The token has expired.", requests=1)
        publish_loaded(warehouse, fact_settings(SETTINGS), SETTINGS, END)
    return directory / "marts"


def test_a_source_whose_last_run_failed_says_so_with_its_error(troubled: Path, open_page: Opener) -> None:
    app = open_page(troubled, "data_health")
    assert not app.exception
    said = texts(app)
    assert "The source test failed" in said
    assert "test: 401. The token has expired." in said
    assert "1 of the last 3 runs failed" in said
    sources = app.dataframe[0].value.iloc[0]
    assert (sources["state"], sources["requests"]) == ("✕ last run failed", 1)


def test_what_is_sent_to_payoff_is_no_source_and_has_a_name_that_people_know(
    troubled: Path, open_page: Opener
) -> None:
    app = open_page(troubled, "data_health")
    assert list(app.dataframe[0].value["source"]) == ["test"]
    runs = next(frame.value for frame in app.dataframe if "job" in frame.value)
    assert list(runs["source"]) == ["test", "sent to Payoff", "test"]
    assert "spool" not in texts(app)


def test_items_names_and_checks_that_are_not_well_are_listed(troubled: Path, open_page: Opener) -> None:
    app = open_page(troubled, "data_health")
    said = texts(app)
    assert "1 item could not be read" in said
    assert "1 name means no known service, team or queue" in said
    assert "data checks found something" in said
    by_columns = {tuple(frame.value.columns[:3]): frame.value for frame in app.dataframe}
    assert by_columns["source", "data", "items"].iloc[0]["why"] == "its start is no time"
    assert by_columns["source", "kind", "name"].iloc[0]["name"] == "who"
    checks = by_columns["severity", "finding", "rows"].set_index("check")
    assert checks.loc["incidents_unknown_deployment", "rows"] == 1


def test_what_was_tied_stands_with_its_method_and_n(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "data_health")
    table = next(f.value for f in app.dataframe if "how" in f.value)
    assert set(table["kind"]) >= {"Merged changes", "Incidents"}
    assert {"stated by the source", "by service and time alone"} <= set(table["how"])
    assert table.groupby("kind")["share"].sum().round(6).eq(1).all()


def test_the_audit_of_a_figure_shows_meaning_rows_reasons_and_result(
    small_organisation: Path, open_page: Opener
) -> None:
    app = open_page(small_organisation, "data_health", audit="Change lead time")
    assert not app.exception
    said = texts(app)
    for step in ("1. What it means", "2. What it rests on", "3. Which rows", "4. What follows"):
        assert step in said
    roles = next(f.value for f in app.dataframe if list(f.value.columns) == ["role", "rows"])
    behind = next(f.value for f in app.dataframe if "change_id" in f.value)
    assert "left out: by bots" in set(roles["role"])
    # The rows that are shown are the first 500, the roles count all.
    assert roles["rows"].sum() >= len(behind)


def test_newer_data_that_is_held_back_is_told_on_top(publish: Callable[..., Path], open_page: Opener) -> None:
    marts = publish({"services": [{"service_id": "s"}]})
    (marts / FILE).write_text(
        '{"refused_at": "2025-12-01T06:00:00+00:00", "checks": '
        '[{"name": "unique_teams", "message": "teams: a key comes more than once", "n_offending": 2}]}'
    )
    app = open_page(marts, "data_health")
    assert "unique_teams: teams: a key comes more than once (2 rows)" in app.error[0].value


def test_ages_are_said_in_the_unit_that_fits() -> None:
    now = END
    for hours, words in ((0.5, "30 min"), (1.5, "90 min"), (5, "5 hours"), (47, "47 hours"), (50, "2 days")):
        assert age_words(pd.Timestamp(END.replace(tzinfo=None)) - timedelta(hours=hours), now) == words


def test_shares_of_what_was_tied_are_worked_out_from_rows() -> None:
    # 3 of 4 incidents are tied: 75 %.
    frame = pd.DataFrame(
        [("Incidents", "stated by the source", 3, 0.75), ("Incidents", "tied to none", 1, 0.25)],
        columns=["kind", "method", "n", "share"],
    )
    assert linkage_finding(frame).replace("\u00a0", " ") == "Tied or typed: 75.0 % of incidents"
