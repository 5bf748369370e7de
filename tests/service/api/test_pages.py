"""Pages of figures and rows: everything comes once, from the snapshot of the first page."""

import json
from typing import Any

import pytest

from tests.service.api.reading import CLI_WINDOW, DEPLOYED, MONTH, SHARE, TOKEN, WINDOW, Reader, collect


@pytest.mark.parametrize("limit", [97, 5000])
def test_pages_hold_every_row_of_the_command_line_once(reader: Reader, limit: int) -> None:
    options = (*CLI_WINDOW, "--by", "team", "--evidence", "-f", "json")
    expected = json.loads(reader.says("metrics", "self_service_share", *options))
    pages: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = reader.get(f"{SHARE}/evidence", by="team", limit=limit, cursor=cursor, **WINDOW)
        assert ("link" in answer.headers) == (answer.json()["next"] is not None)
        pages += answer.json()["rows"]
        cursor = answer.json()["next"]
    assert pages == expected
    assert len(pages) > 97


def test_the_next_page_is_linked_and_narrowed_to_the_same_cell(reader: Reader) -> None:
    asked: dict[str, Any] = {
        "by": "team",
        "period": "quarter",
        "period_start": "2025-10-01",
        "limit": 2,
        **WINDOW,
    }
    first = reader.get(f"{SHARE}/evidence", **asked)
    target = first.headers["link"].split(">")[0].removeprefix("<")
    second = reader.client.get(f"{SHARE}/evidence{target}", headers={"Authorization": f"Bearer {TOKEN}"})
    rows = first.json()["rows"] + second.json()["rows"]
    assert {row["period_start"] for row in rows} == {"2025-10-01"}
    assert len(rows) == 4


def test_pages_of_figures_hold_every_figure_once(reader: Reader) -> None:
    asked: dict[str, Any] = {"by": "team", "period": "week", **WINDOW}
    whole = reader.get(SHARE, **asked).json()
    assert whole["next"] is None
    pages: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = reader.get(SHARE, limit=20, cursor=cursor, **asked)
        assert ("link" in answer.headers) == (answer.json()["next"] is not None)
        pages += answer.json()["figures"]
        cursor = answer.json()["next"]
    assert len(pages) > 20
    assert pages == whole["figures"]
    table = reader.get(SHARE, format="csv", limit=7, **asked).content.splitlines()
    assert table == reader.get(SHARE, format="csv", **asked).content.splitlines()[:8]


def test_cursor_of_another_question_or_of_nobody_is_refused(reader: Reader) -> None:
    cursor = reader.get(f"{SHARE}/evidence", by="team", limit=1, **WINDOW).json()["next"]
    other = reader.get(f"{SHARE}/evidence", by="action", limit=1, cursor=cursor, **WINDOW)
    assert (other.status_code, "another question" in other.json()["detail"]) == (422, True)
    assert reader.get(f"{SHARE}/evidence", by="team", cursor="bm9uZQ==", **WINDOW).status_code == 422


def test_pages_go_on_in_the_snapshot_that_they_began_in(exports: Reader) -> None:
    first = exports.get(f"{DEPLOYED}/evidence", limit=2, **MONTH).json()
    collect(exports, 5, 6, 7, 8, 9)
    second = exports.get(f"{DEPLOYED}/evidence", limit=2, cursor=first["next"], **MONTH).json()
    ids = [row["deployment_id"] for row in first["rows"] + second["rows"]]
    assert (ids, second["next"]) == (["pay-7", "pay-8", "pay-9"], None)
    assert len(exports.get(f"{DEPLOYED}/evidence", **MONTH).json()["rows"]) == 5


def test_cursor_of_a_snapshot_that_is_gone_is_410(exports: Reader) -> None:
    cursor = exports.get(f"{DEPLOYED}/evidence", limit=2, **MONTH).json()["next"]
    for _ in range(4):  # three snapshots are kept, and two open
        collect(exports, 5, 6, 7, 8, 9)
        exports.get(DEPLOYED, **MONTH)
    assert exports.get(f"{DEPLOYED}/evidence", limit=2, cursor=cursor, **MONTH).status_code == 410
