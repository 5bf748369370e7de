"""On any history and any deployments, linking says what a brute-force search says."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.links_history import Roll, classified, first_places
from tests.warehouse.links_oracle import ancestry, expected_places, expected_rollbacks

SERVICES = ("shop", "till")


@st.composite
def histories(draw: st.DrawFn) -> dict[str, str]:
    """Any graph without cycles, its commits in any order; some parents are outside of it."""
    n = draw(st.integers(1, 14))
    parents = {}
    for i in range(n):
        older = st.sampled_from([str(j) for j in range(i)] + ["outside"])
        parents[str(i)] = " ".join(draw(st.lists(older, max_size=3, unique=True)))
    return {sha: parents[sha] for sha in draw(st.permutations(list(parents)))}


def rolls_of(shas: Sequence[str]) -> st.SearchStrategy[list[Roll]]:
    """Any deployments of these commits, of unknown ones and of none."""
    return st.lists(
        st.builds(
            Roll,
            sha=st.sampled_from([*shas, "unknown", None]),
            service=st.sampled_from(SERVICES),
            environment=st.sampled_from(["production", "production", "staging"]),
            status=st.sampled_from(["success", "success", "success", "failure", "in_progress"]),
            is_flagged=st.sampled_from([False, False, False, True]),
        ),
        max_size=12,
    )


@given(st.data())
def test_every_commit_belongs_to_the_deployment_that_a_search_finds(data: st.DataObject) -> None:
    parents = data.draw(histories())
    rolls = [Roll("unknown", service) for service in SERVICES] + data.draw(rolls_of(list(parents)))
    for service in SERVICES:
        found = first_places(parents, rolls, service)
        assert found == expected_places(list(parents), rolls, service, ancestry(parents))


@given(st.data())
def test_every_rollback_is_one_that_a_search_finds(data: st.DataObject) -> None:
    parents = data.draw(histories())
    rolls = data.draw(rolls_of(list(parents)))
    found = classified(parents, rolls).is_rollback.tolist()
    assert found == expected_rollbacks(rolls, ancestry(parents))


@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_in_which_commits_arrive_is_irrelevant(data: st.DataObject, order: random.Random) -> None:
    parents = data.draw(histories())
    rolls = [Roll("unknown"), *data.draw(rolls_of(list(parents)))]
    shuffled = order.sample(list(parents), len(parents))
    assert first_places({sha: parents[sha] for sha in shuffled}, rolls) == first_places(parents, rolls)
