"""`payoff goals`: what metrics should reach, how it stands, and who said so."""

import getpass
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dashboards.words.goals import asked_words, reading_words, verdict_label, verdict_words
from dashboards.words.spreadsheet import csv_text
from metrics.goals.goal import JudgedGoal
from metrics.goals.judging import goal_frame, judged_goals
from service.cli import DEFAULT_CONFIG, ConfigOption, app, day_of, narration, now, plain_errors, settings_of
from service.configuration.config import Settings
from service.decisions import who
from service.errors import NoDataError
from service.figures import encoded
from service.goals.deciding import Deciding
from service.goals.reading import read_goals
from service.goals.rows import COLUMNS, HISTORY, goal_rows, history_rows, wishes_in
from service.goals.writing import check_scope, due_day, scopes_in
from service.storage.snapshots import open_snapshot
from warehouse.coverage import EVERYTHING
from warehouse.goals import Entry, Goals, Wish, scope_name

goals_app = typer.Typer(
    no_args_is_help=True, help="Goals: what a metric should reach, by when, and whether it does."
)
app.add_typer(goals_app, name="goals")

_Metric = Annotated[str, typer.Argument(help="Metric of the catalogue; `payoff metrics` lists them.")]
_Scope = Annotated[str, typer.Option("--scope", help="* for the organisation, team:ID or service:ID.")]
_By = Annotated[
    str | None,
    typer.Option("--by", envvar="PAYOFF_ROLE", help="Role that decides; without: your pseudonym."),
]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of stdout.")]


@goals_app.command("list")
def list_(
    config: ConfigOption = DEFAULT_CONFIG,
    scope: Annotated[str | None, typer.Option("--scope", help="Only goals of this scope.")] = None,
    on: Annotated[
        str | None, typer.Option(help="As it was at the end of this day, YYYY-MM-DD. Default: now.")
    ] = None,
    format_: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", "-f", help="table, csv or json.")
    ] = "csv",
    output: _Output = None,
) -> None:
    """Every goal with its figure of the last 90 days, the interval, the verdict, and the figure before it.

    A verdict is `met` or `not_met` where the whole interval is on one side of the target, else `too_close`;
    `too_few` and `not_known` say that the data cannot tell.
    """
    with plain_errors():
        settings = settings_of(config)
        with open_snapshot(settings) as snapshot:
            if scope is not None:
                check_scope(scope, scopes_in(snapshot))
            judged = judged_goals(
                snapshot,
                read_goals(settings),
                on=day_of("--on", on) if on else None,
                scopes=None if scope is None else [scope],
            )
            if format_ == "table":
                _print_table(judged)
                return
            data = encoded(goal_frame(judged), format_, snapshot.settings)
        _write(data, output)


@goals_app.command("set")
def set_(
    metric: _Metric,
    config: ConfigOption = DEFAULT_CONFIG,
    scope: _Scope = EVERYTHING,
    target: Annotated[
        float | None, typer.Option(help="Value to reach in the metric's unit; a share as 0.15.")
    ] = None,
    due: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD, or a quarter as 2026-Q4.")] = None,
    owner: Annotated[str | None, typer.Option(help="Role that answers for it.")] = None,
    note: Annotated[str | None, typer.Option(help="Why; needed where the goal is there already.")] = None,
    by: _By = None,
) -> None:
    """Set a goal, or change the one that is there; what is not given stays as it is.

    Whether the target is a most or a least follows from the metric: `at most` where lower is better.

    Example: `payoff goals set change_fail_rate --target 0.1 --due 2026-Q4 --owner platform-team`
    """
    with plain_errors():
        settings = settings_of(config)
        deciding = _deciding(settings, by)
        month = settings.organisation.quarter_start_month
        wish = Wish(metric, scope, target, due_day(due, month) if due else None, owner, note)
        _say(settings, deciding, deciding.set([wish]))


