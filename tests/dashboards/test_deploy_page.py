"""The form of an action: messages at the fields, the diff first, the run until it is committed."""

import time
from contextvars import Context
from inspect import unwrap
from pathlib import Path
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from actions.errors import PolicyError
from actions.runs import Run, Stage
from dashboards.access.visitor import Visitor
from dashboards.self_service import run_status
from dashboards.self_service.run_status import way_of
from dashboards.words.locale import in_use
from tests.actions.asked import IMAGE
from tests.dashboards.conftest import Let, Opener, Provider
from tests.dashboards.test_pages import texts


def fill(app: AppTest, **texts: str) -> None:
    for label, text in texts.items():
        widget = next(w for w in (*app.text_input, *app.selectbox) if w.label == f"{label} *")
        widget.set_value(text)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_a_dashboard_without_a_service_deploys_nothing(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "deploy")
    assert not app.exception
    assert "payoff serve" in app.info[-1].value
    assert not app.main.button


def test_a_dashboard_beyond_this_machine_says_which_doors_are_open(
    small_organisation: Path, open_page: Opener, provided: Provider, let_in: Let
) -> None:
    provided()
    let_in(Visitor("none", "viewer"))
    app = open_page(small_organisation, "deploy")
    assert "no login" in app.info[-1].value
    assert not app.main.button


def test_without_a_repository_the_page_says_how_to_begin(
    small_organisation: Path, open_page: Opener, provided: Provider
) -> None:
    provided("actions: {repository: {url: ''}}\n")
    app = press(open_page(small_organisation, "deploy"), "Create")
    assert not app.exception
    assert "name is missing" in texts(app).lower() or "actions.repository.url" in app.error[0].value


def test_what_is_wrong_is_said_at_its_field(
    small_organisation: Path, open_page: Opener, provided: Provider
) -> None:
    provided()
    app = open_page(small_organisation, "deploy")
    fill(app, Name="Not A Name", Team="payments")
    app = press(app, "Create")
    assert not app.exception
    said = texts(app)
    assert "Name 'Not A Name' is not valid" in said
    assert "Image is missing" in said
    assert "Team" not in [line.split()[1] for line in said.split(":material/error:")[1:] if line.split()[1:]]
    assert "No run yet" in said


def test_the_diff_comes_first_and_the_run_is_followed(
    small_organisation: Path, open_page: Opener, provided: Provider
) -> None:
    commands = provided()
    app = open_page(small_organisation, "deploy")
    fill(app, Name="basket", Team="checkout", Image=IMAGE)
    app = press(app, "Show the diff")
    assert not app.exception
    assert "lines would be added" in texts(app)
    assert any("services/basket/" in code.value for code in app.code)
    app = press(app, "Create")
    while not all(run.is_ended for run in commands.runs(Visitor("none", "admin"))):
        time.sleep(0.05)
    app.run()
    assert not app.exception
    said = texts(app)
    assert "basket: create is committed" in said
    assert "committed ·" in said
    assert "synced · not reported" in said
    assert next(f.value for f in app.dataframe if "service" in f.value)["service"].to_list() == ["basket"]


@pytest.mark.parametrize(
    ("stages", "ends_at", "way"),
    [
        (
            ["requested"],
            "healthy",
            ["requested now", "approved ahead", "committed ahead", "synced ahead", "healthy ahead"],
        ),
        (
            ["requested", "awaiting_approval", "rejected"],
            "committed",
            ["requested done", "awaiting_approval done", "rejected bad"],
        ),
        (
            ["requested", "approved", "proposed"],
            "committed",
            [
                *("requested done", "approved done", "proposed now"),
                *("committed ahead", "synced ahead", "healthy ahead"),
            ],
        ),
        (
            ["requested", "approved", "committed"],
            "committed",
            ["requested done", "approved done", "committed done", "synced unseen", "healthy unseen"],
        ),
    ],
)
def test_the_way_of_a_run_shows_where_it_is_and_what_is_ahead(
    stages: list[Stage], ends_at: Stage, way: list[str]
) -> None:
    times = {stage: f"2025-12-01T10:0{i}:00+00:00" for i, stage in enumerate(stages)}
    run = Run("r", "k", "a", "1.0.0", "create", {}, "p", stages[-1], times, ends_at=ends_at)
    assert [f"{stage} {state}" for stage, state in way_of(run)] == way


def test_a_run_that_is_looked_at_again_is_written_in_the_locale_of_its_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Streamlit draws it in a new thread, in which the page itself does not run.
    written: list[str] = []
    monkeypatch.setattr(run_status, "show_run", lambda *_: written.append(in_use().name))
    commands = Mock(**{"run.return_value.is_ended": False})
    visitor = Visitor("none", "admin")
    Context().run(unwrap(run_status._following), commands, visitor, "run", "UTC", "de-DE")
    assert written == ["de-DE"]


def test_a_run_that_may_not_be_looked_at_any_more_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(run_status.st, "error", lambda text, **_: said.append(text))
    commands = Mock(**{"run.side_effect": PolicyError(["The login has expired."])})
    visitor = Visitor("oidc", "platform", "Ann", "sub:1")
    Context().run(unwrap(run_status._following), commands, visitor, "run", "UTC", "en")
    assert "The login has expired." in said[0]
