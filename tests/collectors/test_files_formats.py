"""The same rows in CSV, Parquet and NDJSON are the same records, whichever way they are read."""

import csv
import json
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.files.blocks import TableFile
from collectors.files.columns import CellError, convert, time_of
from collectors.files.csv import CsvFile
from collectors.files.ndjson import NdjsonFile
from collectors.files.parquet import ParquetFile
from tests.collectors.test_files import pages, rows
from warehouse.records import BY_TABLE, Change, Field, Record, SurveyInvitation, arrow_schema, fields_of

_ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=12)
_VALUES: dict[type, st.SearchStrategy[Any]] = {
    str: _TEXT,
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(-(10**17), 10**17),
    bool: st.booleans(),
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=_ZONES),  # noqa: DTZ001
    date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
}


def _cell(field: Field) -> st.SearchStrategy[Any]:
    values = st.sampled_from(field.choices) if field.choices else _VALUES[field.type]
    return values if field.required else st.none() | values


def _rows(record: type[Record]) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({f.name: _cell(f) for f in fields_of(record) if f.name != "author"})
    return st.lists(row, min_size=1, max_size=6)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _stored(value: Any) -> Any:
    """What the warehouse holds: times in UTC without a zone."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _write_csv(folder: Path, table: str, given_rows: list[dict[str, Any]]) -> None:
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(given_rows[0])
        writer.writerows([_text(row[name]) for name in given_rows[0]] for row in given_rows)


def _write_ndjson(folder: Path, table: str, given_rows: list[dict[str, Any]]) -> None:
    lines = (json.dumps({k: v for k, v in row.items() if v is not None}, default=_text) for row in given_rows)
    (folder / f"{table}.ndjson").write_text("\n".join(lines), encoding="utf-8")


def _write_parquet(folder: Path, table: str, given_rows: list[dict[str, Any]]) -> None:
    schema = arrow_schema(BY_TABLE[table])
    zoned = [
        pa.field(f.name, pa.timestamp("us", "Europe/Berlin") if pa.types.is_timestamp(f.type) else f.type)
        for f in schema
        if f.name in given_rows[0]
    ]
    pq.write_table(pa.Table.from_pylist(given_rows, pa.schema(zoned)), folder / f"{table}.parquet")


def _write_parquet_text(folder: Path, table: str, given_rows: list[dict[str, Any]]) -> None:
    text = [{name: _text(value) for name, value in row.items()} for row in given_rows]
    pq.write_table(pa.Table.from_pylist(text), folder / f"{table}.parquet", use_dictionary=True)


@pytest.mark.parametrize("write", [_write_csv, _write_ndjson, _write_parquet, _write_parquet_text])
@pytest.mark.parametrize("table", ["deployments", "changes", "survey_invitations", "ownership", "inputs"])
@settings(max_examples=10)
@given(data=st.data())
def test_valid_rows_survive_in_every_format(write: Any, table: str, data: st.DataObject) -> None:
    given_rows = data.draw(_rows(BY_TABLE[table]))
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), table, given_rows)
        read = rows(Path(name), table)
    for row in read:
        row.pop("author", None)
    assert read == [{name: _stored(value) for name, value in row.items()} for row in given_rows]


@settings(max_examples=30)
@given(given_rows=_rows(Change))
def test_the_fast_and_the_exact_way_read_the_same_cells(given_rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        _write_csv(Path(name), "changes", given_rows)
        _write_ndjson(Path(name), "changes", given_rows)
        _write_parquet(Path(name), "changes", given_rows)
        files: list[TableFile] = [
            CsvFile(Path(name) / "changes.csv"),
            NdjsonFile(Path(name) / "changes.ndjson"),
            ParquetFile(Path(name) / "changes.parquet"),
        ]
        for file in files:
            assert _cells(file, fast=True) == _cells(file, fast=False)


def _cells(file: TableFile, *, fast: bool) -> list[dict[str, Any]]:
    names = sorted(file.names())
    blocks = file.fast(names) if fast else file.exact(names)
    return [{name: column.to_pylist() for name, column in block.columns.items()} for block in blocks]


_TIMES = st.from_regex(
    r"(2025|0000|9999)-(01|02|13)-(01|29|31)[T ]?(\d\d)?(:\d\d)?(:\d\d)?([.,]\d{1,7})?"
    r"(Z|z|[+-]\d\d(:?\d\d)?)?",
    fullmatch=True,
)


@settings(max_examples=200)
@given(text=_TIMES)
def test_a_time_reads_the_same_alone_and_beside_a_bad_one(text: str) -> None:
    """Whole columns and single cells follow one rule, or a bad row would change what the others mean."""
    field, target = Field("at", datetime, False, ()), pa.timestamp("us")
    column, bad = convert(pa.array([text], pa.string()), field, target)
    try:
        assert column.to_pylist() == [time_of(text)]
        assert not bad
    except CellError:
        assert len(bad) == 1


def test_whole_numbers_that_a_data_frame_wrote_as_decimals_are_whole_numbers(tmp_path: Path) -> None:
    (tmp_path / "survey_invitations.csv").write_text("survey_id,team_id,invited\ns,A,12.0\ns,B,7\n")
    assert [row["invited"] for row in rows(tmp_path, SurveyInvitation.table)] == [12, 7]


def test_parquet_categories_large_text_and_numeric_identifiers_are_read(tmp_path: Path) -> None:
    table = pa.table(
        {
            "team_id": pa.array([1, 2]),
            "name": pa.array(["A", "A"]).dictionary_encode(),
            "parent_team_id": pa.array(["1", ""], pa.large_string()),
            "engineers": pa.array([8, None], pa.int32()),
            "is_platform_team": pa.array([1, 0], pa.int8()),
            "onboarded_at": pa.array([None, None], pa.null()),
        }
    )
    pq.write_table(table, tmp_path / "teams.parquet")
    one, two = rows(tmp_path, "teams")
    assert (one["team_id"], one["name"], one["parent_team_id"], two["parent_team_id"]) == (
        "1",
        "A",
        "1",
        None,
    )
    assert (one["engineers"], two["engineers"], one["onboarded_at"]) == (8.0, None, None)
    assert (one["is_platform_team"], two["is_platform_team"]) == (True, False)


def test_nanosecond_timestamps_are_cut_to_microseconds(tmp_path: Path) -> None:
    at = pa.array([1_751_361_000_123_456_789], pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table({"team_id": ["A"], "onboarded_at": at}), tmp_path / "teams.parquet")
    # 1,751,361,000 s after 1970 is 2025-07-01T09:10:00Z.
    assert rows(tmp_path, "teams")[0]["onboarded_at"] == datetime(2025, 7, 1, 9, 10, 0, 123_456)  # noqa: DTZ001


def test_a_key_that_first_appears_late_in_ndjson_is_read(tmp_path: Path) -> None:
    lines = ['{"team_id": "A"}'] * 1_500 + ['{"team_id": "B", "name": "late"}']
    (tmp_path / "teams.ndjson").write_text("\n".join(lines))
    assert rows(tmp_path, "teams")[-1]["name"] == "late"


def test_tags_of_costs_may_be_an_object_or_a_map(tmp_path: Path) -> None:
    (tmp_path / "costs.ndjson").write_text(
        '{"BillingCurrency": "EUR", "ChargePeriodStart": "2025-07-01T00:00:00Z", "EffectiveCost": 1,'
        ' "Tags": {"team": "A"}}\n'
    )
    (tmp_path / "other").mkdir()
    tags = pa.array([[("team", "A")]], pa.map_(pa.string(), pa.string()))
    at = pa.array([datetime(2025, 7, 1, tzinfo=UTC)])
    columns = {"BillingCurrency": ["EUR"], "ChargePeriodStart": at, "EffectiveCost": [1.0], "Tags": tags}
    pq.write_table(pa.table(columns), tmp_path / "other" / "costs.parquet")
    expected = '{"team": "A"}'
    assert [rows(folder, "costs")[0]["tags"] for folder in (tmp_path, tmp_path / "other")] == [expected] * 2


def test_a_parquet_file_read_in_parts_gives_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.files.parquet.BLOCK_ROWS", 3)
    monkeypatch.setattr("collectors.files.source.PAGE_ROWS", 5)
    pq.write_table(pa.table({"team_id": [str(i) for i in range(10)]}), tmp_path / "teams.parquet")
    parts = [page.tables["teams"]["team_id"].to_pylist() for page in pages(tmp_path)]
    assert parts == [["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9"]]