@goals_app.command()
def withdraw(
    metric: _Metric,
    note: Annotated[str, typer.Option(help="Why.")],
    config: ConfigOption = DEFAULT_CONFIG,
    scope: _Scope = EVERYTHING,
    by: _By = None,
) -> None:
    """Withdraw a goal. Its history stays; setting it again brings it back."""
    with plain_errors():
        settings = settings_of(config)
        deciding = _deciding(settings, by)
        _say(settings, deciding, deciding.withdraw(metric, scope, note))


@goals_app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="CSV file in the columns of `payoff goals export`.")],
    config: ConfigOption = DEFAULT_CONFIG,
    by: _By = None,
) -> None:
    """Set goals from a spreadsheet: all of them, or none where one row is wrong. Others stay as they are."""
    with plain_errors():
        settings = settings_of(config)
        deciding = _deciding(settings, by)
        wishes = wishes_in(path, settings.organisation.quarter_start_month, deciding.edit_for)
        _say(settings, deciding, deciding.set(wishes))


@goals_app.command()
def export(config: ConfigOption = DEFAULT_CONFIG, output: _Output = None) -> None:
    """The goals that stand as CSV, for a spreadsheet, and back with `payoff goals import`."""
    with plain_errors():
        _write(_csv(COLUMNS, goal_rows(read_goals(settings_of(config)))), output)


@goals_app.command()
def history(
    metric: Annotated[str | None, typer.Argument(help="Only goals of this metric.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    scope: Annotated[str | None, typer.Option("--scope", help="Only goals of this scope.")] = None,
) -> None:
    """Every decision about goals, the oldest first: what was set, changed, withdrawn, by whom and why."""
    with plain_errors():
        rows = history_rows(read_goals(settings_of(config)), metric, scope)
        _write(_csv(HISTORY, rows), None)


def _deciding(settings: Settings, by: str | None) -> Deciding:
    return Deciding(settings, now, who(settings, by, getpass.getuser()))


def _say(settings: Settings, deciding: Deciding, entries: Sequence[Entry]) -> None:
    """What was decided, how the goal stands, and what is odd about it."""
    if not entries:
        narration.print("Nothing differs from the goals that stand.")
    judged = _judged(settings, deciding.goals, [entry.scope_id for entry in entries])
    for entry in entries:
        name = f"{escape(entry.key)} of {escape(entry.scope_id)}"
        if entry.state == "withdrawn":
            aim = entry.values
            narration.print(
                f"{name}: withdrawn; pending until the next `payoff collect`. To have it back: payoff goals "
                f"set {escape(entry.key)} --scope '{escape(entry.scope_id)}' --target {aim.target:g} "
                f"--due {aim.due_on} --owner '{escape(aim.owner)}'",
                soft_wrap=True,
            )
            continue
        narration.print(f"{name}: version {entry.version} set; pending until the next `payoff collect`.")
        for goal in judged:
            if (goal.metric, scope_name(goal.scope_type, goal.scope_id)) == (entry.key, entry.scope_id):
                narration.print(
                    f"  {escape(asked_words(goal))}: {escape(verdict_words(goal))}.", soft_wrap=True
                )
                if goal.warning:
                    narration.print(f"  [yellow]warning[/] {escape(goal.warning)}", soft_wrap=True)


def _judged(settings: Settings, goals: Goals, scopes: Iterable[str]) -> tuple[JudgedGoal, ...]:
    try:
        with open_snapshot(settings) as snapshot:
            return judged_goals(snapshot, goals, scopes=scopes)
    except NoDataError:
        return ()


def _print_table(judged: Sequence[JudgedGoal]) -> None:
    table = Table("scope", "metric", "goal")
    table.add_column("verdict", no_wrap=True)
    table.add_column("figure of 90 days")
    for goal in judged:
        cells = (
            scope_name(goal.scope_type, goal.scope_id),
            goal.metric,
            asked_words(goal),
            verdict_label(goal),
            reading_words(goal.unit, goal.now) or "–",
        )
        table.add_row(*map(escape, cells))
    Console(highlight=False).print(table)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    return csv_text(columns, ([row.get(name) for name in columns] for row in rows)).encode()


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        return
    output.write_bytes(data)
    narration.print(str(output), soft_wrap=True)
