"""The page of the money: full, with a scenario, frozen and restated, without figures, refused, empty."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.access.visitor import Visitor
from dashboards.page.port import provide
from service.configuration.config import load_config
from service.deploying.commands_port import DashboardCommands
from service.ledger.reading import read_ledger
from tests.dashboards.conftest import Let, Opener, Provider
from tests.dashboards.test_pages import texts
from tests.metrics.roi.reference import stated
from tests.service.command import run_payoff
from tests.service.report_world import QUARTER, given, published
from warehouse.engine import utc_now


@pytest.fixture(scope="module")
def reference_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked reference quarter, published with its ledger: net 71,800, ROI 27.6 %."""
    folder = tmp_path_factory.mktemp("money")
    published(folder)
    return folder


def page(open_page: Opener, folder: Path, **query: str) -> AppTest:
    app = open_page(folder / "data" / "marts", "roi", **query)
    assert not app.exception
    return app


def drawn(app: AppTest) -> str:
    """The texts of everything that is no ordinary element: large figures and charts."""
    return " ".join(str(element.proto.body) for element in app.get("html")).replace("\u00a0", " ")


def test_the_answer_comes_first_as_a_range_with_its_chance(reference_folder: Path, open_page: Opener) -> None:
    app = page(open_page, reference_folder)
    said = texts(app)
    assert "In Q4 2025 the platform returned EUR 71,800 more than it cost" in said
    assert "ROI 27.6 %" in said
    assert "P(net > 0) = " in said
    # Cash 18,000 of benefit against 260,000 of cost; freed hours add 217,800.
    for net in ("EUR −242,000", "EUR −24,200", "EUR 71,800"):
        assert f"Likely {net}" in said
    assert "Strategic, beside them" in said
    assert "Self-service instead of a ticket is the largest benefit" in said
    assert 'alt="189k"' in drawn(app)


def test_a_slider_computes_the_quarter_again_and_the_rest_of_the_page_stays(
    reference_folder: Path, open_page: Opener
) -> None:
    # Half of the realisation takes half of 189,000 and of 28,800: 108,900 less than 71,800.
    said = texts(page(open_page, reference_folder, realisation="25"))
    assert "The likely net would be EUR 108,900 less: EUR −37,100." in said
    assert "In Q4 2025 the platform returned EUR 71,800 more than it cost" in said
    assert "would be" not in texts(page(open_page, reference_folder, realisation="50"))


