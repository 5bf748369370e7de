"""The read API over real HTTP: the figures of the command line, every row once, and clear refusals."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.catalog import CATALOG
from metrics.quarters import quarter_named
from service.api.application import build_api
from service.api.served import Served
from service.configuration.config import load_config
from service.reports.reporting import Wish, publish_report
from service.running.pipeline import collect_and_publish
from service.running.snapshots import open_snapshot
from tests.service.api.http import serving
from tests.service.command import run_payoff
from tests.service.folders import DEPLOYMENTS, configured, deployment_rows, write_files
from tests.service.report_world import NOW, QUARTER, published
from warehouse.errors import StorageError
from warehouse.frozen import INPUTS
from warehouse.spool import Spool

TOKEN, OTHER = "token-of-the-reader", "token-of-prometheus"
TOKENS = """
api:
  tokens:
    - {name: reader, token: "${READER_TOKEN}", scopes: [read]}
    - {name: prometheus, token: "${OTHER_TOKEN}", scopes: [metrics]}
"""
WINDOW = {"start": "2025-07-01", "end": "2026-01-01"}
CLI_WINDOW = ("--start", WINDOW["start"], "--end", WINDOW["end"])
SHARE = "/v1/metrics/self_service_share"
BOTH = ("--team", "shop", "--team", "platform")


@dataclass
class Reader:
    """Who asks, and the configuration that the command line takes for the same snapshot."""

    client: httpx.Client
    config: Path
    folder: Path

    def get(self, path: str, token: str = TOKEN, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} | given.pop("headers", {})
        return self.client.get(path, params=given, headers=headers)

    def says(self, *arguments: str) -> bytes:
        result = run_payoff(*arguments, "--config", str(self.config))
        assert result.exit_code == 0, result.stderr
        return result.stdout_bytes


@pytest.fixture(scope="module")
def tokens() -> Iterator[None]:
    """The variables that the configuration names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READER_TOKEN", TOKEN)
        patch.setenv("OTHER_TOKEN", OTHER)
        yield


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, tokens: None) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reading")
    known = published(folder, config=TOKENS)
    with open_snapshot(known) as snapshot:
        publish_report(known, snapshot, Wish(quarter_named(QUARTER), accept="a test"), NOW)
    with serving(build_api(Served(known, clock=lambda: NOW))) as client:
        yield Reader(client, known.path, folder)


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


MONTH = {"start": "2025-01-01", "end": "2025-02-01"}
DEPLOYED = "/v1/metrics/deployment_frequency"


@pytest.fixture
def exports(tmp_path: Path, tokens: None) -> Iterator[Reader]:
    """A folder of files as the source, collected once: deployments on three days of January 2025."""
    known = configured(tmp_path, "sources: [{name: exports, kind: files, path: exports}]\n" + TOKENS)
    with serving(build_api(Served(known, clock=lambda: NOW))) as client:
        reader = Reader(client, known.path, tmp_path)
        collect(reader, 7, 8, 9)
        yield reader


def collect(reader: Reader, *days: int) -> None:
    write_files(
        reader.folder / "exports",
        deployments=DEPLOYMENTS + deployment_rows(*days),
        services="service_id,team_id\npay,money\n",
        teams="team_id\nmoney\n",
    )
    collect_and_publish(load_config(reader.config), clock=lambda: datetime(2025, 2, 1, tzinfo=UTC))


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


