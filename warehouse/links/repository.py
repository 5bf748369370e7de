"""All that the commit graph of one repository says about the deployments of its services."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from warehouse.links.containment import NEVER
from warehouse.links.graph import CommitGraph, CondensedGraph, Flags, Integers, condense
from warehouse.links.running import (
    NONE,
    Deployments,
    are_comparable,
    are_rollbacks_by_ancestry,
    first_production,
    running_before,
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A graph together with the deployments, in finish order, of the services that it belongs to.

    ``node`` is the commit of each deployment (``NONE``: not in this repository). ``is_rollback``
    holds flagged deployments and those that went back to an ancestor; ``has_graph`` those whose commit
    and the running one are both known, so that ancestry could tell.
    """

    graph: CommitGraph
    condensed: CondensedGraph
    deployments: Deployments
    node: Integers
    is_rollback: Flags
    has_graph: Flags

    def first_deployments(self, services: Integers, shas: pa.Array) -> Integers:
        """Place of the deployment of a service that each commit of ``shas`` belongs to.

        That is its first successful production deployment, no rollback, that contains the commit;
        ``NONE`` where there is none yet, or the commit is not in this repository. ``services`` says
        for each commit which service is meant.
        """
        nodes = self.graph.nodes(shas)
        places = np.full(len(nodes), NONE)
        for service in np.unique(services).tolist():
            asked = np.flatnonzero((services == service) & (nodes != NONE))
            first = first_production(self.condensed, self.deployments, self.is_rollback, self.node, service)
            places[asked] = np.where(first == NEVER, NONE, first)[nodes[asked]]
        return places


def repository(graph: CommitGraph, deployments: Deployments, shas: pa.Array) -> Repository:
    """The repository with its deployments classified; ``shas`` are theirs, NULL where unknown.

    Raises
    ------
    CycleError : the commits form a cycle.
    """
    node = graph.nodes(shas)
    condensed = condense(graph, node[node != NONE])
    running = running_before(deployments)
    goes_back = are_rollbacks_by_ancestry(condensed, deployments, running, node)
    return Repository(
        graph,
        condensed,
        deployments,
        node,
        is_rollback=deployments.is_flagged | goes_back,
        has_graph=are_comparable(running, node),
    )
