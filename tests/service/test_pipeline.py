"""The flow from configured sources to a published snapshot, over real files and real repositories."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from collectors.demo.source import RESOURCES
from service.running.pipeline import collect_and_publish
from service.running.run_report import Report
from service.storage.snapshots import open_snapshot
from tests.collectors.gitrepo import GitRepo
from tests.service.folders import (
    COVERAGE,
    DEPLOYMENTS,
    NOW,
    configured,
    contents,
    deployment_rows,
    write_files,
)
from warehouse.errors import ChecksFailedError
from warehouse.refusal import read_refusal

CONFIG = """
teams:
  - id: commerce
services:
  - id: shop
    team: commerce
    tier: critical
sources:
  - {name: shop, kind: git, url: shop, repo: shop, deployments: {tags: 'v.*'}}
  - {name: exports, kind: files, path: exports}
"""
DEMO = """
  - {name: world, kind: demo, teams: 8, services: 12, months: 3}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with two releases, a merge among their commits, and a folder of files."""
    repo = GitRepo(tmp_path / "shop")
    repo.commit()
    repo.tag("v1")
    repo.git("switch", "--quiet", "-c", "feature")
    repo.commit("feature.txt")
    repo.git("switch", "--quiet", "main")
    repo.commit()
    repo.merge("feature")
    repo.tag("v2", annotated=True)
    write_files(
        tmp_path / "exports",
        deployments=DEPLOYMENTS + deployment_rows(7, 8, 9),
        incidents="incident_id,started_at,service_id,resolved_at\n"
        "i1,2025-01-08T13:00:00Z,pay,2025-01-08T15:00:00Z\n",
        services="service_id,team_id\npay,money\n",
        teams="team_id\nmoney\n",
    )
    return tmp_path


def run(folder: Path, text: str = CONFIG, hours: float = 0) -> Report:
    at = NOW + timedelta(hours=hours)
    return collect_and_publish(configured(folder, text), clock=lambda: at)


def stored(folder: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def published(folder: Path, query: str) -> list[dict[str, object]]:
    with open_snapshot(configured(folder, CONFIG)) as snapshot:
        return snapshot.sql(query).to_pylist()


def test_loading_everything_twice_changes_no_row(folder: Path) -> None:
    first = run(folder, CONFIG + DEMO)
    before = contents(folder / "data")
    second = run(folder, CONFIG + DEMO)
    assert (len(first.failed), len(second.failed)) == (0, 0)
    assert first.inserted > 1000
    assert (second.inserted, second.updated) == (0, 0)
    assert contents(folder / "data") == before
    filled = {name for name, (rows, _) in before.items() if rows}
    assert filled >= {"commits", "link_changes", "link_incidents", "deployment_states", "service_map"}
    assert filled >= {name for resource in ("incidents", "tickets", "costs") for name in RESOURCES[resource]}
    assert second.version == first.version + 1


def test_an_hour_later_nothing_has_changed_but_until_when_git_is_known(folder: Path) -> None:
    run(folder)
    before = contents(folder / "data")
    report = run(folder, hours=1)
    changed = [(outcome.source, outcome.updated) for outcome in report.outcomes if outcome.updated]
    assert (report.inserted, changed) == (0, [("shop", 1), ("shop", 1)])
    assert contents(folder / "data") == before


def test_loading_everything_from_the_beginning_again_changes_no_row(folder: Path) -> None:
    run(folder)
    before = contents(folder / "data")
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb")) as con:
        con.execute("DELETE FROM cursors")
    second = run(folder, hours=1)
    assert sum(outcome.unchanged for outcome in second.outcomes) > 0
    assert contents(folder / "data") == before


def test_a_later_run_brings_only_what_is_new(folder: Path) -> None:
    run(folder)
    repo = GitRepo.__new__(GitRepo)
    repo.path, repo.hour = folder / "shop", 100
    repo.commit()
    repo.tag("v3")
    report = run(folder, hours=200)
    assert {outcome.resource: outcome.inserted for outcome in report.outcomes} == {
        "commits": 1,
        "deployments": 1,
        "files": 0,
    }
    assert published(folder, "SELECT count(*) AS n FROM fact_deployments WHERE service_id = 'shop'") == [
        {"n": 3}
    ]


def test_a_source_that_fails_is_named_and_the_others_are_published(folder: Path) -> None:
    text = CONFIG.replace(
        "sources:", "sources:\n  - {name: lost, kind: git, url: nowhere/lost.git, deployments: {tags: 'v.*'}}"
    )
    report = run(folder, text)
    assert {(outcome.source, outcome.resource) for outcome in report.failed} == {
        ("lost", "commits"),
        ("lost", "deployments"),
    }
    assert "nowhere/lost.git" in report.failed[0].error
    assert published(folder, "SELECT count(*) AS n FROM fact_deployments") == [{"n": 5}]
    assert stored(folder, "SELECT source, status, count(*) FROM job_runs GROUP BY ALL ORDER BY ALL") == [
        ("exports", "success", 2),  # its one list, and the run as a whole
        ("lost", "failure", 3),
        ("shop", "success", 3),
    ]


def test_what_a_source_brought_stays_when_it_fails_later(folder: Path) -> None:
    run(folder)
    (folder / "exports" / "deployments.csv").write_text(DEPLOYMENTS + "x,pay,production,succes,,\n")
    report = run(folder, hours=1)
    assert [outcome.source for outcome in report.failed] == ["exports"]
    assert published(folder, "SELECT count(*) AS n FROM fact_deployments WHERE service_id = 'pay'") == [
        {"n": 3}
    ]


def test_coverage_that_ends_before_it_begins_fails_its_source_alone(folder: Path) -> None:
    backwards = COVERAGE + "tickets,*,2025-02-01T00:00:00Z,2025-01-01T00:00:00Z\n"
    (folder / "exports" / "coverage.csv").write_text(backwards)
    report = run(folder)
    assert [outcome.source for outcome in report.failed] == ["exports"]
    assert published(folder, "SELECT count(*) AS n FROM fact_deployments WHERE service_id = 'shop'") == [
        {"n": 2}
    ]


def test_a_failing_check_keeps_the_last_good_snapshot(folder: Path) -> None:
    first = run(folder)
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb")) as con:
        con.execute("INSERT INTO deployments SELECT * FROM deployments WHERE deployment_id = 'pay-7'")
    with pytest.raises(ChecksFailedError) as refused:
        run(folder, hours=1)
    assert "unique_deployments" in refused.value.names
    with open_snapshot(configured(folder, CONFIG)) as snapshot:
        assert snapshot.version == first.version
    refusal = read_refusal(folder / "data" / "marts")
    assert refusal is not None
    assert "unique_deployments" in [name for name, _, _ in refusal.checks]


def test_after_the_cause_is_mended_the_next_run_publishes_again(folder: Path) -> None:
    run(folder)
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb")) as con:
        con.execute("INSERT INTO deployments SELECT * FROM deployments WHERE deployment_id = 'pay-7'")
    with pytest.raises(ChecksFailedError):
        run(folder, hours=1)
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb")) as con:
        con.execute(
            "DELETE FROM deployments WHERE rowid IN "
            "(SELECT max(rowid) FROM deployments GROUP BY deployment_id HAVING count(*) > 1)"
        )
    third = run(folder, hours=2)
    with open_snapshot(configured(folder, CONFIG)) as snapshot:
        assert snapshot.version == third.version
    assert read_refusal(folder / "data" / "marts") is None


def test_identifiers_of_no_known_service_are_reported_with_their_rows(folder: Path) -> None:
    more = DEPLOYMENTS + deployment_rows(7) + deployment_rows(7, 8, service="PX1")
    (folder / "exports" / "deployments.csv").write_text(more)
    report = run(folder)
    assert [(item.source, item.outside_id, item.n_rows) for item in report.unmapped] == [
        ("exports", "PX1", 2)
    ]


def test_rows_that_two_sources_bring_under_one_identifier_are_reported(folder: Path) -> None:
    write_files(folder / "others", deployments=DEPLOYMENTS + deployment_rows(7))
    assert [outcome.taken_over for outcome in run(folder).outcomes if outcome.taken_over] == []
    report = run(folder, CONFIG + "  - {name: others, kind: files, path: others}\n")
    assert {outcome.source: outcome.taken_over for outcome in report.outcomes}["others"] == 1


def test_a_corrected_mapping_needs_no_collecting_again(folder: Path) -> None:
    more = DEPLOYMENTS + deployment_rows(7, 8, service="PX1")
    (folder / "exports" / "deployments.csv").write_text(more)
    run(folder)
    report = run(folder, CONFIG + "mapping:\n  - {id: PX1, service: shop}\n")
    assert (report.inserted, report.updated, report.unmapped) == (0, 0, ())
    query = "SELECT DISTINCT service_id, team_id FROM fact_deployments WHERE deployment_id LIKE 'PX1-%'"
    assert published(folder, query) == [{"service_id": "shop", "team_id": "commerce"}]


def test_a_service_has_its_team_from_the_configuration_and_its_repository_from_git(folder: Path) -> None:
    query = "SELECT team_id, tier, repo_id, created_at IS NOT NULL FROM services WHERE service_id = 'shop'"
    run(folder)
    assert stored(folder, query) == [("commerce", "critical", "shop", True)]
    run(folder, hours=1)
    assert stored(folder, query) == [("commerce", "critical", "shop", True)]
