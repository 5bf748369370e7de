"""`payoff ledger propose`, `edit`, `approve`, `reject` and `import`: decisions about assumptions."""

import getpass
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from dashboards.words.spreadsheet import cell
from metrics.errors import MetricError
from service.cli import DEFAULT_CONFIG, ConfigOption, day_of, narration, now, plain_errors, settings_of
from service.commands.ledger import KeyArgument, ScopeOption, ledger_app
from service.configuration.config import Settings
from service.decisions import append, who
from service.errors import NoDataError
from service.ledger.effect import Effect, effect_of
from service.ledger.reading import LEDGER_EDITS, read_ledger
from service.ledger.rows import wanted_in
from service.ledger.writing import check_scope, decision_about, draft, new_version, version_named
from warehouse.coverage import EVERYTHING
from warehouse.decisions import Decision
from warehouse.ledger import Edit, Grade, Ledger

_By = Annotated[
    str | None,
    typer.Option(
        "--by",
        envvar="PAYOFF_ROLE",
        help="Role that decides, such as finance; without: your pseudonym.",
    ),
]
_Note = Annotated[str | None, typer.Option(help="Why.")]
_Version = Annotated[int | None, typer.Option(min=1, help="Number of the version. Default: the newest.")]


def _version_command(decision: Decision) -> Callable[..., None]:
    """`propose` and `edit` take the same figures and differ in what becomes of them."""

    def command(
        key: KeyArgument,
        config: ConfigOption = DEFAULT_CONFIG,
        scope: ScopeOption = EVERYTHING,
        low: Annotated[float | None, typer.Option(help="Lowest plausible value.")] = None,
        likely: Annotated[float | None, typer.Option(help="Likeliest value.")] = None,
        high: Annotated[float | None, typer.Option(help="Highest plausible value.")] = None,
        unit: Annotated[str | None, typer.Option(help="Unit of the values; it must be the model's.")] = None,
        source: Annotated[str | None, typer.Option(help="Where it comes from: a document, a system.")] = None,
        owner: Annotated[str | None, typer.Option(help="Role that answers for it.")] = None,
        valid_from: Annotated[str | None, typer.Option(help="First day it holds, YYYY-MM-DD.")] = None,
        grade: Annotated[Grade | None, typer.Option(help="measured, estimated or assumed.")] = None,
        by: _By = None,
        note: _Note = None,
    ) -> None:
        with plain_errors():
            settings = settings_of(config)
            ledger = read_ledger(settings)
            given = {
                "low": low,
                "likely": likely,
                "high": high,
                "unit": unit,
                "source": source,
                "owner": owner,
                "valid_from": day_of("--valid-from", valid_from) if valid_from else None,
                "grade": grade,
            }
            check_scope(settings, scope)
            values = draft(ledger, key, scope, given)
            decider = who(settings, by, getpass.getuser())
            made = new_version(key, scope, values, decision, decided_by=decider, now=now(), note=note)
            _store(settings, ledger, [made])

    return command


ledger_app.command(
    "propose",
    help="Propose a new version; what is not given stays as it is. It holds once somebody approves it.",
)(_version_command("propose"))
ledger_app.command("edit", help="Write a new version that holds at once; what is not given stays as it is.")(
    _version_command("edit")
)


@ledger_app.command()
def approve(
    key: KeyArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    scope: ScopeOption = EVERYTHING,
    version: _Version = None,
    by: _By = None,
    note: _Note = None,
) -> None:
    """Let a version hold. Approving an older one again brings it back."""
    _decide(config, "approve", key, scope, version, by, note)


@ledger_app.command()
def reject(
    key: KeyArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    scope: ScopeOption = EVERYTHING,
    version: _Version = None,
    by: _By = None,
    note: _Note = None,
) -> None:
    """Reject a proposal, or take back a version that held: the one before it holds again."""
    _decide(config, "reject", key, scope, version, by, note)


@ledger_app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="CSV file in the columns of `payoff ledger export`.")],
    config: ConfigOption = DEFAULT_CONFIG,
    decision: Annotated[
        Literal["propose", "edit"], typer.Option("--as", help="propose; or edit, so that they hold at once.")
    ] = "propose",
    by: _By = None,
) -> None:
    """Take new versions from a spreadsheet: all of them, or none where one row is wrong."""
    with plain_errors():
        settings = settings_of(config)
        ledger = read_ledger(settings)
        decider, at = who(settings, by, getpass.getuser()), now()
        edits = [
            new_version(
                one.key, one.scope_id, one.values, decision, decided_by=decider, now=at, note=one.note
            )
            for one in wanted_in(path, ledger, partial(check_scope, settings))
        ]
        _store(settings, ledger, edits)


def _decide(
    config: Path,
    decision: Decision,
    key: str,
    scope: str,
    version: int | None,
    by: str | None,
    note: str | None,
) -> None:
    with plain_errors():
        settings = settings_of(config)
        ledger = read_ledger(settings)
        entry = version_named(ledger, key, scope, version)
        decider = who(settings, by, getpass.getuser())
        made = decision_about(ledger, entry, decision, decided_by=decider, now=now(), note=note)
        _store(settings, ledger, [made])


def _store(settings: Settings, ledger: Ledger, edits: Sequence[Edit]) -> None:
    """Append the edits, say what they are and what they do; the writer applies them at its next run."""
    if not edits:
        narration.print("Nothing differs from what holds.")
        return
    after = append(settings, LEDGER_EDITS, ledger, edits, now)
    for entry in after.entries[len(ledger.entries) :]:
        values = entry.values
        narration.print(
            f"{escape(entry.key)} of {escape(entry.scope_id)}: version {entry.version} {entry.state}, "
            f"{' / '.join(cell(value) for value in (values.low, values.likely, values.high))} "
            f"{escape(values.unit)} from {values.valid_from} on; pending until the next `payoff collect`.",
            soft_wrap=True,
        )
    try:
        _say_effect(effect_of(settings, ledger, list(edits)))
    except (NoDataError, MetricError) as error:
        narration.print(
            f"What it does to the last report cannot be said: {escape(str(error))}", soft_wrap=True
        )


def _say_effect(effect: Effect) -> None:
    name = effect.quarter.name
    if not effect.changes:
        narration.print(f"{name}: no line of the report would differ.")
        return
    begins = f" It holds from {effect.starts_on} on, so that quarter stays." if effect.is_later else ""
    narration.print(f"{name}, {effect.currency}, if it had held in that quarter:{begins}", soft_wrap=True)
    for change in effect.changes:
        old, new = ("unknown" if end is None else f"{end:,.2f}" for end in (change.before, change.after))
        narration.print(f"  {escape(change.name)}: {old} to {new}", soft_wrap=True)
