"""Which deployment the stored changes are linked to, by which method; the service is the shop."""

from pathlib import Path

import pytest

from tests.warehouse.links_world import START, World, linked, rolled
from warehouse.links import CycleError, link
from warehouse.names import Name
from warehouse.records import Change, Commit, CommitPath, DeploymentChange, Record, Service
from warehouse.rules import Rule

SHOP = Service("shop", repo_id="acme/shop")
TILL = Service("till", repo_id="acme/shop")


def line(*shas: str, repo_id: str = "acme/shop") -> list[Record]:
    """Commits on one line; a sha with blanks is a merge: itself, then its parents."""
    records: list[Record] = []
    before = ""
    for written in shas:
        sha, _, parents = written.partition(" ")
        records.append(Commit(repo_id, sha, START, START, parents or before))
        before = sha
    return records


def change(
    change_id: str, merge_sha: str | None, service_id: str = "shop", repo_id: str | None = "acme/shop"
) -> Change:
    """A merged change."""
    return Change(change_id, service_id, repo_id=repo_id, merge_sha=merge_sha, merged_at=START)


def states(world: World) -> dict[str, tuple[object, ...]]:
    """Running deployment, rollback, redeploy and graph by deployment."""
    return {row[0]: row[1:] for row in world.rows("FROM deployment_states")}


def test_a_change_is_linked_to_the_first_deployment_that_contains_its_merge(tmp_path: Path) -> None:
    records = [SHOP, *line("1", "2", "3"), rolled("d1", "1", 1), rolled("d2", "3", 2)]
    with linked(tmp_path, [*records, change("c1", "1"), change("c2", "2"), change("c3", "3")]) as world:
        assert world.changes() == {
            ("c1", "shop"): ("d1", "ancestry"),
            ("c2", "shop"): ("d2", "ancestry"),
            ("c3", "shop"): ("d2", "ancestry"),
        }


def test_time_does_not_decide(tmp_path: Path) -> None:
    # 2 is on main; the hotfix h from 1 goes out after 2 was merged and does not contain it.
    records = [SHOP, *line("1", "2", "h 1", "3 2"), change("c2", "2")]
    rolls = [rolled("d1", "1", 1), rolled("d2", "h", 2), rolled("d3", "3", 3)]
    with linked(tmp_path, [*records, *rolls]) as world:
        assert world.changes() == {("c2", "shop"): ("d3", "ancestry")}


def test_the_first_of_several_production_environments_ships_a_change(tmp_path: Path) -> None:
    rolls = [
        rolled("s1", "1", 1, environment="staging"),
        rolled("eu1", "1", 2, environment="production-eu"),
        rolled("us1", "1", 3),
    ]
    with linked(tmp_path, [SHOP, *line("1"), change("c1", "1"), *rolls]) as world:
        assert world.changes() == {("c1", "shop"): ("eu1", "ancestry")}


def test_two_deployments_at_one_instant_are_ordered_by_identifier(tmp_path: Path) -> None:
    rolls = [rolled("b", "1", 1), rolled("a", "1", 1)]
    with linked(tmp_path, [SHOP, *line("1"), change("c1", "1"), *rolls]) as world:
        assert world.changes() == {("c1", "shop"): ("a", "ancestry")}
        assert states(world) == {"a": (None, False, False, True), "b": ("a", False, True, True)}


def test_a_success_at_an_unknown_time_ships_nothing_and_runs_nowhere(tmp_path: Path) -> None:
    begun = rolled("d0", "2", 0, finished_at=None, started_at=START)
    rolls = [begun, rolled("d1", "1", 1), rolled("d2", "2", 2)]
    with linked(tmp_path, [SHOP, *line("1", "2"), change("c2", "2"), *rolls]) as world:
        assert world.changes() == {("c2", "shop"): ("d2", "ancestry")}
        assert states(world)["d1"] == (None, False, False, True)


def test_a_deployment_without_any_time_stands_after_all_others(tmp_path: Path) -> None:
    rolls = [rolled("d0", "1", 0, finished_at=None), rolled("d1", "1", 1), rolled("d2", "2", 2)]
    with linked(tmp_path, [SHOP, *line("1", "2"), *rolls]) as world:
        assert states(world)["d0"] == ("d2", True, False, True)


def test_a_commit_that_its_repository_does_not_have_is_without_graph(tmp_path: Path) -> None:
    with linked(tmp_path, [SHOP, *line("1"), rolled("d1", "1", 1), rolled("d2", "gone", 2)]) as world:
        assert states(world) == {"d1": (None, False, False, True), "d2": ("d1", False, False, False)}
        assert world.report.n_deployments_without_graph == 1


