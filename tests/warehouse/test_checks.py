"""Data checks: each finds its own offending rows and is silent on a clean warehouse."""

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pytest

from warehouse.checks import all_checks, parse_check, run_check, run_checks
from warehouse.migrate import migrate
from warehouse.records import RECORDS

T0, T1, T2 = (f"TIMESTAMP '2026-01-0{day}'" for day in (1, 2, 3))
DEPLOYMENT = "INSERT INTO deployments BY NAME SELECT 'files' AS source, 'api' AS service_id, "
CHECKS = {check.name: check for check in all_checks()}

# One statement per check that makes it find exactly one row.
OFFENCES = {
    "coverage_intervals": "INSERT INTO coverage VALUES "
    f"('d', {T0}, {T2}, '*', 'f'), ('d', {T1}, {T2}, '*', 'f')",
    "service_map_overlaps": "INSERT INTO service_map VALUES "
    f"('f', 'a', 's', 't', '1', NULL, {T1}), ('f', 'a', 's', 't', '1', {T0}, NULL), "
    f"('f', 'b', 's', 't', '1', NULL, {T0}), ('f', 'b', 's', 'u', '1', {T0}, NULL), "
    f"('g', 'b', 's', 'u', '1', NULL, NULL)",
    "team_map_overlaps": "INSERT INTO team_map VALUES "
    f"('f', 'team', 'a', 't', NULL, NULL, {T1}), ('f', 'team', 'a', 'u', NULL, {T0}, NULL), "
    f"('f', 'queue', 'a', 't', NULL, NULL, NULL)",
    "unique_environments": "INSERT INTO environments VALUES ('prod', TRUE), ('prod', FALSE), ('test', FALSE)",
    "goals_decided_once": "INSERT INTO goal_entries SELECT range, 'e', 'change_fail_rate', '*', 1, 'set', "
    "0.1, 'ratio', 1, DATE '2026-12-31', 'o', 'o', TIMESTAMP '2026-01-01', NULL FROM range(2)",
    "goals_without_scope": "INSERT INTO goal_entries SELECT range, 'e' || range, 'change_fail_rate', "
    "['*', 'team:gone', 'team:old', 'team:old'][range + 1], 1, "
    "['set', 'set', 'set', 'withdrawn'][range + 1], 0.1, "
    "'ratio', 1, DATE '2026-12-31', 'o', 'o', TIMESTAMP '2026-01-01', NULL FROM range(4)",
    "unique_link_changes": "INSERT INTO link_changes VALUES ('1', 's', 'd1', 'm'), ('1', 's', 'd2', 'm')",
    "unique_link_incidents": "INSERT INTO link_incidents VALUES ('i', 'd1', 'window'), ('i', 'd2', 'window')",
    "unique_deployment_states": "INSERT INTO deployment_states VALUES "
    "('d', NULL, FALSE, FALSE, TRUE), ('d', NULL, FALSE, TRUE, TRUE)",
    "fact_deployments_complete": "CREATE TABLE marts.fact_deployments AS SELECT 'd' AS deployment_id",
    "fact_incidents_complete": "CREATE TABLE marts.fact_incidents AS SELECT 'i' AS incident_id",
    "fact_changes_once": "CREATE TABLE marts.fact_changes AS SELECT '1' AS change_id, "
    "'s' AS outside_service_id FROM range(2)",
    "fact_tickets_complete": "CREATE TABLE marts.fact_tickets AS SELECT 't' AS ticket_id",
    "fact_runs_complete": "CREATE TABLE marts.fact_runs AS SELECT 'r' AS run_id",
    "tickets_unknown_status": "CREATE TABLE marts.ticket_statuses AS "
    "SELECT unnest(['Done', 'Parked']) AS status, unnest(['done', NULL]) AS meaning",
    "deployments_backwards": f"{DEPLOYMENT} 'd' AS deployment_id, 'production' AS environment, "
    f"'success' AS status, {T1} AS started_at, {T0} AS finished_at",
    "deployments_without_finish": f"{DEPLOYMENT} 'd' || range AS deployment_id, 'production' AS environment, "
    "['failure', 'in_progress'][range + 1] AS status FROM range(2)",
    "deployments_unknown_environment": f"{DEPLOYMENT} 'd' || range AS deployment_id, "
    "'preprod' AS environment, 'success' AS status FROM range(3)",
    "deployments_repair_nothing": f"{DEPLOYMENT} 'd' || range AS deployment_id, 'p' AS environment, "
    "'success' AS status, ['d0', 'gone'][range + 1] AS repairs_deployment_id FROM range(2)",
    "changes_merged_before_opened": "INSERT INTO changes BY NAME SELECT '1' AS change_id, 's' AS service_id, "
    f"'f' AS source, {T1} AS opened_at, {T0} AS merged_at",
    "incidents_backwards": "INSERT INTO incidents BY NAME SELECT 'i' AS incident_id, 'f' AS source, "
    f"{T1} AS started_at, {T0} AS resolved_at",
    "incidents_unknown_deployment": "INSERT INTO incidents BY NAME SELECT 'i' AS incident_id, "
    f"'f' AS source, {T0} AS started_at, 'gone' AS deployment_id",
    "tickets_backwards": "INSERT INTO tickets BY NAME SELECT 't' AS ticket_id, 'request' AS type, "
    f"'f' AS source, {T0} AS created_at, -0.5 AS touch_hours",
    "action_runs_backwards": "INSERT INTO action_runs BY NAME SELECT 'r' AS run_id, 'deploy' AS action, "
    f"'success' AS status, 'f' AS source, {T1} AS requested_at, {T0} AS finished_at",
    "services_without_team": "INSERT INTO services BY NAME SELECT 's' AS service_id, 'gone' AS team_id, "
    "'f' AS source",
    "unmapped_services": "INSERT INTO service_map VALUES ('f', 'a', NULL, NULL, NULL, NULL, NULL)",
    "mixed_currencies": "INSERT INTO costs BY NAME SELECT unnest(['EUR', 'USD']) AS billing_currency, "
    f"{T0} AS charge_period_start, 1.0 AS effective_cost, 'f' AS source",
    "rows_dropped": "INSERT INTO rows_before VALUES ('teams', 'files', 3), ('costs', 'files', 2)",
}
N_OFFENDING = {"mixed_currencies": 2}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    migrate(con, now=datetime(2026, 3, 2, tzinfo=UTC))
    con.execute("ATTACH ':memory:' AS marts")
    con.execute("CREATE TEMP TABLE rows_before (table_name VARCHAR, source VARCHAR, n_rows BIGINT)")
    con.execute("CREATE TEMP TABLE rows_now AS SELECT 'teams' AS table_name, 'files' AS source, 1 AS n_rows")
    con.execute("INSERT INTO rows_now VALUES ('costs', 'files', 1)")
    yield con
    con.close()


