"""`payoff backup` and `payoff restore`: what cannot be fetched again, kept elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from service.care.backup import Backup, back_up
from service.care.restore import restore as restore_backup
from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, now, plain_errors, settings_of

WaitOption = Annotated[
    float, typer.Option("--wait", help="Seconds to wait for a collection that is under way.", min=0)
]
_KEYS = {
    "included": "with pseudonym.key: whoever has the backup can test logins against it; store it accordingly",
    "apart": "without pseudonym.key: copy that file to another place, or use --with-key; without it nobody "
    "who is stored is recognised again",
    "configured": "without the key of the pseudonyms, which the configuration gives",
    "none": "without a key of the pseudonyms, for none was made yet",
}


@app.command()
def backup(
    destination: Annotated[Path, typer.Argument(help="Folder that gets the backup as a folder of its own.")],
    config: ConfigOption = DEFAULT_CONFIG,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Include the key of the pseudonyms that Payoff made.")
    ] = False,
    wait: WaitOption = 600,
) -> None:
    """Copy the warehouse, the spool, frozen reports and published snapshots, while `payoff serve` runs.

    It waits for a collection that is under way; meanwhile, and while it copies, what is sent to Payoff goes
    into the spool. The backup is read again and compared before it gets its name, which is printed. Caches
    are left out, for they are made again, and so is the configuration: it is yours.
    """
    with plain_errors():
        made = back_up(settings_of(config), destination, with_key=with_key, wait_seconds=wait, clock=now)
        narration.print(f"backed up and checked: {_size(made)}; {_KEYS[made.manifest.key]}.", soft_wrap=True)
        typer.echo(made.folder)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="Folder of the backup.")],
    config: ConfigOption = DEFAULT_CONFIG,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; it is kept in a folder of its own.")
    ] = False,
    wait: WaitOption = 600,
) -> None:
    """Put a backup in place of what the storage folder holds, while `payoff serve` may run.

    The backup is checked first. Events that are in the spool and came after it are applied again by the next
    run; reports that were frozen after it stay. A backup of an older version is upgraded.
    """
    with plain_errors():
        done = restore_backup(settings_of(config), source, force=force, wait_seconds=wait, clock=now)
        seen = f", published as snapshot {done.snapshot}" if done.snapshot else ""
        narration.print(f"restored: {_size(done.backup)}{seen}.", soft_wrap=True)
        if done.n_waiting:
            narration.print(f"{done.n_waiting:,} events came after it; the next run applies them.")
        if not done.has_its_key:
            narration.print(
                "[yellow]key[/] the key of its pseudonyms is not here: put pseudonym.key into the storage "
                "folder, or the key into people.pseudonym_key, before the next run.",
                soft_wrap=True,
            )
        if done.kept is not None:
            narration.print(f"what was here before: {done.kept}", soft_wrap=True)


def _size(backup: Backup) -> str:
    rows = sum(backup.manifest.rows.values())
    return f"{rows:,} rows, {backup.manifest.events:,} events, {backup.n_bytes / 1e6:,.1f} MB"
