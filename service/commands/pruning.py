"""`payoff prune`: what has grown old goes, and the room it took is given back."""

from typing import Annotated

import typer

from dashboards.words.spreadsheet import csv_text
from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, now, plain_errors, settings_of
from service.running.narration import megabytes
from service.running.pruning import Pruned
from service.running.pruning import prune as prune_storage
from warehouse.sizes import by_source

_COLUMNS = ("what", "source", "older_than_days", "rows", "bytes")


@app.command()
def prune(
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go and change nothing.")] = False,
) -> None:
    """Remove what is older than it is kept, and give its room back.

    Raw bodies and items that could not be read go by the `keep_raw_days` of their source; runs of jobs,
    results of checks and alerts that are over by `storage.keep_runs_days`; files from before upgrades by
    `storage.keep_upgrade_copies`. No row of the world ever goes, and no figure changes. `payoff serve` does
    it every night. What goes is a table on stdout; the room that each source takes follows on stderr.
    """
    with plain_errors():
        pruned = prune_storage(settings_of(config), dry_run=dry_run, clock=now)
        rows = ((row.table, row.source, row.days, row.n_rows, row.n_bytes) for row in pruned.rows)
        copies = ((path.name, None, None, None, n_bytes) for path, n_bytes in pruned.copies)
        typer.echo(csv_text(_COLUMNS, [*rows, *copies]), nl=False)
        _narrate(pruned, dry_run)


def _narrate(pruned: Pruned, dry_run: bool) -> None:
    for source, n_rows, n_bytes in by_source(pruned.sizes):
        narration.print(f"{source or 'Payoff itself'}: {n_rows:,} rows, {megabytes(n_bytes)}")
    size = megabytes(pruned.before.n_bytes)
    if dry_run:
        bodies = sum(row.n_bytes or 0 for row in pruned.rows if row.table == "raw_bodies")
        unused = min(pruned.before.n_unused + bodies, pruned.before.n_bytes)
        narration.print(f"warehouse: {size}; about {megabytes(unused)} of it would be given back.")
    else:
        narration.print(f"warehouse: {megabytes(pruned.after.n_bytes)}, before {size}.")
    for path in pruned.aside:
        narration.print(f"put aside by a restore, delete it when all is well: {path}", soft_wrap=True)
