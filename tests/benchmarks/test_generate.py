"""The synthetic organisation: sizes as promised, a sound commit graph, readable as neutral files."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks import generate as generator
from benchmarks.columns import rising, shares
from benchmarks.generate import Scale, generate
from collectors.base import Context
from collectors.files import source as files

SCALE = Scale(services=7, teams=3, deployments=700, commits_per_change=3, incidents=90)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(generator.SCALES, "S", SCALE)
    monkeypatch.setattr(generator, "_ROWS_PER_GROUP", 3_000)


@pytest.fixture
def world(tmp_path: Path) -> dict[str, pa.Table]:
    made = generate(tmp_path, "S", seed=5, n_tickets=40, n_runs=30)
    return {name: pq.read_table(tmp_path / f"{name}.parquet") for name in made.rows}


def test_the_tables_have_the_promised_sizes(world: dict[str, pa.Table]) -> None:
    assert {name: table.num_rows for name, table in world.items()} == {
        "teams": 3,
        "services": 7,
        "coverage": 7 * 4 + 2,  # deployments, changes, incidents, commits of each; tickets; action runs
        "commits": 700 * 5 * 3,
        "changes": 700 * 5,
        "deployments": 700,
        "incidents": 90,
        "tickets": 40,
        "action_runs": 30,
        "costs": 24 * 7 * 3,  # months, services, products
        "inputs": 8 * 7,  # quarters, lines
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, "S", seed=seed)
    a, b, c = ((tmp_path / name / "deployments.parquet").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_every_parent_is_a_commit_of_the_same_repository_and_comes_before(world: dict[str, pa.Table]) -> None:
    rows = world["commits"].to_pylist()
    place = {row["sha"]: (i, row["repo_id"]) for i, row in enumerate(rows)}
    assert len(place) == len(rows)
    roots = [row["repo_id"] for row in rows if row["parents"] is None]
    assert sorted(roots) == sorted(set(world["services"]["repo_id"].to_pylist()))
    for i, row in enumerate(rows):
        for parent in (row["parents"] or "").split():
            assert place[parent][0] < i
            assert place[parent][1] == row["repo_id"]


def test_a_deployment_ships_a_merge_that_existed_when_it_started(world: dict[str, pa.Table]) -> None:
    merged = {row["merge_sha"]: row for row in world["changes"].to_pylist()}
    for row in world["deployments"].to_pylist():
        assert merged[row["sha"]]["service_id"] == row["service_id"]
        assert merged[row["sha"]]["merged_at"] < row["started_at"] <= row["finished_at"]


def test_deployments_of_a_service_finish_one_after_another(world: dict[str, pa.Table]) -> None:
    table = world["deployments"]
    service = table["service_id"].combine_chunks().dictionary_decode().to_numpy(zero_copy_only=False)
    finished = table["finished_at"].cast(pa.int64()).to_numpy()
    is_same = service[1:] == service[:-1]
    assert (np.diff(finished)[is_same] > 0).all()


def test_a_rollback_ships_what_ran_before_the_deployment_it_replaces(world: dict[str, pa.Table]) -> None:
    rows = world["deployments"].to_pylist()
    rollbacks = [i for i, row in enumerate(rows) if row["is_rollback"] is not False]
    assert rollbacks
    assert all(rows[i]["sha"] == rows[i - 2]["sha"] for i in rollbacks)
    assert all(rows[i]["service_id"] == rows[i - 2]["service_id"] for i in rollbacks)


def test_milestones_of_a_change_are_in_order(world: dict[str, pa.Table]) -> None:
    changes = world["changes"]
    order = ["first_commit_at", "opened_at", "ready_at", "first_review_at", "merged_at"]
    for earlier, later in itertools.pairwise(order):
        assert pc.all(pc.less_equal(changes[earlier], changes[later])).as_py()


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_the_files_collector_reads_it_without_a_remark(tmp_path: Path, file_format: str) -> None:
    made = generate(tmp_path, "S", file_format=file_format, n_tickets=10, n_runs=10)  # type: ignore[arg-type]
    context = Context(datetime(2026, 1, 1, tzinfo=UTC), tmp_path, str, lambda name: name == "production")
    source = files.build("bench", files.Config(path=tmp_path), context)
    assert all(finding.ok and "left out" not in finding.text for finding in source.preview().findings)
    pages = list(source.resources()[0].pages(None))
    assert pages[-1].done == sum(made.rows.values())
    assert not any(page.skipped for page in pages)


def test_shares_add_up_and_rising_values_rise_within_their_group() -> None:
    # 10 in proportion to 1 : 1 : 1 is 3.33 each; one of them gets the rest.
    assert sorted(shares(np.ones(3), 10).tolist()) == [3, 3, 4]
    assert rising(np.array([5, 3, 9, 1, 1]), np.array([0, 0, 0, 1, 1])).tolist() == [5, 6, 9, 1, 2]
