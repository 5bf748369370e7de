"""Writes a synthetic organisation in the neutral format: `python -m benchmarks.generate S out/`.

Two sizes over two years (2024 and 2025), the same for the same seed:

    size  services  teams  deployments    changes     commits  incidents
    S          200     40       20,000    100,000     500,000      5,000
    L        2,000    400    1,000,000  5,000,000  10,000,000    100,000

About 3 % of deployments are rollbacks, 3 % hotfixes, 2 % fail in production, and together with incidents
about one in eight is a failed deployment; 5 % of changes are by bots; coverage is complete. Charges come by
service and month, the figures of finance by quarter.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import typer

from benchmarks.columns import DAY, Floats, Ints, shares, table, times, words
from benchmarks.delivery import CHANGES_PER_DEPLOYMENT, ENGINEERS_PER_TEAM, Services, Window, delivery
from benchmarks.money import costs, inputs
from benchmarks.requests import action_runs, tickets

Size = Literal["S", "L"]
FileFormat = Literal["parquet", "csv"]
WINDOW = Window(1_704_067_200, 1_767_225_600)  # 2024-01-01 to 2026-01-01, UTC
_ROWS_PER_GROUP = 500_000


@dataclass(frozen=True, slots=True)
class Scale:
    """How many of everything; a change has ``commits_per_change`` commits, its merge among them."""

    services: int
    teams: int
    deployments: int
    commits_per_change: int
    incidents: int


SCALES: dict[Size, Scale] = {
    "S": Scale(200, 40, 20_000, 5, 5_000),
    "L": Scale(2_000, 400, 1_000_000, 2, 100_000),
}


@dataclass(frozen=True, slots=True)
class Generated:
    """What was written: rows by table, seconds, and the peak memory of the process in bytes."""

    directory: Path
    rows: dict[str, int]
    seconds: float
    peak_bytes: int


def generate(
    directory: Path,
    size: Size,
    seed: int = 1,
    *,
    file_format: FileFormat = "parquet",
    n_tickets: int = 0,
    n_runs: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Generated:
    """Writes the organisation into ``directory``, one file per table, replacing files of the same name.

    Parameters
    ----------
    n_tickets, n_runs : rows of ``tickets`` and ``action_runs``; at 0 the table is not collected.
    progress : is told the services done and their total.
    """
    started = time.perf_counter()
    directory.mkdir(parents=True, exist_ok=True)
    scale = SCALES[size]
    rng = np.random.default_rng([seed, scale.services])
    with _Writer(directory, file_format) as writer:
        services = _services(rng, scale)
        for name, rows in _organisation(rng, scale, services, n_tickets, n_runs):
            writer.write(name, rows)
        for group, done in _groups(services, scale):
            chunk_rng = np.random.default_rng([seed, scale.services, done])
            for name, rows in delivery(chunk_rng, group, WINDOW, scale.commits_per_change).items():
                writer.write(name, rows)
            progress(done, scale.services)
        for name, rows in _requests(seed, scale, services, n_tickets, n_runs):
            writer.write(name, rows)
        money_rng = np.random.default_rng([seed, scale.services, len("costs")])
        writer.write("costs", costs(money_rng, services, WINDOW))
        writer.write("inputs", inputs(WINDOW))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Generated(directory, writer.rows, time.perf_counter() - started, peak)


def _services(rng: np.random.Generator, scale: Scale) -> Services:
    """All services; a few are deployed much more often than most."""
    weights: Floats = np.exp(0.6 * rng.standard_normal(scale.services))
    n_deployments = 1 + shares(weights, scale.deployments - scale.services)
    teams: Ints = np.arange(scale.services) % scale.teams
    adopted: Ints = WINDOW.start + rng.integers(90, 900, scale.teams) * DAY  # after 731 days: never
    return Services(
        names=[f"service-{i:04d}" for i in range(scale.services)],
        repositories=[f"example/service-{i:04d}" for i in range(scale.services)],
        teams=teams,
        adopted=adopted[teams],
        n_deployments=n_deployments,
        n_incidents=shares(n_deployments.astype(np.float64), scale.incidents),
    )


def _groups(services: Services, scale: Scale) -> Iterator[tuple[Services, int]]:
    """Services in groups of about as many commits as a row group, and how many are done with each."""
    commits = np.cumsum(services.n_deployments) * CHANGES_PER_DEPLOYMENT * scale.commits_per_change
    cuts = np.flatnonzero(np.diff(commits // _ROWS_PER_GROUP)) + 1
    for start, end in zip([0, *cuts], [*cuts, scale.services], strict=True):
        yield (
            Services(
                services.names[start:end],
                services.repositories[start:end],
                services.teams[start:end],
                services.adopted[start:end],
                services.n_deployments[start:end],
                services.n_incidents[start:end],
            ),
            int(end),
        )


def _organisation(
    rng: np.random.Generator, scale: Scale, services: Services, n_tickets: int, n_runs: int
) -> Iterator[tuple[str, pa.Table]]:
    """Teams, services and coverage."""
    team_ids = [f"team-{i:03d}" for i in range(scale.teams)]
    yield (
        "teams",
        table(
            team_id=team_ids,
            name=[f"Team {i}" for i in range(scale.teams)],
            engineers=np.full(scale.teams, float(ENGINEERS_PER_TEAM)),
            onboarded_at=times(WINDOW.start + rng.integers(0, 400, scale.teams) * DAY),
            is_platform_team=np.arange(scale.teams) == 0,
        ),
    )
    yield (
        "services",
        table(
            service_id=services.names,
            name=services.names,
            team_id=words(services.teams, team_ids),
            repo_id=services.repositories,
            tier=words(rng.integers(0, 3, scale.services), ["1", "2", "3"]),
            created_at=times(np.full(scale.services, WINDOW.start)),
        ),
    )
    yield "coverage", _coverage(services, n_tickets, n_runs)


def _coverage(services: Services, n_tickets: int, n_runs: int) -> pa.Table:
    scopes = [(name, scope) for name in ("deployments", "changes", "incidents") for scope in services.names]
    scopes += [("commits", repository) for repository in services.repositories]
    scopes += [(name, "*") for name, n in (("tickets", n_tickets), ("action_runs", n_runs)) if n]
    return table(
        resource=[name for name, _ in scopes],
        scope_id=[scope for _, scope in scopes],
        from_at=times(np.full(len(scopes), WINDOW.start)),
        to_at=times(np.full(len(scopes), WINDOW.end)),
    )


def _requests(
    seed: int, scale: Scale, services: Services, n_tickets: int, n_runs: int
) -> Iterator[tuple[str, pa.Table]]:
    """Tickets and action runs, where they are wanted, in parts of a row group."""
    for name, make, n in (("tickets", tickets, n_tickets), ("action_runs", action_runs, n_runs)):
        for first in range(0, n, _ROWS_PER_GROUP):
            rng = np.random.default_rng([seed, scale.services, len(name), first])
            yield name, make(rng, services, WINDOW, first, min(_ROWS_PER_GROUP, n - first))


@dataclass(slots=True)
class _Writer:
    """One open file per table; tables are appended in parts."""

    directory: Path
    file_format: FileFormat
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, pq.ParquetWriter | pyarrow.csv.CSVWriter] = field(default_factory=dict)

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self.files.values():
            file.close()

    def write(self, name: str, part: pa.Table) -> None:
        if self.file_format == "csv":
            part = part.cast(pa.schema([(f.name, _plain(f.type)) for f in part.schema]))
        if name not in self.files:
            self.files[name] = self._open(name, part.schema)
        self.files[name].write_table(part)
        self.rows[name] = self.rows.get(name, 0) + part.num_rows

    def _open(self, name: str, schema: pa.Schema) -> pq.ParquetWriter | pyarrow.csv.CSVWriter:
        path = self.directory / f"{name}.{self.file_format}"
        if self.file_format == "csv":
            return pyarrow.csv.CSVWriter(path, schema)
        repeated = [f.name for f in schema if pa.types.is_dictionary(f.type)]
        return pq.ParquetWriter(
            path, schema, compression="zstd", compression_level=1, use_dictionary=repeated
        )


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def main(
    size: Annotated[str, typer.Argument(help="S or L")],
    directory: Annotated[Path, typer.Argument(help="Folder to write into")],
    seed: Annotated[int, typer.Option(help="The same seed writes the same organisation.")] = 1,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV instead of Parquet.")] = False,
    tickets: Annotated[int, typer.Option(help="Number of tickets.")] = 0,
    runs: Annotated[int, typer.Option(help="Number of self-service runs.")] = 0,
) -> None:
    """Write a synthetic organisation in the neutral format."""
    if size not in SCALES:
        raise typer.BadParameter(f"{size} is not a size: write S or L")

    def show(done: int, total: int) -> None:
        print(f"\r{done} of {total} services", end="", file=sys.stderr, flush=True)

    made = generate(
        directory,
        size,
        seed,
        file_format="csv" if csv else "parquet",
        n_tickets=tickets,
        n_runs=runs,
        progress=show,
    )
    counts = ", ".join(f"{n:,} {name}" for name, n in made.rows.items())
    print(f"\n{made.directory}: {counts}", file=sys.stderr)
    print(f"{made.seconds:.1f} s, peak {made.peak_bytes / 2**30:.2f} GiB", file=sys.stderr)


if __name__ == "__main__":
    typer.run(main)
