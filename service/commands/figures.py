"""`payoff metrics` and `payoff export`: figures, the rows behind them, and whole tables."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer

from dashboards.words.simulated import COLUMN
from metrics.catalog import CATALOG, metric_named
from metrics.ground import day_of as day_reached
from metrics.scope import By, Period
from service.cli import (
    DEFAULT_CONFIG,
    ConfigOption,
    app,
    day_of,
    narration,
    plain_errors,
    settings_of,
)
from service.errors import UsageError
from service.figures import Asked, Format, encoded, narrowed, own_parameters, window
from service.storage.snapshots import open_snapshot
from warehouse.kept import TABLE as KEPT
from warehouse.publish import Snapshot


@app.command()
def metrics(
    name: Annotated[
        str | None, typer.Argument(help="Metric to compute; without one the catalogue is listed.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    by: Annotated[
        By, typer.Option(help="service, team, action or organisation; which a metric takes is in its page.")
    ] = "organisation",
    period: Annotated[
        Period, typer.Option(help="week, month, quarter or window (the whole window as one).")
    ] = "month",
    start: Annotated[
        str | None, typer.Option(help="First local day, YYYY-MM-DD. Default: a year ago.")
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            help="Day after the last, YYYY-MM-DD. Default: the local day that the snapshot speaks up to."
        ),
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option(help="Only this team; may be given several times.")
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option(help="Only this service; may be given several times.")
    ] = None,
    tier: Annotated[list[str] | None, typer.Option(help="Only services of this tier.")] = None,
    action: Annotated[
        list[str] | None, typer.Option(help="Only this self-service action; may be given several times.")
    ] = None,
    minimum_n: Annotated[
        int | None, typer.Option(help="Overrides how many observations a value needs.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="The metric's own, as clock=merged.")
    ] = None,
    show_evidence: Annotated[
        bool,
        typer.Option(
            "--evidence", help="The rows behind the figures instead: counted or out, why, and where."
        ),
    ] = False,
    scope: Annotated[str | None, typer.Option(help="With --evidence: only this service or team.")] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="csv, json or parquet.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; default stdout.")
    ] = None,
) -> None:
    """Compute a metric from the published snapshot.

    Every row carries its n, its 95 % interval and a status: `ok`, `too_few`, `no_data` or `not_collected`.
    A value that the data cannot carry is empty, never zero.

    Example: `payoff metrics change_lead_time --by team --period quarter --start 2026-01-01`
    """
    with plain_errors():
        if name is None:
            _print_catalogue()
            return
        metric_named(name)
        snapshot = open_snapshot(settings_of(config))
        days = window(_day("--start", start), _day("--end", end) or day_reached(snapshot))
        where = narrowed(services=service, teams=team, tiers=tier, actions=action)
        asked = Asked(name, *days, by, period, minimum_n, where, own_parameters(parameter or []))
        frame = asked.rows(snapshot, scope_id=scope) if show_evidence else asked.figures(snapshot)
        _write(frame, format_, output, snapshot)


@app.command()
def export(
    directory: Annotated[
        Path, typer.Argument(help="Folder to write into; it is made where it does not exist.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    format_: Annotated[
        Literal["parquet", "csv"], typer.Option("--format", "-f", help="parquet or csv.")
    ] = "parquet",
) -> None:
    """Write every table of the published snapshot as a file of its own."""
    with plain_errors():
        snapshot = open_snapshot(settings_of(config))
        if snapshot.settings.get("is_demo"):
            narration.print("[yellow]These are simulated rows of the demo world, and every row says so.[/]")
        directory.mkdir(parents=True, exist_ok=True)
        for name in _tables(snapshot):
            table = _marked(snapshot.sql(f'SELECT * FROM "{name}"'), snapshot)
            path = directory / f"{name}.{format_}"
            if format_ == "parquet":
                pa.parquet.write_table(table, path)
            else:
                pa.csv.write_csv(table, path)
            narration.print(f"{path}  {table.num_rows:,} rows")


def _marked(table: pa.Table, snapshot: Snapshot) -> pa.Table:
    """The rows, which say so where they are simulated."""
    if not snapshot.settings.get("is_demo"):
        return table
    return table.append_column(COLUMN, pa.array([True] * table.num_rows, pa.bool_()))


def _tables(snapshot: Snapshot) -> list[str]:
    names = snapshot.sql("SELECT table_name FROM duckdb_tables() ORDER BY table_name")
    # Answers that are kept for pages are no rows of anybody's.
    return [str(name) for name in names.column("table_name").to_pylist() if name != KEPT]


def _print_catalogue() -> None:
    """The metrics as CSV: what each says, in which unit, and how many observations a value needs."""
    columns = ["name", "title", "unit", "better", "minimum_n", "definition"]
    rows = [[getattr(metric, column) for column in columns] for metric in CATALOG.values()]
    sys.stdout.write(pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n"))


def _day(option: str, text: str | None) -> date | None:
    return day_of(option, text) if text else None


def _write(frame: pd.DataFrame, format_: Format, output: Path | None, snapshot: Snapshot) -> None:
    if format_ == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal; name a file with --output.")
    if snapshot.settings.get("is_demo"):
        narration.print("[yellow]These are simulated figures of the demo world.[/]")
    data = encoded(frame, format_, snapshot.settings)
    if output is None:
        sys.stdout.buffer.write(data)
        return
    output.write_bytes(data)
    narration.print(f"{output}  {len(frame):,} rows")
