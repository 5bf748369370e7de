"""What a page gives is noted first; who may read the notes sees them on the page on the data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.access.audit import Deed, Noted, provide_audit
from dashboards.access.visitor import DeniedError, Visitor, require
from dashboards.page.downloads import noted
from tests.dashboards.conftest import Let, Opener
from tests.dashboards.test_pages import texts
from warehouse.errors import StorageError

LATER = datetime(2099, 1, 1, tzinfo=UTC)
ADA = Visitor("oidc", "admin", "Ada", "sub:3", LATER)
SHEET = Deed("export", "payoff_delivery.csv", "2026-01-01/2026-04-01", 12)


class Notebook:
    """An audit in memory; ``is_full`` is a disk without room."""

    def __init__(self) -> None:
        self.deeds: list[tuple[Visitor, Deed]] = []
        self.is_full = False

    def note(self, visitor: Visitor, deed: Deed) -> None:
        if self.is_full:
            raise StorageError("the event was not stored")
        self.deeds.append((visitor, deed))

    def newest(self, visitor: Visitor, limit: int) -> Sequence[Noted]:
        require(visitor, "read_audit")
        at = datetime(2026, 3, 2, 12, tzinfo=UTC)
        return [Noted(at, "0123456789abcdef", v.role or "", "page", deed) for v, deed in self.deeds]


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    made = Notebook()
    provide_audit(made)
    yield made
    provide_audit(None)


def test_a_file_is_noted_before_it_is_made(notebook: Notebook) -> None:
    assert noted(ADA, SHEET, lambda: b"when made, %d noted" % len(notebook.deeds)) == b"when made, 1 noted"
    assert notebook.deeds == [(ADA, SHEET)]


def test_what_cannot_be_noted_is_never_made(notebook: Notebook) -> None:
    notebook.is_full, made = True, []
    with pytest.raises(StorageError):
        noted(ADA, SHEET, lambda: bytes(made.append(1) or 1))  # type: ignore[func-returns-value]
    assert not made


def test_a_button_that_was_drawn_before_the_login_ended_gives_nothing(notebook: Notebook) -> None:
    with pytest.raises(DeniedError, match="expired"):
        noted(replace(ADA, until=datetime(2020, 1, 1, tzinfo=UTC)), SHEET, lambda: b"")
    assert notebook.deeds == []


@pytest.mark.parametrize(("role", "sees"), [("admin", True), ("platform", False), ("viewer", False)])
def test_the_audit_is_for_admins(
    small_organisation: Path, open_page: Opener, let_in: Let, notebook: Notebook, role: str, sees: bool
) -> None:
    notebook.note(ADA, SHEET)
    notebook.note(replace(ADA, role="viewer"), replace(SHEET, action="deploy"))
    let_in(replace(ADA, role=role))  # type: ignore[arg-type]
    app = open_page(small_organisation, "data_health")
    assert not app.exception
    assert ("1 export and 1 change by 1 person" in texts(app)) is sees
    assert any("window and filter" in frame.value for frame in app.dataframe) is sees