@pytest.mark.parametrize(
    ("path", "asked", "status", "words"),
    [
        ("/v1/metrics/self_servic_share", {}, 404, "Did you mean 'self_service_share'?"),
        ("/v1/metrics/self_servic_share/evidence", {}, 404, "Did you mean 'self_service_share'?"),
        (SHARE, {"tema": "alpha"}, 422, "tema"),
        (SHARE, {"by": "person"}, 422, "by"),
        (SHARE, {"by": "service"}, 422, "it takes: team"),
        (SHARE, {"start": "2025-13-01"}, 422, "start"),
        (SHARE, {"start": "2026-01-01", "end": "2025-01-01"}, 422, "ends"),
        (SHARE, {"start": "1970-01-01", "end": "2100-01-01"}, 422, "20 years"),
        (SHARE, {"team": "shops"}, 422, "There is no team 'shops' in this snapshot. Did you mean 'shop'?"),
        (SHARE, {"action": "fly"}, 422, "There is no action 'fly'"),
        ("/v1/metrics/change_lead_time", {"service": "x"}, 422, "There is no service 'x'"),
        ("/v1/metrics/change_lead_time", {"tier": "x"}, 422, "There is no tier 'x'"),
        (f"{SHARE}/evidence", {"by": "team", "scope": "shops"}, 422, "Did you mean 'shop'?"),
        (SHARE, {"parameter": "clock"}, 422, "name=value"),
        (SHARE, {"parameter": "clock=merged"}, 422, "no parameter 'clock'"),
        ("/v1/roi/2025-Q5", {}, 422, "is no quarter"),
        ("/v1/roi/2025-Q4", {"self_service_share": "nan"}, 422, "self_service_share"),
    ],
)
def test_refusals_say_what_is_wrong(
    reader: Reader, path: str, asked: dict[str, str], status: int, words: str
) -> None:
    answer = reader.get(path, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


def test_every_address_needs_the_scope_read(reader: Reader) -> None:
    for path in reading_paths(reader.client):
        concrete = path.replace("{version}", "1").replace("{quarter}", "2025-Q4").replace("{name}", "x")
        assert reader.client.get(concrete).status_code == 401, path
        assert reader.get(concrete, token=OTHER).status_code == 403, path


def test_without_a_snapshot_it_says_so(tmp_path: Path, tokens: None) -> None:
    known = configured(tmp_path, TOKENS)
    with serving(build_api(Served(known, clock=lambda: NOW))) as client:
        answer = Reader(client, known.path, tmp_path).get(SHARE)
    assert (answer.status_code, "Nothing is published" in answer.json()["detail"]) == (503, True)


def reading_paths(client: httpx.Client) -> dict[str, list[str]]:
    """The addresses that may be read by the API's own description, each with what it takes."""
    described = client.get("/openapi.json").json()["paths"]
    return {
        path: [each["name"] for each in methods["get"].get("parameters", [])]
        for path, methods in described.items()
        if "get" in methods and not path.startswith("/v1/actions")
    }


ODD = st.one_of(
    st.text(max_size=20).filter(lambda text: text not in (".", "..")),
    st.sampled_from(
        (
            *("", "0", "-1", "1e400", "nan", "9" * 40, "\x00", "'; DROP TABLE x --", "..%2f", "%00", "eyJ9"),
            *("0001-01-01", "9999-12-31", "2025-07-01", "2026-01-01", "2025-Q4", "FY9000-Q4", "9000-Q4"),
            *("self_service_share", "change_lead_time", "team", "week", "csv", "x=1", "clock=merged", "1"),
        )
    ),
    st.integers().map(str),
    st.dates().map(str),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_odd_values_never_make_it_fail(reader: Reader, data: st.DataObject) -> None:
    paths = reading_paths(reader.client)
    path = route = data.draw(st.sampled_from(sorted(paths)))
    names = [name for name in paths[path] if f"{{{name}}}" not in path and name != "if-none-match"]
    for name in ("name", "quarter", "version"):
        path = path.replace(f"{{{name}}}", quote(data.draw(ODD), safe=""))
    chosen = data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
    answer = reader.get(path, **{name: data.draw(ODD) for name in chosen})
    assert answer.status_code < 500, answer.text
    assert is_described(reader.client, route, answer), (route, answer.status_code, answer.headers)


def is_described(client: httpx.Client, route: str, answer: httpx.Response) -> bool:
    """Whether the description of the API knows such an answer of the route."""
    known = client.get("/openapi.json").json()["paths"][route]["get"]["responses"]
    return answer.headers["content-type"] in known.get(str(answer.status_code), {}).get("content", {})


def test_what_is_taken_along_is_noted_first_and_what_is_only_asked_is_not(reader: Reader) -> None:
    before = len(noted_by(reader))
    table = reader.get(SHARE, by="team", format="csv", team=["shop"], **WINDOW)
    rows = reader.get(f"{SHARE}/evidence", limit=3, **WINDOW)
    report = reader.get(f"/v1/reports/{QUARTER}").json()[0]["files"][0]["name"]
    reader.get(f"/v1/reports/{QUARTER}/1/files/{report}")
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
    assert reader.get(SHARE, **WINDOW).status_code == 200


def noted_by(reader: Reader) -> list[dict[str, Any]]:
    """The audit, the newest first."""
    found: list[dict[str, Any]] = json.loads(reader.says("audit", "--format", "json"))
    return found
