"""The files collector: what is read from a folder, when, and in which order."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.base import Context, Page, pseudonymiser
from collectors.errors import FatalError
from collectors.files import source as files
from warehouse.records import Cost, Coverage, Deployment, arrow_schema

KNOWN_ANSWERS = Path(__file__).parents[3] / "shared" / "known_answers"
PSEUDONYM = pseudonymiser(b"a test key")
DEPLOYMENTS = (
    "deployment_id,service_id,environment,status,finished_at\n"
    "d1,pay,production,success,2025-07-01T09:10:00Z\n"
    "d2,pay,staging,success,2025-07-02T09:10:00Z\n"
    "d3,pay,production,failure,2025-07-03T09:10:00Z\n"
    "d4,pay,production,in_progress,\n"
)
COVERAGE = "resource,scope_id,from_at,to_at\ndeployments,,2025-07-01T00:00:00Z,2025-08-01T00:00:00Z\n"


def source(folder: Path, **config: Any) -> files.FilesSource:
    context = Context(datetime(2025, 8, 1, tzinfo=UTC), folder, PSEUDONYM, lambda name: name == "production")
    return files.build("exports", files.Config(path=folder, **config), context)


def pages(folder: Path, cursor: Any = None, **config: Any) -> list[Page]:
    return list(source(folder, **config).resources()[0].pages(cursor))


def rows(folder: Path, table: str, **config: Any) -> list[dict[str, Any]]:
    found = [page.tables[table] for page in pages(folder, **config) if table in page.tables]
    return [row for part in found for row in part.to_pylist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deployments.csv").write_text(DEPLOYMENTS)
    (tmp_path / "coverage.csv").write_text(COVERAGE)
    return tmp_path


def known(name: str) -> Path:
    if not (KNOWN_ANSWERS / name).is_dir():
        pytest.skip(f"{KNOWN_ANSWERS / name} is not there")
    return KNOWN_ANSWERS / name


def test_a_row_has_its_values_and_unknown_where_a_cell_or_column_is_missing(folder: Path) -> None:
    first, *_, last = rows(folder, "deployments")
    assert first == dict.fromkeys(first) | {
        "deployment_id": "d1",
        "service_id": "pay",
        "environment": "production",
        "status": "success",
        "finished_at": datetime(2025, 7, 1, 9, 10),  # noqa: DTZ001 - tables hold UTC without a zone
    }
    assert last["finished_at"] is None


def test_tables_have_the_schema_of_their_record(folder: Path) -> None:
    assert pages(folder)[0].tables["deployments"].schema == arrow_schema(Deployment)


def test_coverage_comes_last_and_without_a_scope_speaks_of_everything(folder: Path) -> None:
    july = datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC)
    assert [page.coverage for page in pages(folder)] == [(), (Coverage("deployments", *july, "*"),)]


def test_july_pay_is_read_with_its_offset_turned_to_utc() -> None:
    read = {row["deployment_id"]: row for row in rows(known("july_pay"), "deployments")}
    # d8 finished at 2025-07-16T00:05 five hours behind UTC.
    assert read["d8"]["finished_at"] == datetime(2025, 7, 16, 5, 5)  # noqa: DTZ001
    assert read["d8"]["started_at"] == datetime(2025, 7, 16, 4, 55)  # noqa: DTZ001
    assert (read["d4"]["reached_production"], read["d6"]["is_rollback"]) == (False, True)
    assert len(read) == 10


def test_july_pay_is_read_whole() -> None:
    counts = {name: t.num_rows for page in pages(known("july_pay")) for name, t in page.tables.items()}
    expected = {"teams": 1, "services": 1, "changes": 9, "deployments": 10, "deployment_changes": 13}
    assert counts == expected | {"incidents": 5}


def test_nine_rates_leaves_reached_production_unknown_for_staging() -> None:
    read = {row["deployment_id"]: row for row in rows(known("nine_rates"), "deployments")}
    assert (read["S1"]["reached_production"], read["A2"]["reached_production"]) == (None, True)


def test_an_unchanged_set_yields_no_page(folder: Path) -> None:
    assert pages(folder, pages(folder)[-1].cursor) == []


def test_a_cursor_survives_json(folder: Path) -> None:
    assert pages(folder, json.loads(json.dumps(pages(folder)[-1].cursor))) == []


def test_a_touched_file_with_the_same_bytes_yields_no_page(folder: Path) -> None:
    cursor = pages(folder)[-1].cursor
    os.utime(folder / "deployments.csv", (1, 1))
    assert pages(folder, cursor) == []


def test_only_the_changed_file_is_read_again(folder: Path) -> None:
    cursor = pages(folder)[-1].cursor
    (folder / "deployments.csv").write_text(DEPLOYMENTS.replace("in_progress,", "cancelled,"))
    again = pages(folder, cursor)
    assert [list(page.tables) for page in again] == [["deployments"]]
    assert pages(folder, again[-1].cursor) == []


def test_a_run_that_stopped_after_a_page_goes_on_with_the_other_files(folder: Path) -> None:
    first, *_ = pages(folder)
    rest = pages(folder, first.cursor)
    assert [page.coverage != () for page in rest] == [True]


def test_a_run_that_stopped_inside_a_file_reads_that_file_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PAGE_ROWS", 1)
    monkeypatch.setattr("collectors.files.parquet.BLOCK_ROWS", 1)
    (folder / "deployments.csv").unlink()
    pq.write_table(pa.table({k: ["a", "b"] for k in ("team_id", "name")}), folder / "teams.parquet")
    first, second, last = pages(folder)
    assert [p.tables["teams"].num_rows for p in (first, second)] == [1, 1]
    assert (first.done, second.done, last.done, last.total) == (1, 2, 3, 3)
    assert len(pages(folder, first.cursor)) == 3
    assert len(pages(folder, second.cursor)) == 1


def test_a_file_with_only_a_header_gives_an_empty_table_once(folder: Path) -> None:
    (folder / "incidents.csv").write_text("incident_id,started_at\n")
    assert rows(folder, "incidents") == []
    assert pages(folder, pages(folder)[-1].cursor) == []


def test_several_files_and_a_folder_make_one_table(folder: Path) -> None:
    header = DEPLOYMENTS.splitlines()[0]
    (folder / "deployments-2026.csv").write_text(f"{header}\nd5,pay,production,success,\n")
    (folder / "deployments").mkdir()
    (folder / "deployments" / "any name.ndjson").write_text(
        '{"deployment_id": "d6", "service_id": "pay", "environment": "production", "status": "success"}\n'
    )
    read = [row["deployment_id"] for row in rows(folder, "deployments")]
    assert sorted(read) == ["d1", "d2", "d3", "d4", "d5", "d6"]


def test_a_format_leaves_the_other_formats_unread(folder: Path) -> None:
    pq.write_table(pa.table({"team_id": ["A"]}), folder / "teams.parquet")
    assert [list(page.tables) for page in pages(folder, format="parquet")] == [["teams"]]


def test_people_become_pseudonyms_in_every_table_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "changes.csv").write_text("change_id,service_id,author\nc1,pay,Ada\nc2,pay,\nc3,pay,ada\n")
    (tmp_path / "team_members.csv").write_text("person,team_id\nada,A\n0123456789abcdef,A\n")
    (tmp_path / "commits.csv").write_text("repo_id,sha,committed_at,author\nr,1,2025-07-01T00:00:00Z,ada\n")
    ada = PSEUDONYM("ada")
    assert [row["author"] for row in rows(tmp_path, "changes")] == [ada, None, ada]
    assert [row["person"] for row in rows(tmp_path, "team_members")] == [ada, PSEUDONYM("0123456789abcdef")]
    assert [row["author"] for row in rows(tmp_path, "commits")] == [ada]


def test_focus_names_are_the_columns_of_costs(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text(
        "BillingCurrency,ChargePeriodStart,EffectiveCost,BilledCost,ServiceName,Tags,SubAccountId,"
        "ChargeCategory,ConsumedQuantity\n"
        'EUR,2025-07-01T00:00:00Z,12.5,14,Compute,"{""team"": ""A""}",acc,Usage,3\n'
    )
    (row,) = rows(tmp_path, "costs")
    assert row == {
        "billing_currency": "EUR",
        "charge_period_start": datetime(2025, 7, 1),  # noqa: DTZ001
        "effective_cost": 12.5,
        "billed_cost": 14.0,
        "service_name": "Compute",
        "tags": '{"team": "A"}',
        "sub_account_id": "acc",
        "charge_category": "Usage",
        "consumed_quantity": 3.0,
    }


def test_without_a_coverage_file_the_first_page_and_the_preview_say_what_to_write(folder: Path) -> None:
    (folder / "coverage.csv").unlink()
    (note,) = pages(folder)[0].skipped
    assert note.item == "coverage"
    assert "resource,scope_id,from_at,to_at" in note.reason
    finding = source(folder).preview().findings[-1]
    assert not finding.ok
    assert "not collected" in finding.text
    assert "coverage.csv" in finding.remedy


def test_a_file_with_a_misspelt_name_is_named_with_the_nearest_table(folder: Path) -> None:
    (folder / "incident.csv").write_text("x\n1\n")
    assert [note.item for note in pages(folder)[0].skipped] == ["incident.csv"]
    (finding,) = [f for f in source(folder).preview().findings if "incident.csv" in f.text]
    assert "incidents.csv" in finding.remedy


def test_the_preview_shows_what_counts_as_production_and_why_the_rest_does_not(folder: Path) -> None:
    seen = source(folder).preview()
    assert seen.counted["production deployments"] == ["production, success: 1 deployments, such as d1"]
    assert seen.not_counted["production deployments"] == [
        "production, failure: 1 deployments, such as d3 (failed, and reached_production is empty)",
        "production, in_progress: 1 deployments, such as d4 (still in progress)",
        "staging, success: 1 deployments, such as d2 (the environment is not configured as production)",
    ]
    assert seen.findings[0].text == "deployments.csv: 4 rows of deployments"


def test_an_extra_column_is_left_out_with_a_warning(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "teams.csv").write_text("team_id,colour\nA,red\n")
    assert "colour" not in rows(folder, "teams")[0]
    assert "file=teams.csv ignored_columns=colour" in caplog.text
    assert any("columns left out: colour" in f.text for f in source(folder).preview().findings)


def test_the_preview_of_a_bad_file_shows_its_errors_and_the_other_files(folder: Path) -> None:
    (folder / "teams.csv").write_text("team_id,engineers\nA,many\n")
    bad, *_ = [f for f in source(folder).preview().findings if not f.ok]
    assert "line 2, column engineers" in bad.text


@pytest.mark.parametrize("name", ["nowhere", "empty", "a file"])
def test_a_folder_without_tables_is_an_error_that_says_what_to_put_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").touch()
    with pytest.raises(FatalError, match=f'exports: .*{name}.*("path"|deployments.csv)'):
        pages(tmp_path / name)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_known_table_that_cannot_be_read_stops_the_source(tmp_path: Path, ending: str) -> None:
    if ending == "csv":
        (tmp_path / "teams.csv").mkdir()
        (tmp_path / "teams").mkdir()
        (tmp_path / "teams" / "x.csv").mkdir()
    else:
        (tmp_path / "teams.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(FatalError, match="teams"):
        pages(tmp_path)


def test_nothing_is_yielded_where_a_later_file_is_bad(folder: Path) -> None:
    (folder / "services.csv").write_text("service_id\npay\n")
    (folder / "incidents.csv").write_text("incident_id,started_at\ni1,yesterday\n")
    stream: Iterator[Page] = source(folder).resources()[0].pages(None)
    with pytest.raises(FatalError, match="nothing was loaded"):
        next(stream)


def test_deployment_ids_that_are_unique_per_service_only_are_told(folder: Path) -> None:
    (folder / "deployments.csv").write_text(
        "deployment_id,service_id,environment,status\n1,pay,production,success\n2,pay,production,success\n"
        "1,shop,production,success\n2,shop,production,success\n3,shop,production,success\n"
    )
    (note,) = pages(folder)[0].skipped
    said = "deployments.csv: 2 rows have the deployment_id of a row before them, which they replace"
    assert (note.item, note.reason) == ("deployments.csv", said)
    assert [f.text for f in source(folder).preview().findings if not f.ok] == [said]


def test_keys_of_several_columns_repeat_only_as_a_whole(folder: Path) -> None:
    (folder / "changes.csv").write_text("change_id,service_id\n1,pay\n1,shop\n2,pay\n12,pa\n")
    (folder / "mandates.csv").write_text("team_id,action,from_on\nA,x,\nA,x,2025-01-01\nA,x,2025-01-02\n")
    assert pages(folder)[0].skipped == ()


def test_costs_of_one_key_are_added_up_and_unknown_stays_unknown(folder: Path) -> None:
    (folder / "costs.csv").write_text(
        "BillingCurrency,ChargePeriodStart,EffectiveCost,BilledCost,ConsumedQuantity,ServiceName\n"
        "EUR,2025-07-01T00:00:00Z,1.5,2,,Compute\n"
        "EUR,2025-07-01T00:00:00Z,2.5,3,7,Compute\n"
        "EUR,2025-07-01T00:00:00Z,4,5,7,Storage\n"
    )
    read = {row["service_name"]: row for row in rows(folder, "costs")}
    amounts = ("effective_cost", "billed_cost", "consumed_quantity")
    assert [read["Compute"][name] for name in amounts] == [4.0, 5.0, None]
    assert [read["Storage"][name] for name in amounts] == [4.0, 5.0, 7.0]
    assert pages(folder)[-2].tables["costs"].schema == arrow_schema(Cost)