def test_rolling_back_and_forward_again(tmp_path: Path) -> None:
    rolls = [rolled(f"d{i}", sha, i) for i, sha in enumerate(["1", "2", "1", "3"])]
    changes = [change("c2", "2"), change("c3", "3")]
    with linked(tmp_path, [SHOP, *line("1", "2", "3"), *changes, *rolls]) as world:
        assert states(world)["d2"] == ("d1", True, False, True)
        assert states(world)["d3"] == ("d2", False, False, True)
        assert world.changes() == {("c2", "shop"): ("d1", "ancestry"), ("c3", "shop"): ("d3", "ancestry")}
        assert (world.report.n_rollbacks, world.report.n_redeploys) == (1, 0)


def test_a_source_that_denies_a_rollback_does_not_hide_one(tmp_path: Path) -> None:
    rolls = [rolled("d1", "1", 1), rolled("d2", "2", 2), rolled("d3", "1", 3, is_rollback=False)]
    with linked(tmp_path, [SHOP, *line("1", "2"), *rolls]) as world:
        assert states(world)["d3"] == ("d2", True, False, True)


def test_without_commits_only_flags_and_equal_shas_are_known(tmp_path: Path) -> None:
    rolls = [rolled("d1", "1", 1), rolled("d2", "1", 2), rolled("d3", "0", 3, is_rollback=True)]
    with linked(tmp_path, [SHOP, *rolls]) as world:
        assert states(world) == {
            "d1": (None, False, False, False),
            "d2": ("d1", False, True, False),
            "d3": ("d2", True, False, False),
        }
        assert world.report.n_deployments_without_graph == 3


def test_stated_deployments_win_over_ancestry(tmp_path: Path) -> None:
    # By ancestry c1 would belong to d1. Its source names staging, a failure, and d3.
    rolls = [
        rolled("d1", "1", 1),
        rolled("s1", "1", 2, environment="staging"),
        rolled("d2", "1", 3, status="failure"),
        rolled("d3", "1", 4),
        rolled("d4", "1", 5),
    ]
    stated = [DeploymentChange(deployment, "c1") for deployment in ("s1", "d2", "d3", "d4")]
    with linked(tmp_path, [SHOP, *line("1"), change("c1", "1"), *rolls, *stated]) as world:
        assert world.changes() == {("c1", "shop"): ("d3", "explicit")}
        assert (world.report.n_changes_explicit, world.report.n_changes_ancestry) == (1, 0)


def test_a_change_stated_for_staging_alone_is_not_in_production(tmp_path: Path) -> None:
    rolls = [rolled("s1", "1", 1, environment="staging"), rolled("d1", "1", 2)]
    with linked(
        tmp_path, [SHOP, *line("1"), change("c1", "1"), *rolls, DeploymentChange("s1", "c1")]
    ) as world:
        assert world.changes() == {}


def test_a_rollback_that_states_its_changes_does_not_ship_them(tmp_path: Path) -> None:
    rolls = [rolled("d1", "2", 1), rolled("d2", "1", 2), rolled("d3", "3", 3)]
    stated = [DeploymentChange(deployment, "c1") for deployment in ("d2", "d3")]
    with linked(tmp_path, [SHOP, *line("1", "2", "3"), change("c1", None), *rolls, *stated]) as world:
        assert world.changes() == {("c1", "shop"): ("d3", "explicit")}


def test_a_change_stated_for_one_service_is_linked_by_ancestry_in_the_other(tmp_path: Path) -> None:
    rolls = [rolled("d1", "1", 1), rolled("t1", "1", 2, service_id="till")]
    changes = [change("c1", "1"), change("c1", "1", "till")]
    with linked(tmp_path, [SHOP, TILL, *line("1"), *changes, *rolls, DeploymentChange("d1", "c1")]) as world:
        assert world.changes() == {
            ("c1", "shop"): ("d1", "explicit"),
            ("c1", "till"): ("t1", "ancestry"),
        }


def test_commits_stand_in_for_changes_where_a_repository_has_none(tmp_path: Path) -> None:
    # M merges b into 2; it is no change of its own, and 3 is not out yet.
    records = [SHOP, TILL, *line("1", "2", "b 1", "M 2 b", "3"), rolled("d1", "1", 1), rolled("d2", "M", 2)]
    with linked(tmp_path, records) as world:
        assert world.changes() == {
            ("acme/shop@1", "shop"): ("d1", "ancestry"),
            ("acme/shop@2", "shop"): ("d2", "ancestry"),
            ("acme/shop@b", "shop"): ("d2", "ancestry"),
        }


