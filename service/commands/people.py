"""`payoff people`: a new key for the pseudonyms, a lost one, and people who ask to be forgotten."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from service.care.people import accept_lost_key, erase, rotate
from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, now, plain_errors, settings_of
from service.configuration.config import Settings
from service.errors import UsageError
from service.running.spooled import drain_spool, spool_kinds
from service.storage.warehouse import open_warehouse
from warehouse.engine import Warehouse

people = typer.Typer(no_args_is_help=True, help="Pseudonyms: a new key, a lost one, people to be forgotten.")
app.add_typer(people, name="people")
Work = Callable[[Warehouse, Settings], int]


@contextmanager
def _writing(config: ConfigOption) -> Iterator[tuple[Warehouse, Settings]]:
    with plain_errors():
        settings = settings_of(config)
        with open_warehouse(settings, now) as warehouse:
            # What waits there holds pseudonyms too; stored first, it is treated like everything else.
            drain_spool(warehouse, spool_kinds(settings))
            yield warehouse, settings


@people.command("rotate")
def rotate_key(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Put everything stored under a new key, without knowing a login; the same people stay the same.

    A key that Payoff made gets a new one behind it. A configured one is replaced by you: write the new key
    behind the old one in `people.pseudonym_key`, with a space between, and run this. Old and new are both
    needed from then on; whoever knows only the old one can tell nobody any more. Stop `payoff serve` before,
    and start it afterwards: it holds the keys that it began with.
    """
    with _writing(config) as (warehouse, settings):
        n = rotate(warehouse, settings)
        narration.print(f"under the new key: {n:,} people; figures stay as they are.")


@people.command("lost-key")
def lost_key(
    config: ConfigOption = DEFAULT_CONFIG,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
) -> None:
    """Begin anew where the key is lost: every pseudonym goes, and the next collection reads all again.

    Whoever can be read again turns up under the new key, with the same history. What no source has any more
    stays without its author, and counts of active engineers before the first day that is read again are
    unknown.
    """
    if not yes:
        typer.confirm("Take every pseudonym out of the warehouse and read every source again?", abort=True)
    with _writing(config) as (warehouse, settings):
        n = accept_lost_key(warehouse, settings)
        narration.print(f"{n:,} pseudonyms are gone. Run `payoff collect`; it begins at the beginning.")


@people.command("erase")
def erase_people(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take people out of every table and kept body, for good.

    Reads their logins, account ids and addresses from standard input, one a line, so that they stay out of
    the history of the shell. Changes stay, without their author; later collections do not bring them back.
    Stop `payoff serve` before, and start it afterwards: it knows whom to leave out when it starts.
    """
    logins = [line.strip() for line in sys.stdin if line.strip()]
    with _writing(config) as (warehouse, settings):
        if not logins:
            raise UsageError("No login on standard input. Write every login of the person, one a line.")
        erased = erase(warehouse, settings, logins)
        found = ", ".join(f"{n:,} rows of {table}" for table, n in erased.rows.items() if n)
        narration.print(f"erased: {found or 'nothing was stored'}", soft_wrap=True)
        for path in erased.left:
            narration.print(f"may still hold them, delete it: {path}", soft_wrap=True)
