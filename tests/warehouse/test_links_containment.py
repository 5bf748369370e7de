"""Which deployment a commit belongs to, on histories worked by hand; places count from 0."""

import numpy as np
import pyarrow as pa
import pytest

from tests.warehouse.links_history import Roll, classified, first_places, history
from warehouse.links import CycleError
from warehouse.links.graph import condense
from warehouse.links.running import NONE

#   1 ── 2 ── 3 ── 4          main
#         \
#          h                  hotfix branch from the old tag 2
HOTFIX = {"1": "", "2": "1", "3": "2", "4": "3", "h": "2"}


def test_each_commit_belongs_to_the_first_deployment_that_contains_it() -> None:
    places = first_places({"1": "", "2": "1", "3": "2"}, [Roll("1"), Roll("3")])
    assert places == {"1": 0, "2": 1, "3": 1}


def test_a_hotfix_from_an_old_tag_does_not_ship_what_was_merged_before_it() -> None:
    # 3 was committed before the hotfix went out; by time it would belong to it, one deployment too early.
    places = first_places(HOTFIX, [Roll("2"), Roll("h"), Roll("4")])
    assert places == {"1": 0, "2": 0, "h": 1, "3": 2, "4": 2}


def test_a_maintenance_branch_released_later_takes_only_its_own_commits() -> None:
    # main 1-2-3 went out as 2.0; 1.0.1 = m on the branch from 1 follows, and 2.1 = 4 after it.
    history = {"1": "", "2": "1", "3": "2", "m": "1", "4": "3"}
    places = first_places(history, [Roll("1"), Roll("3"), Roll("m"), Roll("4")])
    assert places == {"1": 0, "2": 1, "3": 1, "m": 2, "4": 3}


def test_a_merge_ships_its_whole_branch() -> None:
    #   1 ── 2 ─────── M     a and b are on a branch that M merges
    #    \            /
    #     a ──── b ──
    history = {"1": "", "2": "1", "a": "1", "b": "a", "M": "2 b"}
    places = first_places(history, [Roll("2"), Roll("M")])
    assert places == {"1": 0, "2": 0, "a": 1, "b": 1, "M": 1}


def test_a_squashed_branch_is_shipped_by_its_squash_commit_alone() -> None:
    # a and b were squashed into S; nothing deployed ever contains the originals.
    history = {"1": "", "a": "1", "b": "a", "S": "1"}
    assert first_places(history, [Roll("1"), Roll("S")]) == {"1": 0, "a": None, "b": None, "S": 1}


def test_a_rebased_branch_is_shipped_by_its_new_commits() -> None:
    # a was rewritten as A on top of 2.
    history = {"1": "", "2": "1", "a": "1", "A": "2"}
    assert first_places(history, [Roll("2"), Roll("A")]) == {"1": 0, "2": 0, "a": None, "A": 1}


def test_a_cherry_pick_is_another_commit_than_its_original() -> None:
    # 3 was picked as p onto the release branch from 1: p is out, and 3 waits for main.
    history = {"1": "", "2": "1", "3": "2", "p": "1"}
    assert first_places(history, [Roll("1"), Roll("p")]) == {"1": 0, "p": 1, "2": None, "3": None}
    assert first_places(history, [Roll("1"), Roll("p"), Roll("3")])["3"] == 2


def test_a_change_that_is_merged_but_not_deployed_has_no_deployment() -> None:
    assert first_places({"1": "", "2": "1"}, [Roll("1")])["2"] is None


def test_rolling_forward_after_a_rollback_does_not_ship_changes_a_second_time() -> None:
    places = first_places({"1": "", "2": "1", "3": "2"}, [Roll("1"), Roll("2"), Roll("1"), Roll("3")])
    assert places == {"1": 0, "2": 1, "3": 3}


def test_a_flagged_rollback_ships_nothing_even_with_a_commit_of_its_own() -> None:
    # r reverts 2. It goes out as a rollback, so r belongs to the next ordinary deployment.
    history = {"1": "", "2": "1", "r": "2", "3": "r"}
    rolls = [Roll("1"), Roll("2"), Roll("r", is_flagged=True), Roll("3")]
    assert first_places(history, rolls) == {"1": 0, "2": 1, "r": 3, "3": 3}


def test_a_roll_out_that_failed_ships_nothing() -> None:
    rolls = [Roll("1"), Roll("2", status="failure"), Roll("2", status="cancelled"), Roll("2")]
    assert first_places({"1": "", "2": "1"}, rolls) == {"1": 0, "2": 3}


def test_staging_ships_nothing_to_production() -> None:
    rolls = [Roll("2", environment="staging"), Roll("1"), Roll("2")]
    assert first_places({"1": "", "2": "1"}, rolls) == {"1": 1, "2": 2}


def test_services_of_one_repository_ship_the_same_commit_apart() -> None:
    rolls = [Roll("1"), Roll("2", service="till"), Roll("2")]
    history = {"1": "", "2": "1"}
    assert first_places(history, rolls, "shop") == {"1": 0, "2": 2}
    assert first_places(history, rolls, "till") == {"1": 1, "2": 1}


def test_two_deployments_at_one_instant_are_taken_in_the_order_given() -> None:
    # The caller orders ties by identifier; the commit belongs to the first of the two.
    assert first_places({"1": ""}, [Roll("1"), Roll("1")]) == {"1": 0}


def test_a_parent_outside_a_shallow_clone_is_absent() -> None:
    assert first_places({"2": "1", "3": "2"}, [Roll("3")]) == {"2": 0, "3": 0}


def test_a_deployment_of_an_unknown_commit_ships_nothing() -> None:
    assert first_places({"1": ""}, [Roll("gone"), Roll(None), Roll("1")]) == {"1": 2}


def test_an_unknown_commit_has_no_deployment() -> None:
    asked = pa.array(["gone", None, "1"])
    places = classified({"1": ""}, [Roll("1")]).first_deployments(np.zeros(3, np.int64), asked)
    assert places.tolist() == [NONE, NONE, 0]


def test_lines_without_branches_condense_to_their_deployed_commits() -> None:
    # Of 1-2-3-4-5 with 2 deployed, 1 goes with 2, and 3 and 4 with the head 5.
    line = history({"1": "", "2": "1", "3": "2", "4": "3", "5": "4"})
    condensed = condense(line, line.nodes(pa.array(["2"])))
    assert condensed.n_groups == 2
    assert condensed.number[0] == condensed.number[1] != condensed.number[2] == condensed.number[4]


@pytest.mark.parametrize(
    "parents",
    [
        {"1": "2", "2": "1"},
        {"1": "1"},
        {"1": "3", "2": "1", "3": "2"},
        {"0": "", "1": "0 3", "2": "1", "3": "2", "4": "3"},
    ],
)
def test_a_cycle_is_an_error_that_names_the_repository(parents: dict[str, str]) -> None:
    with pytest.raises(CycleError, match="acme/shop: its commits form a cycle"):
        classified(parents, [Roll(next(iter(parents)))])
