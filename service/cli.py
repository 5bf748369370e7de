"""The command line: thin commands over the functions that the dashboard and the scheduler call too.

stdout is data, stderr is narration. Exit codes stand in `service.errors`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from collectors.errors import CollectorError
from metrics.errors import MetricError
from service.configuration.config import Settings, load_config
from service.configuration.errors import ConfigError
from service.errors import BusyError, PayoffError, UsageError
from warehouse.engine import utc_now
from warehouse.errors import WarehouseBusyError, WarehouseError

app = typer.Typer(
    name="payoff",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Does the internal developer platform pay off? Collect, compute, show.",
    epilog="Exit codes: 0 done · 1 something failed while the rest went on · 2 wrong command or "
    "configuration · 3 another process holds the warehouse · 4 nothing to read yet.",
)


@app.callback()
def _root() -> None:
    """Without it an app of which one command is registered would take no name of a command."""


narration = Console(stderr=True, highlight=False)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="PAYOFF_CONFIG", help="Configuration file to use.")
]
SourceOption = Annotated[
    list[str] | None, typer.Option("--source", "-s", help="Only this source; may be given several times.")
]
DEFAULT_CONFIG = Path("config.yaml")


def day_at(settings: Settings, at: datetime) -> date:
    """The day of a moment in the reporting zone. A command reads the clock once and passes that on."""
    return at.astimezone(settings.organisation.zone).date()


def now() -> datetime:
    """The clock of a command, aware, UTC."""
    return utc_now()


def day_of(option: str, text: str) -> date:
    """The day that an option gives.

    Raises
    ------
    UsageError : it is no day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is no day; write it as YYYY-MM-DD.") from error


def settings_of(config: Path) -> Settings:
    """The configuration.

    Raises
    ------
    UsageError : it has errors; the message lists all of them.
    """
    try:
        return load_config(config)
    except ConfigError as error:
        raise UsageError(str(error)) from error


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what went wrong into a sentence on stderr and an exit code; a bug keeps its traceback."""
    try:
        yield
    except WarehouseBusyError as error:
        _stop(BusyError(str(error)))
    except MetricError as error:
        _stop(UsageError(str(error)))
    except (WarehouseError, CollectorError) as error:
        _stop(PayoffError(str(error)))
    except PayoffError as error:
        _stop(error)
    except OSError as error:
        if error.filename is None:
            raise
        _stop(
            PayoffError(
                f"{error.filename}: {error.strerror}. Check that the path is right and that this user may "
                "write there; what was stored stays."
            )
        )


def _stop(error: PayoffError) -> None:
    narration.print(f"[bold red]error[/] {escape(str(error))}", soft_wrap=True)
    raise typer.Exit(error.exit_code)


def main() -> None:
    """Entry point of the `payoff` command."""
    from service.commands import register

    register(*sys.argv[1:2])
    try:
        app()
    except KeyboardInterrupt:
        narration.print("Stopped. What was stored stays; the next run goes on from there.")
        sys.exit(130)
