"""Links written into the warehouse: ``link_changes``, ``link_incidents`` and ``deployment_states``.

Graphs are worked through in memory, some repositories at a time, so that memory follows the largest
repository and not the organisation.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.links.graph import CommitGraph, Integers
from warehouse.links.inputs import (
    Batch,
    Changes,
    batches,
    drop_inputs,
    prepare_inputs,
    read_changes,
    read_deployments,
    read_graphs,
    sql,
)
from warehouse.links.repository import Repository, repository
from warehouse.links.running import NONE, are_redeploys, running_before


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How much was linked, and by which method. Incidents that are not linked have no row."""

    n_repositories: int
    n_commits: int
    n_deployments: int
    n_rollbacks: int
    n_redeploys: int
    n_deployments_without_graph: int
    n_changes_explicit: int
    n_changes_ancestry: int
    n_incidents_explicit: int
    n_incidents_window: int
    n_incidents_unlinked: int


def link(con: duckdb.DuckDBPyConnection, *, attribution_window_hours: float) -> LinkReport:
    """Replace all links and states by those of the rows now loaded, in one transaction.

    Parameters
    ----------
    con : the writer, outside of a transaction.
    attribution_window_hours : how long after its finish a running deployment may explain an incident.

    Raises
    ------
    CycleError : the commits of a repository form a cycle; the links from before stay.
    """
    con.execute("BEGIN")
    try:
        report = _link(con, attribution_window_hours)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return report


def _link(con: duckdb.DuckDBPyConnection, window_hours: float) -> LinkReport:
    prepare_inputs(con)
    for table in ("link_changes", "link_incidents", "deployment_states"):
        con.execute(f"DELETE FROM {table}")
    linking = _Linking(con)
    for batch in batches(con):
        linking.add(batch)
    linking.write_states()
    con.execute(sql("stated"))
    con.execute(sql("incidents"), {"window_microseconds": round(window_hours * 3_600_000_000)})
    report = _report(con, linking)
    drop_inputs(con)
    return report


class _Linking:
    """The deployments of the organisation and what the repositories seen so far say about them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.deployments, self.ids, self.shas = read_deployments(con)
        self.is_rollback = self.deployments.is_flagged.copy()
        self.has_graph = np.zeros(len(self.ids), np.bool_)
        self.n_repositories = self.n_commits = 0
        self._by_service = np.argsort(self.deployments.service, kind="stable")
        self._services = self.deployments.service[self._by_service]

    def add(self, batch: Batch) -> None:
        """Classify the deployments of these repositories and link their changes."""
        graphs = read_graphs(self.con, batch)
        self.n_repositories += len(graphs)
        self.n_commits += sum(map(len, graphs))
        ranks = [self._ranks(services) for services in batch.services]
        repositories = [self._repository(graph, at) for graph, at in zip(graphs, ranks, strict=True)]
        for part in range(batch.n_parts):
            tables = [
                self._links(changes, repositories[changes.repository], ranks[changes.repository])
                for changes in read_changes(self.con, batch, part)
            ]
            if tables:
                _insert(self.con, "link_changes", pa.concat_tables(tables))

    def _ranks(self, services: Integers) -> Integers:
        """The deployments of some services, in finish order."""
        starts = np.searchsorted(self._services, services)
        ends = np.searchsorted(self._services, services, side="right")
        slices = [self._by_service[start:end] for start, end in zip(starts, ends, strict=True)]
        return np.sort(np.concatenate(slices))

    def _repository(self, graph: CommitGraph, ranks: Integers) -> Repository:
        found = repository(graph, self.deployments.take(ranks), self.shas.take(pa.array(ranks)))
        self.is_rollback[ranks] |= found.is_rollback
        self.has_graph[ranks] |= found.has_graph
        return found

    def _links(self, changes: Changes, found: Repository, ranks: Integers) -> pa.Table:
        places = found.first_deployments(changes.services, changes.merge_shas)
        linked = pa.array(np.flatnonzero(places != NONE))
        return pa.table(
            {
                "change_id": changes.change_ids.take(linked),
                "service_id": changes.outside_service_ids.take(linked),
                "deployment_id": self.ids.take(pa.array(ranks[places[linked]])),
                "method": pa.repeat("ancestry", len(linked)),
            }
        )

    def write_states(self) -> None:
        """Fill ``deployment_states``: one row per deployment."""
        running = running_before(self.deployments)
        table = pa.table(
            {
                "deployment_id": self.ids,
                "running_deployment_id": self.ids.take(pa.array(running, mask=running == NONE)),
                "is_rollback": self.is_rollback,
                "is_redeploy": are_redeploys(self.deployments, running),
                "has_graph": self.has_graph,
            }
        )
        _insert(self.con, "deployment_states", table)


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    con.register("rows_to_insert", rows)
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows_to_insert")
    con.unregister("rows_to_insert")


def _report(con: duckdb.DuckDBPyConnection, linking: _Linking) -> LinkReport:
    changes = dict(con.execute("SELECT method, count(*) FROM link_changes GROUP BY method").fetchall())
    incidents = dict(con.execute("SELECT method, count(*) FROM link_incidents GROUP BY method").fetchall())
    states = con.execute(
        "SELECT count_if(is_rollback), count_if(is_redeploy), count_if(NOT has_graph) FROM deployment_states"
    ).fetchall()[0]
    (n_incidents,) = con.execute("SELECT count(*) FROM incidents").fetchall()[0]
    return LinkReport(
        n_repositories=linking.n_repositories,
        n_commits=linking.n_commits,
        n_deployments=len(linking.deployments),
        n_rollbacks=states[0],
        n_redeploys=states[1],
        n_deployments_without_graph=states[2],
        n_changes_explicit=changes.get("explicit", 0),
        n_changes_ancestry=changes.get("ancestry", 0),
        n_incidents_explicit=incidents.get("explicit", 0),
        n_incidents_window=incidents.get("window", 0),
        n_incidents_unlinked=n_incidents - sum(incidents.values()),
    )
