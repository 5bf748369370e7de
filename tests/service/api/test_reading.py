"""The read API over real HTTP: the figures of the command line, sources, reports, kept answers."""

import io
import json
from typing import Any

import pandas as pd
import pytest

from metrics.catalog import CATALOG
from tests.service.api.reading import (
    CLI_WINDOW,
    DEPLOYED,
    MONTH,
    SHARE,
    WINDOW,
    Reader,
    collect,
)
from tests.service.report_world import QUARTER
from warehouse.frozen import INPUTS

BOTH = ("--team", "shop", "--team", "platform")


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        ({"by": "team"}, ("--by", "team")),
        ({"by": "action", "period": "quarter"}, ("--by", "action", "--period", "quarter")),
        ({"by": "team", "team": ["shop", "platform"]}, ("--by", "team", *BOTH)),
        ({"period": "window", "minimum_n": 100000}, ("--period", "window", "--minimum-n", "100000")),
    ],
)
def test_csv_is_what_the_command_line_writes_byte_for_byte(
    reader: Reader, asked: dict[str, Any], options: tuple[str, ...]
) -> None:
    answer = reader.get(SHARE, format="csv", **WINDOW, **asked)
    assert answer.status_code == 200
    assert answer.content == reader.says("metrics", "self_service_share", *CLI_WINDOW, *options)
    assert len(answer.content.splitlines()) > 1
    assert answer.headers["content-disposition"].endswith('_2025-07-01_2026-01-01.csv"')


def test_json_holds_the_same_figures_with_their_meaning(reader: Reader) -> None:
    answer = reader.get(SHARE, by="team", period="window", **WINDOW).json()
    table = pd.read_csv(
        io.BytesIO(reader.get(SHARE, by="team", period="window", format="csv", **WINDOW).content)
    )
    assert [row["n"] for row in answer["figures"]] == list(table["n"])
    assert {"value", "n", "low", "high", "status", "is_stale"} <= set(answer["figures"][0])
    assert answer["metric"]["unit"] == CATALOG["self_service_share"].unit
    assert answer["snapshot"]["version"] == 1


def test_a_new_snapshot_shows_at_once(exports: Reader) -> None:
    tag = exports.get(DEPLOYED, **MONTH).headers["etag"]
    collect(exports, 5, 6, 7, 8, 9)
    again = exports.get(DEPLOYED, headers={"If-None-Match": tag}, **MONTH)
    assert (again.status_code, again.json()["snapshot"]["version"]) == (200, 2)
    assert again.json()["figures"][0]["n"] == 5


def test_a_source_says_how_new_it_is_and_how_it_ran(exports: Reader) -> None:
    found = {each["name"]: each for each in exports.get("/v1/sources").json()["sources"]}
    about = found["exports"]
    assert (about["kind"], about["last_runs"][0]["status"]) == ("files", "success")
    assert {each["resource"] for each in about["resources"]} == {"deployments", "changes", "incidents"}
    assert about["is_stale"] is True  # known until February 2025, asked a year later
    collect(exports, 7)
    (alone,) = exports.get("/v1/sources/exports").json()["sources"]
    assert len(alone["last_runs"]) == 2
    missing = exports.get("/v1/sources/export")
    assert (missing.status_code, "'exports'" in missing.json()["detail"]) == (404, True)


def test_an_answer_that_the_reader_has_is_not_sent_again(reader: Reader) -> None:
    for path in (SHARE, f"{SHARE}/evidence", "/v1/roi/2025-Q4", "/v1/sources"):
        first = reader.get(path)
        again = reader.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b""), path


def test_the_catalogue_says_what_each_metric_means(reader: Reader) -> None:
    found = {metric["name"]: metric for metric in reader.get("/v1/metrics").json()}
    assert list(found) == list(CATALOG)
    assert found["change_lead_time"]["parameters"]["clock"]["choices"]
    assert all(metric["definition"] and metric["unit"] and metric["version"] for metric in found.values())


def test_a_definition_holds_the_query_and_what_its_versions_changed(reader: Reader) -> None:
    found = reader.get("/v1/metrics/change_lead_time/definition").json()
    assert found["sql"] == CATALOG["change_lead_time"].sql
    assert len(found["history"]) == found["version"] - 1


def test_frozen_files_come_as_they_were_frozen(reader: Reader) -> None:
    (version,) = reader.get(f"/v1/reports/{QUARTER}").json()
    assert reader.get("/v1/reports").json() == [version]
    folder = reader.folder / "data" / "reports" / QUARTER / "v1"
    assert len(version["files"]) >= 4
    for file in version["files"]:
        answer = reader.get(f"/{file['path']}")
        assert answer.content == (folder / file["name"]).read_bytes()
        assert "attachment" in answer.headers["content-disposition"]
    assert reader.get(f"/v1/reports/{QUARTER}/1/files/{INPUTS}").status_code == 404
    assert reader.get(f"/v1/reports/{QUARTER}/1/files/..%2F1%2Fmanifest.json").status_code == 404
    assert reader.get("/v1/reports/2025-Q3").status_code == 404
    assert reader.get("/v1/reports/..").status_code in (404, 422)


def test_the_return_is_that_of_the_command_line(reader: Reader) -> None:
    wishes: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({}, ()),
        ({"self_service_share": 0.9}, ("--self-service-share", "0.9")),
    ]
    for asked, options in wishes:
        answer = reader.get("/v1/roi/2025-Q4", **asked)
        said = json.loads(reader.says("roi", "-q", "2025-Q4", "-f", "json", *options))
        assert answer.json()["roi"] == said
