"""What linking reads from the warehouse: deployments at once, graphs and changes batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.links.derived import derived_changes_sql
from warehouse.links.graph import CommitGraph, Integers, commit_graph
from warehouse.links.running import Deployments

# Commits times services of a batch; a batch of this size takes some hundred megabytes.
_BATCH_ROWS = 2_000_000
_TEMPORARY = (
    "VIEW linkable_changes",
    "VIEW reported_changes",
    "TABLE repository_services",
    "TABLE stated_changes",
    "TABLE ordered_deployments",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Repositories, numbered in order of their names, that are worked through together.

    ``services`` are those of each repository. Changes are read in ``n_parts`` parts, by service: one
    repository with hundreds of services would not fit otherwise.
    """

    repo_ids: tuple[str, ...]
    first: int
    services: tuple[Integers, ...]
    n_parts: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of one repository, which counts from the first of its batch, in parallel arrays."""

    repository: int
    services: Integers
    change_ids: pa.Array
    outside_service_ids: pa.Array
    merge_shas: pa.Array


def prepare_inputs(con: duckdb.DuckDBPyConnection) -> None:
    """Create the temporary tables and views that the rest reads (``inputs.sql``)."""
    con.execute(sql("inputs").replace("{derived_changes}", derived_changes_sql()))


def drop_inputs(con: duckdb.DuckDBPyConnection) -> None:
    """Remove them again."""
    for name in _TEMPORARY:
        con.execute(f"DROP {name}")


def sql(name: str) -> str:
    """The text of a SQL file of this package."""
    return files(__package__).joinpath(f"{name}.sql").read_text()


def read_deployments(con: duckdb.DuckDBPyConnection) -> tuple[Deployments, pa.Array, pa.Array]:
    """All deployments in finish order, their identifiers and their shas."""
    rows = _read(con, "SELECT * FROM ordered_deployments ORDER BY place")
    environment = _codes(rows["environment"])
    service = _integers(rows["service"])
    deployments = Deployments(
        service=service,
        series=service * (environment.max(initial=0) + 1) + environment,
        sha=_codes(rows["sha"]),
        is_success=rows["is_success"].to_numpy(),
        is_production=rows["is_production"].to_numpy(),
        is_flagged=rows["is_flagged"].to_numpy(),
    )
    return deployments, _array(rows["deployment_id"]), _array(rows["sha"])


def batches(con: duckdb.DuckDBPyConnection) -> Iterator[Batch]:
    """Repositories in order of their names, cut where a batch would grow too large."""
    rows = con.execute(
        "SELECT repo_id, list(service ORDER BY service), any_value(n_commits) "
        "FROM repository_services GROUP BY repo_id ORDER BY repo_id"
    ).fetchall()
    start = size = 0
    for i, (_, services, n_commits) in enumerate(rows):
        weight = n_commits * len(services)
        if i > start and size + weight > _BATCH_ROWS:
            yield _batch(rows[start:i], start, size)
            start, size = i, 0
        size += weight
    if rows:
        yield _batch(rows[start:], start, size)


def _batch(rows: list[tuple[str, list[int], int]], first: int, size: int) -> Batch:
    services = tuple(np.array(services, np.int64) for _, services, _ in rows)
    return Batch(tuple(repo_id for repo_id, _, _ in rows), first, services, -(-size // _BATCH_ROWS))


def read_graphs(con: duckdb.DuckDBPyConnection, batch: Batch) -> list[CommitGraph]:
    """The commit graph of each repository of the batch, in order."""
    rows = _read(
        con,
        "SELECT r.repository, c.sha, c.parents FROM commits c "
        "JOIN (SELECT DISTINCT repo_id, repository FROM repository_services) r ON r.repo_id = c.repo_id "
        "WHERE c.repo_id BETWEEN $first AND $last ORDER BY r.repository",
        {"first": batch.repo_ids[0], "last": batch.repo_ids[-1]},
    )
    shas, parents = _array(rows["sha"]), _array(rows["parents"])
    ordinals = batch.first + np.arange(len(batch.repo_ids) + 1)
    ends = np.searchsorted(_integers(rows["repository"]), ordinals).tolist()
    return [
        commit_graph(repo_id, shas[start:end], parents[start:end])
        for repo_id, (start, end) in zip(batch.repo_ids, pairwise(ends), strict=True)
    ]


def read_changes(con: duckdb.DuckDBPyConnection, batch: Batch, part: int) -> Iterator[Changes]:
    """Changes of the batch that ancestry has to link, one repository after the other."""
    rows = _read(
        con,
        "SELECT r.repository, r.service, c.change_id, c.outside_service_id, c.merge_sha "
        "FROM linkable_changes c "
        "JOIN repository_services r ON r.repo_id = c.repo_id AND r.service_id = c.service_id "
        "WHERE c.repo_id BETWEEN $first AND $last AND r.service % $n_parts = $part "
        "AND c.merge_sha IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stated_changes x "
        "WHERE x.change_id = c.change_id AND x.service_id = c.service_id) "
        "ORDER BY r.repository",
        {"first": batch.repo_ids[0], "last": batch.repo_ids[-1], "n_parts": batch.n_parts, "part": part},
    )
    repository, service = _integers(rows["repository"]), _integers(rows["service"])
    columns = [_array(rows[name]) for name in ("change_id", "outside_service_id", "merge_sha")]
    bounds = np.flatnonzero(np.diff(repository, prepend=-1, append=-1)).tolist()
    for start, end in pairwise(bounds):
        parts = (column[start:end] for column in columns)
        yield Changes(int(repository[start]) - batch.first, service[start:end], *parts)


def _read(con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None) -> pa.Table:
    """Through a relation: DuckDB copies the rows of a cursor once more."""
    return con.sql(query, params=parameters).to_arrow_table()


def _integers(column: pa.ChunkedArray) -> Integers:
    numbers: Integers = column.to_numpy().astype(np.int64)
    return numbers


def _codes(column: pa.ChunkedArray) -> Integers:
    """A number per distinct value, -1 for NULL."""
    indices = pc.dictionary_encode(_array(column)).indices
    codes: Integers = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _array(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)
