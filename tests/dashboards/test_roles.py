"""Pages for people of each role, and the two doors in front of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.access.visitor import DeniedError, Visitor
from dashboards.page.data import open_facts
from tests.dashboards.conftest import Let, Opener, Provider
from tests.dashboards.test_pages import texts

LATER = datetime(2099, 1, 1, tzinfo=UTC)


def test_a_viewer_reads_and_is_named_with_the_role_and_the_way_out(
    small_organisation: Path, open_page: Opener, let_in: Let
) -> None:
    let_in(Visitor("oidc", "viewer", "Ann *Ahn*", "sub:1", LATER))
    app = open_page(small_organisation)
    assert not app.exception
    assert "Executive overview" in texts(app)
    assert any("Ann \\*Ahn\\*" in caption.value and "Role viewer" in caption.value for caption in app.caption)
    assert [button.label for button in app.button if button.key == "logout"] == ["Log out"]


def test_where_there_is_no_login_nobody_is_named(
    small_organisation: Path, open_page: Opener, let_in: Let
) -> None:
    let_in(Visitor("none", "admin"))
    app = open_page(small_organisation)
    assert not [button for button in app.button if button.key == "logout"]


def test_who_has_no_role_sees_who_they_are_what_is_missing_and_no_figure(
    small_organisation: Path, open_page: Opener, let_in: Let
) -> None:
    let_in(Visitor("oidc", None, "Zoe", "sub:2", LATER))
    app = open_page(small_organisation)
    assert not app.exception
    assert app.title[0].value == "This needs the role viewer"
    assert "Zoe" in app.markdown[0].value
    assert [button.key for button in app.button] == ["logout"]
    assert not app.metric
    assert not app.sidebar.selectbox


@pytest.mark.parametrize(
    ("visitor", "labels", "said"),
    [
        (Visitor("oidc", None), ["Log in"], "come back here"),
        (Visitor("oidc", None, problem="The login has expired. Log in again."), ["Log in"], "expired"),
        (Visitor("proxy", None, problem="The proxy names nobody."), [], "names nobody"),
    ],
)
def test_who_is_not_logged_in_sees_the_login_and_no_figure(
    small_organisation: Path, open_page: Opener, let_in: Let, visitor: Visitor, labels: list[str], said: str
) -> None:
    let_in(visitor)
    app = open_page(small_organisation, "delivery")
    assert not app.exception
    assert app.title[0].value == "Payoff"
    assert [button.label for button in app.button] == labels
    assert said in texts(app) + " ".join(w.value for w in app.warning)
    assert not app.metric
    assert "Small organisation" not in texts(app)


def test_a_page_that_forgets_to_ask_gets_no_figure_either(let_in: Let) -> None:
    let_in(Visitor("oidc", None, "Zoe", "sub:2", LATER))
    with pytest.raises(DeniedError, match="role viewer"):
        open_facts()


@pytest.mark.parametrize(("role", "may_deploy"), [("viewer", False), ("platform", True), ("admin", True)])
def test_the_form_of_an_action_is_for_the_platform_team(
    small_organisation: Path,
    open_page: Opener,
    provided: Provider,
    let_in: Let,
    role: str,
    may_deploy: bool,
) -> None:
    provided()
    let_in(Visitor("oidc", role, "Ann", "sub:1", LATER))  # type: ignore[arg-type]
    app = open_page(small_organisation, "deploy")
    assert not app.exception
    assert ("Create" in [button.label for button in app.button]) is may_deploy
    if not may_deploy:
        assert "Deploying needs the role platform" in app.info[-1].value