@pytest.mark.parametrize("repo_id", ["acme/shop", None])
def test_one_pull_request_is_enough_to_leave_the_commits_of_its_repository_alone(
    tmp_path: Path, repo_id: str | None
) -> None:
    records = [SHOP, *line("1", "2"), change("c2", "2", repo_id=repo_id), rolled("d1", "2", 1)]
    with linked(tmp_path, records) as world:
        assert world.changes() == {("c2", "shop"): ("d1", "ancestry")}


def test_a_service_with_paths_has_only_the_commits_that_touch_them(tmp_path: Path) -> None:
    records = [SHOP, TILL, *line("1", "2"), CommitPath("acme/shop", "2", "till")]
    rolls = [rolled("d1", "2", 1), rolled("t1", "2", 2, service_id="till")]
    with linked(tmp_path, [*records, *rolls]) as world:
        assert world.changes() == {
            ("acme/shop@1", "shop"): ("d1", "ancestry"),
            ("acme/shop@2", "shop"): ("d1", "ancestry"),
            ("acme/shop@2", "till"): ("t1", "ancestry"),
        }


def test_repositories_that_share_a_sha_stay_apart(tmp_path: Path) -> None:
    # A fork has commit 1 too. The till deployed it from the fork, which says nothing about the shop.
    records = [SHOP, Service("till", repo_id="acme/fork"), *line("1"), *line("1", repo_id="acme/fork")]
    with linked(tmp_path, [*records, rolled("t1", "1", 1, service_id="till")]) as world:
        assert world.changes() == {("acme/fork@1", "till"): ("t1", "ancestry")}


def test_outside_names_of_a_service_are_the_service_and_links_keep_the_name(tmp_path: Path) -> None:
    rules = [Rule(Name("shop-deploy"), "shop"), Rule(Name("acme/shop"), "shop")]
    rolls = [rolled("d1", "2", 1, service_id="shop-deploy"), rolled("d2", "1", 2)]
    changes = [change("c1", "1", "acme/shop", repo_id=None)]
    with linked(tmp_path, [SHOP, *line("1", "2"), *changes, *rolls], rules=rules) as world:
        assert world.changes() == {("c1", "acme/shop"): ("d1", "ancestry")}
        assert states(world)["d2"] == ("d1", True, False, True)


def test_linking_twice_changes_nothing(tmp_path: Path) -> None:
    records = [SHOP, *line("1", "2"), rolled("d1", "1", 1), rolled("d2", "2", 2), rolled("d3", "1", 3)]
    with linked(tmp_path, records) as world:
        before = world.changes(), states(world), world.report
        report = link(world.warehouse.connection, attribution_window_hours=24)
        assert (world.changes(), states(world), report) == before


def test_nothing_loaded_is_nothing_linked(tmp_path: Path) -> None:
    with linked(tmp_path, [SHOP]) as world:
        assert world.changes() == {}
        assert (world.report.n_deployments, world.report.n_repositories) == (0, 0)


def test_a_repository_with_a_cycle_is_named_and_the_links_from_before_stay(tmp_path: Path) -> None:
    with linked(tmp_path, [SHOP, *line("1"), rolled("d1", "1", 1)]) as world:
        before = world.changes()
        world.rows(
            "INSERT INTO commits (repo_id, sha, committed_at, parents, source) VALUES "
            "('acme/shop', '8', now(), '9', 'test'), ('acme/shop', '9', now(), '8', 'test')"
        )
        with pytest.raises(CycleError, match="acme/shop"):
            link(world.warehouse.connection, attribution_window_hours=24)
        assert world.changes() == before != {}


def test_batches_and_parts_change_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[Record] = []
    for repository in ("a", "b", "c"):
        records += line("1", "2", "3", repo_id=repository)
        for number in (1, 2, 3):
            service = f"{repository}{number}"
            records.append(Service(service, repo_id=repository))
            records.append(rolled(f"{service}-d1", "1", number, service_id=service))
            records.append(rolled(f"{service}-d2", "3", 10 - number, service_id=service))
    with linked(tmp_path, records) as world:
        before = world.changes()
        assert len(before) == 27
        monkeypatch.setattr("warehouse.links.inputs._BATCH_ROWS", 1)
        report = link(world.warehouse.connection, attribution_window_hours=24)
        assert world.changes() == before
        assert report == world.report
