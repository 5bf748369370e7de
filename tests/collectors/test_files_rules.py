"""The rules of neutral files: each broken rule is an error with file, line, column, value and remedy."""

import re
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.errors import FatalError
from collectors.files.find import TableSource
from collectors.files.read import examine
from tests.collectors.test_files import pages, rows
from warehouse.records import BY_TABLE

HEADER = "deployment_id,service_id,environment,status,finished_at,reached_production"
GOOD = "d1,pay,production,success,2025-07-01T09:10:00Z,true"


def problems(path: Path, table: str = "deployments") -> list[str]:
    return [str(problem) for problem in examine(TableSource(path, path.name, BY_TABLE[table])).problems]


def csv_problems(folder: Path, *lines: str, header: str = HEADER) -> list[str]:
    path = folder / "deployments.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    return problems(path)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "d2,pay,production,succes,,",
            'column status: "succes" is unknown here: write one of success, failure',
        ),
        ("d2,pay,production,Success,,", "did you mean success?"),
        ("d2,pay,production,success,2025-07-01T09:10:00,", "has no time zone: append Z"),
        ("d2,pay,production,success,2025-07-01,", "is a date, not a time"),
        ("d2,pay,production,success,01.07.2025 09:10,", "is not an ISO 8601 time"),
        ("d2,pay,production,success,2025-02-30T09:10:00Z,", "is not a time that exists"),
        ("d2,pay,production,success,2025-07-01T09:10:00+25:00,", "is not a time that exists"),
        ("d2,pay,production,success,0001-01-01T00:00:00+05:00,", "is not a time that exists"),
        ("d2,pay,production,success,1751361000,", "is not an ISO 8601 time"),
        ("d2,pay,production,success,,yes", 'column reached_production: "yes" is not a truth value'),
        (",pay,production,success,,", "column deployment_id: is required and empty"),
        ("d2,pay,production,,,", "column status: is required and empty"),
        ("d2,pay,production,success", "column finished_at: the row has 4 cells and the header 6"),
        ("d2,pay,production,success,,true,,", "column 7: the row has 8 cells and the header 6"),
    ],
)
def test_a_bad_cell_is_named_with_line_column_value_and_remedy(tmp_path: Path, row: str, said: str) -> None:
    (found,) = csv_problems(tmp_path, GOOD, row, GOOD)
    assert found.startswith("line 3, ")
    assert said in found


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("teams", "engineers", "1.234,5", "is not a number"),
        ("teams", "engineers", "$10,000.00 ", "no currency"),
        ("teams", "engineers", "nan", "is not a number"),
        ("teams", "engineers", "1e999", "too large"),
        ("teams", "engineers", " 8", "is not a number"),
        ("survey_invitations", "invited", "7.5", "is not a whole number"),
        ("survey_invitations", "invited", "0x10", "is not a whole number"),
        ("ownership", "from_on", "2025-07-01T00:00:00Z", "without a time"),
        ("ownership", "from_on", "2025-13-01", "is not a day that exists"),
    ],
)
def test_a_bad_number_or_date_is_named(
    tmp_path: Path, table: str, column: str, value: str, said: str
) -> None:
    names = {"teams": "team_id", "survey_invitations": "survey_id", "ownership": "service_id,team_id"}[table]
    ids = ",".join("x" for _ in names.split(","))
    path = tmp_path / f"{table}.csv"
    path.write_text(f'{names},{column}\n{ids},"{value}"\n')
    (found,) = problems(path, table)
    assert found.startswith(f'line 2, column {column}: "{value}" ')
    assert said in found


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2025-07-01T09:10:00Z", 0),
        ("2025-07-01 09:10Z", 0),
        ("2025-07-01T09:10:00z", 0),
        ("2025-07-01T11:10:00.5+02:00", 500_000),
        ("2025-07-01T04:10:00.000001-0500", 1),
        ("2025-07-01T14:40:00.1234567+05:30", 123_456),
        ("2025-07-01T12:10:00.123456789+03", 123_456),
    ],
)
def test_every_iso_time_with_a_zone_is_the_same_instant(tmp_path: Path, text: str, micros: int) -> None:
    assert csv_problems(tmp_path, f"d1,pay,production,success,{text},") == []
    (row,) = rows(tmp_path, "deployments")
    assert row["finished_at"].isoformat()[:19] == "2025-07-01T09:10:00"
    assert row["finished_at"].microsecond == micros


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("False", False), ("0", False)])
def test_truth_values(tmp_path: Path, text: str, value: bool) -> None:
    assert csv_problems(tmp_path, f"d1,pay,production,success,,{text}") == []
    assert rows(tmp_path, "deployments")[0]["reached_production"] is value


def test_lines_are_right_after_quoted_line_breaks_and_blank_lines(tmp_path: Path) -> None:
    # Line 2 and 3 are one row, 4 is blank, the bad row begins on 5 and ends on 6, the next is 7.
    found = csv_problems(
        tmp_path, '"d\n1",pay,production,success,,', "", '"d\n2",pay,production,bad,,', "d3,pay,,success,,"
    )
    assert [text.split(":")[0] for text in found] == ["line 5, column status", "line 7, column environment"]


def test_a_quoted_line_break_is_part_of_the_cell(tmp_path: Path) -> None:
    assert csv_problems(tmp_path, '"d\n1, ""x""",pay,production,success,,') == []
    assert rows(tmp_path, "deployments")[0]["deployment_id"] == 'd\n1, "x"'


