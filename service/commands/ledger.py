"""`payoff ledger list`, `show`, `history`, `diff` and `export`: what the money is computed with."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.words.spreadsheet import csv_text
from metrics.roi.assumptions import parameter_of
from service.cli import (
    DEFAULT_CONFIG,
    ConfigOption,
    app,
    day_at,
    day_of,
    narration,
    now,
    plain_errors,
    settings_of,
)
from service.ledger.reading import read_ledger
from service.ledger.rows import COLUMNS, changed_rows, entry_row, rows_in_force
from service.ledger.writing import with_proposals_approved
from warehouse.coverage import EVERYTHING

ledger_app = typer.Typer(
    no_args_is_help=True, help="The assumption ledger: what the money is computed with, and who said so."
)
app.add_typer(ledger_app, name="ledger")

KeyArgument = Annotated[
    str, typer.Argument(help="Figure, such as salary or attribution:B4; `payoff ledger list` names all.")
]
ScopeOption = Annotated[str, typer.Option("--scope", help="Team that it holds for; * is every team.")]
_On = Annotated[str | None, typer.Option("--on", help="Day asked for, YYYY-MM-DD. Default: today.")]
_PROPOSED = "proposed"


@ledger_app.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, on: _On = None) -> None:
    """Every figure of the model: what holds, what is proposed, what is a default and what nobody has set."""
    with plain_errors():
        _print(COLUMNS, _in_force(config, on))


@ledger_app.command()
def show(key: KeyArgument, config: ConfigOption = DEFAULT_CONFIG, on: _On = None) -> None:
    """What a figure means, which lines need it, and what holds for every team and for single ones."""
    with plain_errors():
        parameter = parameter_of(key)
        lines = ", ".join(parameter.lines) or "present values"
        narration.print(f"{parameter.title}, {parameter.unit}, for {lines}. {parameter.help}", soft_wrap=True)
        rows = _in_force(config, on)
        _print(COLUMNS, (row for row in rows if key in (row["key"], row["key"].split(":")[0])))


@ledger_app.command()
def history(key: KeyArgument, config: ConfigOption = DEFAULT_CONFIG, scope: ScopeOption = EVERYTHING) -> None:
    """Every decision about a figure, the oldest first."""
    with plain_errors():
        parameter_of(key)
        settings = settings_of(config)
        ledger = read_ledger(settings)
        held = ledger.in_force(day_at(settings, now())).get((key, scope))
        entries = ledger.by_name.get((key, scope), ())
        _print(COLUMNS, (entry_row(entry, is_in_force=entry is held) for entry in entries))


@ledger_app.command()
def diff(
    first: Annotated[str, typer.Argument(help="Day, YYYY-MM-DD.")],
    second: Annotated[
        str, typer.Argument(help="Another day; or `proposed`: as if every proposal were approved.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """What differs between the figures that hold on a day and those that hold on another one."""
    with plain_errors():
        ledger, before = read_ledger(settings_of(config)), day_of("FIRST", first)
        if second == _PROPOSED:
            rows = list(changed_rows(ledger, with_proposals_approved(ledger), before, date.max))
        else:
            rows = list(changed_rows(ledger, ledger, before, day_of("SECOND", second)))
        _print(list(rows[0]) if rows else ["key", "scope_id"], rows)


@ledger_app.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    on: _On = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write instead of stdout.")
    ] = None,
) -> None:
    """Every figure as CSV, to be filled in by a spreadsheet and read back with `payoff ledger import`."""
    with plain_errors():
        rows = _in_force(config, on)
        _print(COLUMNS, (row for row in rows if row["state"] != _PROPOSED), output)


def _in_force(config: Path, on: str | None) -> Iterator[dict[str, Any]]:
    """The rows of what holds on a day, without one today."""
    settings = settings_of(config)
    return rows_in_force(read_ledger(settings), day_of("--on", on) if on else day_at(settings, now()))


def _print(columns: Iterable[str], rows: Iterable[Mapping[str, Any]], output: Path | None = None) -> None:
    names = list(columns)
    text = csv_text(names, ([row.get(name) for name in names] for row in rows))
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
        narration.print(str(output), soft_wrap=True)