def test_a_line_opens_its_factors_by_team_and_the_rows_behind_it(
    reference_folder: Path, open_page: Opener
) -> None:
    app = page(open_page, reference_folder)
    lines = next(frame.value for frame in app.dataframe if "line_id" in frame.value)
    place = list(lines["line_id"]).index("B2")
    app.session_state[f"lines-{QUARTER}"] = {"selection": {"rows": [place], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    teams = next(frame.value for frame in app.dataframe if "attribution_factor" in frame.value).iloc[0]
    factors = ("sign", "quantity", "unit_value", "attribution_factor", "realisation_factor", "other_factor")
    product = 1.0
    for name in factors:
        product *= float(teams[name])
    assert round(product, 2) == float(teams["amount_point"]) == 28_800.0
    assert "360 of the quarter" in texts(app)
    assert "720 of the baseline" in texts(app)


def test_figures_name_who_answers_for_them_and_which_version_holds(
    reference_folder: Path, open_page: Opener
) -> None:
    app = page(open_page, reference_folder)
    figures = next(frame.value for frame in app.dataframe if "valid_from" in frame.value)
    salary = figures[figures["figure"] == "Salary"].iloc[0]
    assert (salary["likely"], salary["owner"], salary["version"]) == (150_000, "finance", 1)
    assert "defaults that nobody has confirmed" in texts(app)


def test_lines_without_their_figures_are_named_with_what_is_missing_and_are_no_zeros(
    tmp_path: Path, open_page: Opener
) -> None:
    published(tmp_path, ledger=())
    app = page(open_page, tmp_path)
    said = texts(app)
    assert "nobody stated salary" in said
    assert "could not be computed" in said
    lines = next(frame.value for frame in app.dataframe if "line_id" in frame.value)
    assert "B1" not in set(lines["line_id"])


def test_a_source_that_the_gate_refuses_gives_no_headline(tmp_path: Path, open_page: Opener) -> None:
    rows = given()
    for covered in rows["coverage"]:
        # 51 of the 92 days of the quarter are known.
        covered["to_at"] = "2025-11-21T00:00:00Z"
    published(tmp_path, rows)
    said = texts(page(open_page, tmp_path))
    assert "the net cannot be stated" in said
    assert "A source behind it is refused." in said
    assert "71,800" not in said


def test_frozen_files_are_offered_and_a_restatement_shows_its_bridge(
    tmp_path: Path, open_page: Opener
) -> None:
    published(tmp_path)
    assert "Q4 2025 is not frozen" in texts(page(open_page, tmp_path))
    config = ("--config", str(tmp_path / "config.yaml"))
    freezing = ("report", "--quarter", QUARTER, *config)
    assert run_payoff(*freezing, "--output", str(tmp_path / "first")).exit_code == 0
    app = page(open_page, tmp_path)
    assert "Q4 2025 is frozen" in texts(app)
    offered = {button.proto.label for button in app.get("download_button")}
    assert f"roi_lines_{QUARTER}.csv" in offered
    assert "inputs.json" not in offered
    # Realisation 0.6 instead of 0.5: 37,800 and 5,760 more.
    published(tmp_path, ledger=[stated("realisation", 0.6)], edition=2)
    restating = ("--restate", "--reason", "finance measured it", "--output", str(tmp_path / "second"))
    assert run_payoff(*freezing, *restating).exit_code == 0
    app = page(open_page, tmp_path)
    said = texts(app)
    assert "Q4 2025 was restated: version 2 holds" in said
    assert "restated because: finance measured it" in said
    assert "Against version 1 the net moved by 43,560" in said
    bridge = next(frame.value for frame in app.dataframe if "why" in frame.value)
    assert set(bridge["line_id"]) == {"B1", "B2"}
    (tmp_path / "data" / "reports" / QUARTER / "v2" / f"roi_bridge_{QUARTER}.csv").write_text("changed")
    errors = " ".join(error.value for error in page(open_page, tmp_path).error)
    assert "is not what was frozen" in errors


def test_without_any_money_the_page_says_what_to_supply(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "roi")
    assert not app.exception
    assert "could not be computed" in texts(app)


def test_without_a_snapshot_it_says_which_command_to_run(tmp_path: Path, open_page: Opener) -> None:
    app = open_page(tmp_path / "nothing", "roi")
    assert not app.exception
    assert "payoff collect" in " ".join(code.value for code in app.code)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def fill(app: AppTest, label: str, value: object) -> None:
    widgets = (*app.text_input, *app.number_input, *app.selectbox)
    next(widget for widget in widgets if widget.label == label).set_value(value)


def test_a_figure_is_entered_with_its_reason_waits_and_is_taken_back(
    reference_folder: Path, open_page: Opener, let_in: Let
) -> None:
    commands = DashboardCommands(load_config(reference_folder / "config.yaml"), utc_now, lambda: None)
    provide(commands)
    try:
        let_in(Visitor("none", "admin"))
        app = page(open_page, reference_folder)
        fill(app, "Figure", "realisation")
        app = press(app.run(), "Enter the figure")
        assert [error.value for error in app.error] == [
            "Why is missing; a figure of the ledger is changed with the reason."
        ]
        fill(app, "Likely, share", 0.4)
        fill(app, "Low, share", 0.2)
        fill(app, "Why", "measured again")
        app = press(app, "Enter the figure")
        assert not app.exception
        assert not app.error
        said = texts(app)
        assert "1 entered and not yet published" in said
        assert "In Q4 2025 the platform returned EUR 71,800 more than it cost" in said
        held = read_ledger(commands._settings).in_force(date.max)["realisation", "*"]
        assert (held.values.low, held.values.likely, held.is_pending) == (0.2, 0.4, True)
        newest = next(box for box in app.selectbox if box.label == "Version that holds")
        fill(app, "Version that holds", next(one for one in newest.options if "ealisation" in one))
        next(w for w in app.text_input if w.label == "Why" and w.form_id == "take-back").set_value("a slip")
        app = press(app, "Take it back")
        assert not app.error
        assert "Taken back: " in texts(app)
        assert read_ledger(commands._settings).in_force(date.max)["realisation", "*"].values.likely == 0.5
    finally:
        provide(None)


def test_a_reader_is_told_who_may_edit_the_ledger(
    reference_folder: Path, open_page: Opener, provided: Provider, let_in: Let
) -> None:
    provided()
    let_in(Visitor("oidc", "platform", "Ann", "sub:1", datetime(2099, 1, 1, tzinfo=UTC)))
    app = page(open_page, reference_folder)
    assert "Editing the ledger needs the role admin; you have the role platform" in texts(app)
    assert "Enter the figure" not in [button.label for button in app.button]
