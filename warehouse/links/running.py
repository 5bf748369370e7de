"""What was running before each deployment, and what that makes of it: redeploy or rollback."""

from dataclasses import dataclass

import numpy as np

from warehouse.links.containment import are_strict_ancestors, first_containing
from warehouse.links.graph import CondensedGraph, Flags, Integers

NONE = -1


@dataclass(frozen=True, slots=True)
class Deployments:
    """Deployments in finish order (ties by identifier); the place in these arrays is the rank.

    ``series`` numbers the pairs of service and environment, ``sha`` the distinct hashes (``NONE``:
    unknown). A deployment that succeeded at an unknown time is no success here: it cannot be ordered.
    ``is_flagged`` says that its source calls it a rollback.
    """

    service: Integers
    series: Integers
    sha: Integers
    is_success: Flags
    is_production: Flags
    is_flagged: Flags

    def __len__(self) -> int:
        return len(self.service)

    def take(self, ranks: Integers) -> "Deployments":
        """Those of ``ranks``, which must ascend so that the finish order stays."""
        return Deployments(
            self.service[ranks],
            self.series[ranks],
            self.sha[ranks],
            self.is_success[ranks],
            self.is_production[ranks],
            self.is_flagged[ranks],
        )


def running_before(deployments: Deployments) -> Integers:
    """The last successful deployment before each one in its series, ``NONE`` where there is none."""
    order = np.argsort(deployments.series, kind="stable")
    series = deployments.series[order]
    last = np.maximum.accumulate(np.where(deployments.is_success[order], np.arange(len(order)), NONE))
    before = np.concatenate(([NONE], last))[:-1]
    is_of_series = before >= np.searchsorted(series, series)
    running = np.full(len(order), NONE)
    running[order[is_of_series]] = order[before[is_of_series]]
    return running


def are_redeploys(deployments: Deployments, running: Integers) -> Flags:
    """Whether each deployment rolled out the sha that was running already."""
    answers = np.zeros(len(deployments), np.bool_)
    asked = np.flatnonzero((running != NONE) & (deployments.sha != NONE))
    answers[asked] = deployments.sha[asked] == deployments.sha[running[asked]]
    return answers


def are_rollbacks_by_ancestry(
    graph: CondensedGraph, deployments: Deployments, running: Integers, node: Integers
) -> Flags:
    """Whether the commit of each deployment is a strict ancestor of the one that was running.

    ``node`` is the commit of each deployment, one of the tips of the graph (``NONE``: not in it).
    """
    answers = np.zeros(len(deployments), np.bool_)
    asked = np.flatnonzero(are_comparable(running, node) & (running != NONE))
    asked = asked[_are_old(graph, deployments, node, asked)]
    answers[asked] = are_strict_ancestors(graph, node[asked], node[running[asked]])
    return answers


def are_comparable(running: Integers, node: Integers) -> Flags:
    """Whether the graph knows each deployment's commit, and that of the one running before, if any."""
    is_known = node != NONE
    is_comparable: Flags = is_known & ((running == NONE) | is_known[running])
    return is_comparable


def _are_old(graph: CondensedGraph, deployments: Deployments, node: Integers, asked: Integers) -> Flags:
    """Whether an earlier success of the series contained the commit; nothing else can be a step back."""
    answers = np.zeros(len(asked), np.bool_)
    series = deployments.series[asked]
    for one in np.unique(series).tolist():
        ranks = _successes(deployments, node, deployments.series == one)
        first = first_containing(graph, node[ranks], ranks)
        here = np.flatnonzero(series == one)
        answers[here] = first[node[asked[here]]] < asked[here]
    return answers


def first_production(
    graph: CondensedGraph, deployments: Deployments, is_rollback: Flags, node: Integers, service: int
) -> Integers:
    """For every commit the first successful production deployment of a service that contains it.

    Rollbacks do not count. ``NEVER`` where the commit is not deployed yet.
    """
    counts = deployments.is_production & ~is_rollback & (deployments.service == service)
    ranks = _successes(deployments, node, counts)
    return first_containing(graph, node[ranks], ranks)


def _successes(deployments: Deployments, node: Integers, among: Flags) -> Integers:
    return np.flatnonzero(among & deployments.is_success & (node != NONE)).astype(np.int64)
