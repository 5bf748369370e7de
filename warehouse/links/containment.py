"""Which deployment contains a commit: by ancestry over the commit graph, never by time.

Both questions are one sweep from heads to roots over the condensed graph, so their cost grows with the
history and not with the number of deployments.
"""

import numpy as np

from warehouse.links.graph import CondensedGraph, Flags, Integers

NEVER = int(np.iinfo(np.int64).max)
# Wider masks mean fewer sweeps and more memory: a group holds at most this many bits.
_SWEEP_BITS = 1024


def first_containing(graph: CondensedGraph, tips: Integers, ranks: Integers) -> Integers:
    """The lowest rank of a deployment that contains each commit, ``NEVER`` where none does.

    Parameters
    ----------
    tips : number of the commit that each deployment rolled out, one of the tips of ``condense``.
    ranks : place of each deployment in the order that decides which is first.

    Returns
    -------
    shape (commits,). A commit is contained in a deployment of itself or of a descendant.
    """
    lowest = np.full(graph.n_groups, NEVER)
    np.minimum.at(lowest, graph.number[tips], ranks)
    first: list[int] = lowest.tolist()
    for child, parent in zip(graph.edge_child, graph.edge_parent, strict=True):
        if first[child] < first[parent]:
            first[parent] = first[child]
    return np.array(first, np.int64)[graph.number]


def are_strict_ancestors(graph: CondensedGraph, older: Integers, newer: Integers) -> Flags:
    """Whether each ``older`` commit is an ancestor of its ``newer`` one and not the same commit.

    Both are tips of ``condense``. Every distinct newer commit is a bit that is handed down to all its
    ancestors, so thousands of questions share a sweep.
    """
    asked, heads = graph.number[older], graph.number[newer]
    distinct, bit = np.unique(heads, return_inverse=True)
    answers = np.zeros(len(older), np.bool_)
    for start in range(0, len(distinct), _SWEEP_BITS):
        masks = _descended_from(graph, distinct[start : start + _SWEEP_BITS])
        here = np.flatnonzero((bit >= start) & (bit < start + _SWEEP_BITS))
        answers[here] = [masks[asked[i]] >> int(bit[i] - start) & 1 == 1 for i in here.tolist()]
    is_strict: Flags = answers & (asked != heads)
    return is_strict


def _descended_from(graph: CondensedGraph, heads: Integers) -> list[int]:
    """For each group the heads that contain it, as bits."""
    masks = [0] * graph.n_groups
    for i, head in enumerate(heads.tolist()):
        masks[head] = 1 << i
    for child, parent in zip(graph.edge_child, graph.edge_parent, strict=True):
        if masks[child]:
            masks[parent] |= masks[child]
    return masks
