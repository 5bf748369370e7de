"""The commit graph of a repository as arrays, and the same graph condensed to where lines meet.

Two commits of which one is the other's only child are contained in the same deployments, unless a
deployment stands at the older one. So only deployed commits, branch points and heads are kept, which
makes every further pass several times shorter and loses nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import WarehouseError

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class CycleError(WarehouseError):
    """The commits of a repository contain a cycle, which no history has: the input is damaged."""

    def __init__(self, repo_id: str) -> None:
        super().__init__(
            f"repository {repo_id}: its commits form a cycle, so no order of history exists. "
            "The rows in `commits` are damaged; collect this repository again from the start."
        )
        self.repo_id = repo_id


@dataclass(frozen=True, slots=True)
class CommitGraph:
    """Commits by number and one edge per known parent; a parent outside ``shas`` has no edge."""

    repo_id: str
    shas: pa.Array
    child: Integers
    parent: Integers

    def __len__(self) -> int:
        return len(self.shas)

    def nodes(self, shas: pa.Array) -> Integers:
        """The number of each commit, -1 where it is NULL or not in the graph."""
        return _positions_in(self.shas, shas)


@dataclass(frozen=True, slots=True)
class CondensedGraph:
    """Groups of commits that the same deployments contain.

    ``number`` gives the group of every commit. Edges go from a child's group to its parent's and are
    ordered by child, children first: one walk along them is a whole sweep from heads to roots.
    """

    number: Integers
    n_groups: int
    edge_child: list[int]
    edge_parent: list[int]


def commit_graph(repo_id: str, shas: pa.Array, parents: pa.Array) -> CommitGraph:
    """The graph of the commits ``shas``, whose ``parents`` are separated by spaces (NULL: none)."""
    split = pc.ascii_split_whitespace(pc.fill_null(parents, ""))
    child = pc.list_parent_indices(split).to_numpy(zero_copy_only=False).astype(np.int64)
    parent = _positions_in(shas, pc.list_flatten(split))
    known = parent >= 0
    return CommitGraph(repo_id, shas, child[known], parent[known])


def _positions_in(shas: pa.Array, wanted: pa.Array) -> Integers:
    found = pc.index_in(wanted, value_set=shas, skip_nulls=True)
    numbers: Integers = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def condense(graph: CommitGraph, tips: Integers) -> CondensedGraph:
    """The graph with every commit between two places of interest joined to its only child.

    Parameters
    ----------
    tips : numbers of the commits that later passes start from or ask about; each keeps its own group.

    Raises
    ------
    CycleError : the commits form a cycle.
    """
    is_kept = np.bincount(graph.parent, minlength=len(graph)) != 1
    is_kept[tips] = True
    is_joined = ~is_kept[graph.parent]
    joined_to = np.arange(len(graph))
    joined_to[graph.parent[is_joined]] = graph.child[is_joined]
    number = (np.cumsum(is_kept) - 1)[_ends(joined_to, is_kept, graph.repo_id)]
    child, parent = number[graph.child[~is_joined]], number[graph.parent[~is_joined]]
    n_groups = int(is_kept.sum())
    position = _children_first(child, parent, n_groups, graph.repo_id)
    child, parent = position[child], position[parent]
    order = np.argsort(child, kind="stable")
    return CondensedGraph(position[number], n_groups, child[order].tolist(), parent[order].tolist())


def _ends(joined_to: Integers, is_end: Flags, repo_id: str) -> Integers:
    """Where each chain ends; every round doubles the length that is jumped, so a few suffice."""
    for _ in range(len(joined_to).bit_length()):
        joined_to = joined_to[joined_to]
    if not is_end[joined_to].all():
        raise CycleError(repo_id)
    return joined_to


def _children_first(child: Integers, parent: Integers, n_nodes: int, repo_id: str) -> Integers:
    """The position of each node in an order that has every child before its parents."""
    by_child = np.argsort(child, kind="stable")
    parents = parent[by_child].tolist()
    starts = np.searchsorted(child[by_child], np.arange(n_nodes + 1)).tolist()
    n_waiting = np.bincount(parent, minlength=n_nodes)
    order: list[int] = np.flatnonzero(n_waiting == 0).tolist()
    waiting = n_waiting.tolist()
    for node in order:  # grows while it is walked
        for ancestor in parents[starts[node] : starts[node + 1]]:
            waiting[ancestor] -= 1
            if not waiting[ancestor]:
                order.append(ancestor)
    if len(order) < n_nodes:
        raise CycleError(repo_id)
    position = np.empty(n_nodes, np.int64)
    position[order] = np.arange(n_nodes)
    return position
