"""What readers of the API take along is noted before it is given."""

import json
from typing import Any

import pytest

from tests.service.api.reading import SHARE, WINDOW, Reader
from tests.service.report_world import QUARTER
from warehouse.errors import StorageError
from warehouse.spool import Spool


def test_what_is_taken_along_is_noted_first_and_what_is_only_asked_is_not(reader: Reader) -> None:
    before = len(noted_by(reader))
    table = reader.get(SHARE, by="team", format="csv", team=["shop"], **WINDOW)
    rows = reader.get(f"{SHARE}/evidence", limit=3, **WINDOW)
    report = reader.get(f"/v1/reports/{QUARTER}").json()[0]["files"][0]["name"]
    reader.get(f"/v1/reports/{QUARTER}/1/files/{report}")
    reader.get(f"/v1/roi/{QUARTER}", self_service_share=0.5)
    reader.get(SHARE, by="team", **WINDOW)
    reader.get(
        SHARE,
        by="team",
        format="csv",
        team=["shop"],
        headers={"If-None-Match": table.headers["etag"]},
        **WINDOW,
    )
    noted = noted_by(reader)[: len(noted_by(reader)) - before]
    money, *noted = noted
    assert money["subject"] == f"return on investment {QUARTER}"
    assert money["detail"] == "if 0.5 of requests went by self-service"
    assert [row["subject"] for row in noted] == [
        report,
        "self_service_share evidence",
        "payoff_self_service_share_by_team_2025-07-01_2026-01-01.csv",
    ]
    assert noted[1]["n_rows"] == len(rows.json()["rows"])
    assert noted[2]["detail"] == "2025-07-01/2026-01-01 by team, month teams=shop"
    assert {(row["through"], row["action"], len(row["person"])) for row in noted} == {("api", "export", 16)}


def test_what_cannot_be_noted_is_not_given(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(spool: Spool, kind: str, payload: str) -> int:
        raise StorageError("the disk is full")

    monkeypatch.setattr(Spool, "append", full)
    assert reader.get(SHARE, format="csv", **WINDOW).status_code == 503
    assert reader.get(f"{SHARE}/evidence", **WINDOW).status_code == 503
    assert reader.get(f"/v1/roi/{QUARTER}").status_code == 503
    assert reader.get(SHARE, **WINDOW).status_code == 200


def noted_by(reader: Reader) -> list[dict[str, Any]]:
    """The audit, the newest first."""
    found: list[dict[str, Any]] = json.loads(reader.says("audit", "--format", "json"))
    return found
