"""What was running before each deployment, and which of them went back; places count from 0."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.warehouse.links_history import Roll, classified, deployments
from warehouse.links import containment
from warehouse.links.running import NONE, are_redeploys, running_before

LINE = {"1": "", "2": "1", "3": "2"}


def running(rolls: Sequence[Roll]) -> list[int]:
    return [int(place) for place in running_before(deployments(rolls))]


def redeploys(rolls: Sequence[Roll]) -> list[bool]:
    given = deployments(rolls)
    return [bool(answer) for answer in are_redeploys(given, running_before(given))]


def rollbacks(parents: dict[str, str], rolls: Sequence[Roll]) -> list[bool]:
    return [bool(answer) for answer in classified(parents, rolls).is_rollback]


def test_the_last_success_is_running() -> None:
    rolls = [Roll("1"), Roll("2", status="failure"), Roll("2", status="in_progress"), Roll("2"), Roll("3")]
    assert running(rolls) == [NONE, 0, 0, 0, 3]


def test_every_service_and_environment_runs_its_own() -> None:
    rolls = [
        Roll("1"),
        Roll("1", environment="staging"),
        Roll("2", service="till"),
        Roll("2"),
        Roll("2", environment="staging"),
        Roll("3", service="till"),
    ]
    assert running(rolls) == [NONE, NONE, NONE, 0, 1, 2]


def test_a_successful_rollback_is_running_afterwards() -> None:
    rolls = [Roll("1"), Roll("2"), Roll("1"), Roll("3")]
    assert running(rolls) == [NONE, 0, 1, 2]
    assert rollbacks(LINE, rolls) == [False, False, True, False]


def test_nothing_deployed_is_nothing_running() -> None:
    assert running([]) == []
    assert redeploys([]) == []


def test_the_running_sha_again_is_a_redeploy_and_no_rollback() -> None:
    rolls = [Roll("1"), Roll("1"), Roll("2"), Roll("1")]
    assert redeploys(rolls) == [False, True, False, False]
    assert rollbacks(LINE, rolls) == [False, False, False, True]


def test_two_unknown_shas_are_no_redeploy() -> None:
    assert redeploys([Roll(None), Roll(None)]) == [False, False]


def test_a_failed_roll_out_of_another_sha_does_not_hide_a_redeploy() -> None:
    assert redeploys([Roll("1"), Roll("2", status="failure"), Roll("1")]) == [False, False, True]


def test_a_failed_attempt_to_go_back_is_a_rollback_too() -> None:
    assert rollbacks(LINE, [Roll("1"), Roll("2"), Roll("1", status="failure")]) == [False, False, True]


def test_going_back_two_versions_is_a_rollback() -> None:
    # 1 was never deployed by itself before, but the running 3 contains it.
    assert rollbacks(LINE, [Roll("3"), Roll("1")]) == [False, True]


def test_a_hotfix_on_an_old_tag_is_no_rollback() -> None:
    history = {"1": "", "2": "1", "3": "2", "h": "1"}
    assert rollbacks(history, [Roll("1"), Roll("3"), Roll("h")]) == [False, False, False]


def test_another_branch_that_was_out_before_is_no_rollback() -> None:
    # a and b are two lines from 1, shipped in turn: neither contains the other.
    history = {"1": "", "a": "1", "b": "1"}
    assert rollbacks(history, [Roll("a"), Roll("b"), Roll("a")]) == [False, False, False]


def test_an_ancestor_through_the_second_parent_counts() -> None:
    history = {"1": "", "2": "1", "b": "1", "M": "2 b"}
    assert rollbacks(history, [Roll("b"), Roll("M"), Roll("b")]) == [False, False, True]


def test_staging_that_is_ahead_makes_no_rollback_of_production() -> None:
    rolls = [Roll("3", environment="staging"), Roll("1"), Roll("2")]
    assert rollbacks(LINE, rolls) == [False, False, False]


def test_a_flag_is_believed_where_the_graph_knows_nothing() -> None:
    assert rollbacks(LINE, [Roll("gone", is_flagged=True), Roll("gone too")]) == [True, False]


def test_ancestry_could_tell_only_where_both_commits_are_known() -> None:
    rolls = [Roll("1"), Roll("gone"), Roll("2"), Roll("3"), Roll(None)]
    # 2 replaces a commit that nobody knows, so whether it went back is unknown.
    assert classified(LINE, rolls).has_graph.tolist() == [True, False, False, True, False]


def test_more_questions_than_fit_into_one_sweep_get_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    line = {str(i): str(i - 1) if i else "" for i in range(9)}
    rolls = [Roll(sha) for sha in "0182736455"]
    # 0, 1, 8, back to 2, 7, back to 3, 6, back to 4, 5, and 5 again.
    expected = [False, False, False, True, False, True, False, True, False, False]
    monkeypatch.setattr(containment, "_SWEEP_BITS", 2)
    assert rollbacks(line, rolls) == expected
    monkeypatch.setattr(containment, "_SWEEP_BITS", 1024)
    assert rollbacks(line, rolls) == expected


def test_taking_some_deployments_keeps_their_order() -> None:
    taken = deployments([Roll("1"), Roll("2", service="till"), Roll("3")]).take(np.array([0, 2]))
    assert running_before(taken).tolist() == [NONE, 0]
