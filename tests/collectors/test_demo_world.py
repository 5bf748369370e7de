"""The rows of the demo world fit together: keys, references, order of times, ancestry, plausible sizes."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from collectors.demo import source as demo
from collectors.demo.world import World
from warehouse.records import BY_TABLE, fields_of

pytestmark = pytest.mark.xdist_group("demo")
END = pd.Timestamp("2026-03-15")


@pytest.fixture(scope="module")
def world() -> World:
    return demo.world(demo.Config(end_on=date(2026, 3, 15)))


@pytest.fixture(scope="module")
def tables(world: World) -> dict[str, pd.DataFrame]:
    return {name: seen.table.to_pandas() for name, seen in world.tables.items()}


def test_every_table_has_rows_and_unique_keys(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        assert len(frame) > 0, name
        assert not frame.duplicated(list(BY_TABLE[name].key)).any(), name


def test_the_world_has_the_size_of_a_real_organisation(tables: dict[str, pd.DataFrame]) -> None:
    n = {name: len(frame) for name, frame in tables.items()}
    assert (n["teams"], n["services"]) == (40, 150)
    assert 40_000 < n["deployments"] < 70_000
    assert 50_000 < n["changes"] < 80_000
    assert 90_000 < n["commits"] < 130_000


def test_nothing_happens_at_or_after_the_end(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        for field in fields_of(BY_TABLE[name]):
            if field.type.__name__ == "datetime":
                assert not (frame[field.name] >= END).any(), f"{name}.{field.name}"
            if field.type is date:
                assert not (pd.to_datetime(frame[field.name]) >= END).any(), f"{name}.{field.name}"


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("services", "team_id", "teams"),
        ("ownership", "service_id", "services"),
        ("ownership", "team_id", "teams"),
        ("changes", "service_id", "services"),
        ("deployments", "service_id", "services"),
        ("deployments", "repairs_deployment_id", "deployments"),
        ("incidents", "service_id", "services"),
        ("incidents", "deployment_id", "deployments"),
        ("tickets", "team_id", "teams"),
        ("tickets", "service_id", "services"),
        ("ticket_transitions", "ticket_id", "tickets"),
        ("worklogs", "ticket_id", "tickets"),
        ("action_runs", "team_id", "teams"),
        ("builds", "service_id", "services"),
        ("slos", "service_id", "services"),
        ("survey_responses", "team_id", "teams"),
    ],
)
def test_what_a_row_refers_to_exists(
    world: World, tables: dict[str, pd.DataFrame], table: str, column: str, target: str
) -> None:
    key = BY_TABLE[target].key[0]
    rows = tables[table]
    if target == "deployments":
        # Deployments that nobody recorded may still be named by others.
        rows = rows[~rows.service_id.isin(world.truth.with_deployment_gap)]
    assert rows[column].dropna().isin(tables[target][key]).all()


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("changes", ["first_commit_at", "first_committed_at", "opened_at", "ready_at", "merged_at"]),
        ("changes", ["ready_at", "closed_at"]),
        ("deployments", ["started_at", "finished_at"]),
        ("incidents", ["started_at", "detected_at", "resolved_at"]),
        ("tickets", ["created_at", "first_response_at", "resolved_at"]),
        ("action_runs", ["requested_at", "approved_at", "finished_at"]),
        ("builds", ["queued_at", "started_at", "finished_at"]),
    ],
)
def test_times_of_a_row_are_in_order(tables: dict[str, pd.DataFrame], table: str, columns: list[str]) -> None:
    times = tables[table][columns].ffill(axis=1)
    for earlier, later in pairwise(columns):
        assert not (times[earlier] > times[later]).any(), f"{earlier} > {later}"


def test_reviews_follow_readiness_mostly_and_precede_the_merge(tables: dict[str, pd.DataFrame]) -> None:
    reviewed = tables["changes"].dropna(subset=["first_review_at", "ready_at", "merged_at"])
    assert (reviewed.first_review_at <= reviewed.merged_at).all()
    early = (reviewed.first_review_at < reviewed.ready_at).mean()
    assert 0.003 < early < 0.03


def test_parents_are_commits_of_the_same_repository_and_not_younger(tables: dict[str, pd.DataFrame]) -> None:
    commits = tables["commits"]
    links = commits.assign(parent=commits.parents.str.split()).explode("parent").dropna(subset=["parent"])
    known = commits[["repo_id", "sha", "committed_at"]].rename(columns={"sha": "parent"})
    joined = links.merge(known, on=["repo_id", "parent"], how="left", suffixes=("", "_of_parent"))
    assert (joined.committed_at_of_parent <= joined.committed_at).all()
    roots = commits[commits.parents == ""]
    assert sorted(roots.repo_id) == sorted(commits.repo_id.unique())


@pytest.fixture(scope="module")
def positions(tables: dict[str, pd.DataFrame]) -> dict[tuple[str, str], int]:
    """Distance from the root, by repository and sha, of the commits on the main branches.

    What a merge or squash made is a main commit, and so is what is reached from it by first parents.
    """
    commits, found = tables["commits"], {}
    first_parent = dict(zip(commits.sha, commits.parents.str.split(" ").str[0], strict=True))
    merged = tables["changes"].dropna(subset=["merge_sha"]).sort_values("merged_at")
    latest = merged.groupby("repo_id").merge_sha.last()
    for repo, tip in latest.items():
        chain = [tip]
        while first_parent[chain[-1]]:
            chain.append(first_parent[chain[-1]])
        found.update({(str(repo), sha): i for i, sha in enumerate(reversed(chain))})
    return found


def production(tables: dict[str, pd.DataFrame], positions: dict[tuple[str, str], int]) -> pd.DataFrame:
    rows = tables["deployments"].merge(tables["services"][["service_id", "repo_id"]], on="service_id")
    rows = rows[rows.environment == "production"].copy()
    rows["position"] = [positions.get(key, -1) for key in zip(rows.repo_id, rows.sha, strict=True)]
    return rows.sort_values(["service_id", "finished_at"])


def test_what_is_deployed_is_a_commit_on_its_repositorys_main_branch(
    tables: dict[str, pd.DataFrame], positions: dict[tuple[str, str], int]
) -> None:
    assert (production(tables, positions).position >= 0).all()


def test_a_rollback_brings_an_ancestor_of_what_ran_and_some_are_not_flagged(
    tables: dict[str, pd.DataFrame], positions: dict[tuple[str, str], int], world: World
) -> None:
    rows = production(tables, positions)
    rows = rows[(rows.status == "success") & ~rows.service_id.isin(world.truth.with_deployment_gap)]
    before = rows.groupby("service_id").position.shift(1)
    backwards = rows.position < before
    assert 500 < backwards.sum() < 4000
    observed = before.notna()
    assert backwards[(rows.is_rollback == True) & observed].all()  # noqa: E712 - unknown is neither
    unflagged = rows[backwards].is_rollback.isna().mean()
    assert 0.3 < unflagged < 0.7


def test_a_change_is_first_contained_in_the_first_deployment_after_its_merge(
    tables: dict[str, pd.DataFrame], positions: dict[tuple[str, str], int]
) -> None:
    changes = tables["changes"].dropna(subset=["merge_sha"])
    changes = changes[changes.repo_id != "shop/monorepo"].head(4000)
    rows = production(tables, positions)
    rows = rows[(rows.status == "success")]
    for service, mine in changes.groupby("service_id"):
        deployed = rows[rows.service_id == service]
        at = [positions[repo, sha] for repo, sha in zip(mine.repo_id, mine.merge_sha, strict=True)]
        contains = deployed.position.to_numpy()[None, :] >= np.array(at)[:, None]
        begun = deployed.started_at.to_numpy()[None, :] >= mine.merged_at.to_numpy()[:, None]
        forward = deployed.trigger.to_numpy() != "manual"
        assert np.array_equal(contains[:, forward], begun[:, forward]), service


def test_there_is_something_of_every_kind(tables: dict[str, pd.DataFrame]) -> None:
    deployments, changes, incidents = tables["deployments"], tables["changes"], tables["incidents"]
    assert set(deployments.status) == {"success", "failure", "cancelled", "in_progress"}
    assert set(deployments.via) == {"golden_path", "pipeline", "manual"}
    failures = deployments[deployments.status == "failure"]
    assert set(failures.reached_production) == {True, False}
    assert set(incidents.cause) == {"change", "infrastructure", "third_party", "unknown"}
    assert incidents.resolved_at.isna().any()
    assert (changes.merged_at.isna() & changes.closed_at.isna()).any()
    assert (changes.merged_at.isna() & changes.closed_at.notna()).any()
    assert 0.06 < changes.is_bot.mean() < 0.10
    assert changes.duplicated("change_id").any(), "a change of the monorepo touches two services"
    assert set(tables["tickets"].type) == {"request", "how_to", "incident", "other"}
    assert set(tables["costs"].charge_category) == {"Usage", "Credit", "Tax"}
    assert tables["ownership"].to_on.notna().any()


def test_weekends_and_holidays_are_quiet(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["deployments"]
    planned = rows[(rows.environment == "production") & (rows.started_at.dt.hour < 23)]
    assert (planned.started_at.dt.day_of_week >= 5).mean() < 0.05
    christmas = planned[planned.started_at.dt.strftime("%m-%d").between("12-24", "12-31")]
    assert len(christmas) / 16 < 0.3 * len(planned) / 740


def test_half_of_the_services_deploy_less_than_the_mean_does(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["deployments"]
    per_service = rows[rows.environment == "production"].groupby("service_id").size()
    assert per_service.median() < 0.95 * per_service.mean()


def test_costs_without_a_team_are_a_small_part(tables: dict[str, pd.DataFrame]) -> None:
    usage = tables["costs"][tables["costs"].charge_category == "Usage"]
    unallocated = usage.loc[usage.tags == "{}", "effective_cost"].sum() / usage.effective_cost.sum()
    # 0.11 of the tagged costs: 0.11 / 1.11 of all.
    assert unallocated == pytest.approx(0.0991, abs=0.001)