def test_the_first_twenty_errors_come_in_order_of_lines_with_their_number(tmp_path: Path) -> None:
    csv_problems(tmp_path, *[f"d{i},pay,production,bad,yesterday,true" for i in range(30)])
    with pytest.raises(FatalError) as caught:
        pages(tmp_path)
    first, head, *listed = str(caught.value).splitlines()
    assert first == f"exports: nothing was loaded from {tmp_path}."
    assert head == f"{tmp_path / 'deployments.csv'}: 60 errors, the first 20:"  # 30 rows, two errors each
    assert len(listed) == 20
    assert listed[0].startswith("  deployments.csv, line 2, column ")
    assert listed[-1].startswith("  deployments.csv, line 11, column ")


def test_errors_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    csv_problems(tmp_path, "d1,pay,production,bad,,")
    (tmp_path / "teams.csv").write_text("team_id,engineers\nA,many\n")
    with pytest.raises(FatalError, match=r"(?s)teams.csv: 1 error:.*deployments.csv: 1 error:"):
        pages(tmp_path)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("deployment_id,service_id,environment,Status,finished_at,x", 'column status: .*missing.*"Status"'),
        ("deployment_id,service_id,environment,finished_at,finished_at,status", "finished_at: .* twice"),
        ("deployment_id;service_id;environment;status;finished_at;x", "deployment_id: .*missing"),
    ],
)
def test_a_bad_header_is_an_error(tmp_path: Path, header: str, said: str) -> None:
    found = csv_problems(tmp_path, GOOD, header=header)
    assert found[0].startswith("line 1, ")
    assert re.search(said, found[0])


def test_an_empty_file_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").touch()
    assert "column team_id: the required column is missing" in problems(tmp_path / "teams.csv", "teams")[0]


def test_bytes_that_are_not_utf8_are_located(tmp_path: Path) -> None:
    path = tmp_path / "teams.csv"
    path.write_bytes("team_id,name\nA,Alpha\nB,Köln\n".encode("latin-1"))
    assert problems(path, "teams") == [
        "line 3, column name: is not UTF-8 text: save the file in the encoding UTF-8"
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_bytes("\ufeffteam_id,name\r\nA,Köln\r\n".encode())
    assert rows(tmp_path, "teams")[0]["name"] == "Köln"


def test_an_error_in_a_cell_that_names_a_person_does_not_show_it(tmp_path: Path) -> None:
    path = tmp_path / "team_members.csv"
    path.write_bytes(b"person,team_id\nJos\xe9,A\n")
    assert problems(path, "team_members") == [
        "line 2, column person: is not UTF-8 text: save the file in the encoding UTF-8",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"team_id": "B"', "line 2, column 1: the line is not JSON"),
        ('["B"]', "line 2, column 1: the line is not a JSON object"),
        ('{"name": "B"}', "line 2, column team_id: is required and empty"),
        ('{"team_id": "B", "engineers": "a"}', 'line 2, column engineers: "a" is not a number'),
        ('{"team_id": "B", "engineers": NaN}', 'column engineers: "NaN" is not a number'),
        ('{"team_id": "B", "onboarded_at": 1751361000}', "is not an ISO 8601 time"),
        ('{"team_id": "\\ud800"}', "line 2, column 1: the line holds half a character"),
    ],
)
def test_a_bad_line_of_ndjson_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "teams.ndjson"
    path.write_text(f'{{"team_id": "A", "engineers": 8}}\n{line}\n\n{{"team_id": "C"}}\n')
    (found,) = problems(path, "teams")
    assert said in found


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([datetime(2025, 7, 1)], pa.timestamp("us")), "without a time zone"),  # noqa: DTZ001
        (pa.array([1.5]), "all rows, column onboarded_at: holds double: write timestamps with a time zone"),
        (
            pa.array(["2025-07-01T00:00:00"]),
            'row 1, column onboarded_at: "2025-07-01T00:00:00" has no time zone',
        ),
    ],
)
def test_a_parquet_column_that_holds_no_instant_is_an_error(
    tmp_path: Path, column: pa.Array, said: str
) -> None:
    pq.write_table(pa.table({"team_id": ["A"], "onboarded_at": column}), tmp_path / "teams.parquet")
    (found,) = problems(tmp_path / "teams.parquet", "teams")
    assert said in found


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("teams", pa.array([1.0, float("nan")]), 'row 2, column engineers: "nan" is not a number'),
        ("changes", pa.array([1, 2]), 'row 2, column is_bot: "2" is not a truth value'),
        ("survey_invitations", pa.array([1.0, 1.5]), 'row 2, column invited: "1.5" is not a whole number'),
        ("teams", pa.array(["A", ""]), "row 2, column team_id: is required and empty"),
    ],
)
def test_a_bad_value_in_a_typed_parquet_column_is_named_with_its_row(
    tmp_path: Path, table: str, column: pa.Array, said: str
) -> None:
    name = said.split("column ")[1].split(":")[0]
    ids = {"teams": ["team_id"], "changes": ["change_id", "service_id"], "survey_invitations": ["survey_id"]}
    columns = {n: pa.array(["x", "y"]) for n in ids[table]} | {name: column}
    pq.write_table(pa.table(columns), tmp_path / f"{table}.parquet")
    (found,) = problems(tmp_path / f"{table}.parquet", table)
    assert found.startswith(said)