@pytest.mark.parametrize("name", [name for name in CHECKS if name in OFFENCES])
def test_check_finds_its_offence(con: duckdb.DuckDBPyConnection, name: str) -> None:
    con.execute(OFFENCES[name])
    result = run_check(con, CHECKS[name])
    assert result.n_offending == N_OFFENDING.get(name, 1)
    assert len(result.sample) == result.n_offending


def test_checks_are_silent_without_rows(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DELETE FROM rows_before")
    results = run_checks(con)
    assert len(results) == sum(not check.needs for check in CHECKS.values())
    assert [result.check.name for result in results if result.n_offending] == []


def test_every_written_check_has_an_offence_here() -> None:
    generated = {f"unique_{record.table}" for record in RECORDS}
    assert CHECKS.keys() - generated == OFFENCES.keys()


def test_every_record_table_has_its_key_checked() -> None:
    tables = {record.table for record in RECORDS if record.table != "coverage"}
    assert {f"unique_{table}" for table in tables} <= CHECKS.keys()


def test_keys_with_missing_parts_are_compared_as_equal(con: duckdb.DuckDBPyConnection) -> None:
    row = "INSERT INTO survey_invitations VALUES ('2026-h1', 10, NULL, 'files')"
    con.execute(row)
    assert run_check(con, CHECKS["unique_survey_invitations"]).n_offending == 0
    con.execute(row)
    assert run_check(con, CHECKS["unique_survey_invitations"]).n_offending == 1


def test_sample_is_short_and_the_count_is_whole(con: duckdb.DuckDBPyConnection) -> None:
    check = parse_check("many", "-- warn: many rows\nSELECT range AS n FROM range(1000)\n")
    result = run_check(con, check)
    assert result.n_offending == 1000
    assert len(result.sample) == 5
    assert not result.is_failure


def test_check_without_severity_is_refused() -> None:
    with pytest.raises(ValueError, match=r"checks/plain\.sql must begin with"):
        parse_check("plain", "SELECT 1")
