"""`payoff report`: the quarter's return on investment, frozen as files that finance can recompute."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from dashboards.report.writing import file_names
from metrics.quarters import Quarter, quarter_named, quarter_of
from service.cli import DEFAULT_CONFIG, ConfigOption, app, day_at, narration, now, plain_errors, settings_of
from service.configuration.config import Settings
from service.errors import UsageError
from service.ledger.reading import read_ledger
from service.reports.frozen import frozen_versions, put
from service.reports.reporting import Wish, preview, publish_report, restate
from service.storage.snapshots import open_snapshot
from warehouse.frozen import INPUTS, Frozen


@app.command()
def report(
    config: ConfigOption = DEFAULT_CONFIG,
    quarter: Annotated[
        str | None,
        typer.Option("--quarter", "-q", help="Such as 2026-Q3 or FY2027-Q1. Default: the last one over."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder to write into. Default: reports/QUARTER/VERSION."),
    ] = None,
    is_preview: Annotated[
        bool, typer.Option("--preview", help="Freeze nothing; for a quarter that is not over.")
    ] = False,
    is_restated: Annotated[
        bool, typer.Option("--restate", help="Make a new version of a frozen quarter, with a bridge.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why it is restated; printed in the new version.")] = "",
    accept: Annotated[
        str, typer.Option(help="Why figures that the trust gate refuses are printed all the same.")
    ] = "",
) -> None:
    """Write the quarterly report: two CSV files, Markdown, and a page to read and print.

    The first time the quarter is frozen: from then on the same command writes the same files, whatever data
    comes later. A line that rests on a source which is not known well enough stops it, and the source is
    named. The exit code is then 1.
    """
    with plain_errors():
        settings = settings_of(config)
        at = now()
        wish = Wish(_quarter(settings, quarter, at), accept, reason)
        home = Path("reports") / wish.quarter.name
        if is_preview and is_restated:
            raise UsageError("--preview freezes nothing and --restate does; give one of them.")
        if is_restated and not reason:
            raise UsageError("--restate needs --reason: the new version says why it differs.")
        if is_restated and output and any((output / name).exists() for name in file_names(wish.quarter.name)):
            raise UsageError(f"{output} holds files of another version, which stay; choose another folder.")
        if is_preview:
            with open_snapshot(settings) as snapshot:
                _put(output or home / "preview", preview(settings, snapshot, wish, at))
            return
        frozen = _restated(settings, wish, at) if is_restated else _published(settings, wish, at)
        if frozen is None:
            narration.print(f"{wish.quarter.name}: nothing differs from the frozen version; none was made.")
            return
        manifest = frozen.manifest
        published = {name: text for name, text in frozen.texts.items() if name != INPUTS}
        _put(output or home / f"v{manifest.version}", published)
        narration.print(f"{manifest.period}, version {manifest.version}, {manifest.report_id}")


def _quarter(settings: Settings, name: str | None, at: datetime) -> Quarter:
    month = settings.organisation.quarter_start_month
    return quarter_named(name, month) if name else quarter_of(day_at(settings, at), month).previous


def _published(settings: Settings, wish: Wish, at: datetime) -> Frozen:
    """The newest version of a frozen quarter, as it was, even without any data; else the first one."""
    versions = frozen_versions(settings, wish.quarter.name)
    if versions:
        return versions[-1]
    _say_pending(settings)
    with open_snapshot(settings) as snapshot:
        return publish_report(settings, snapshot, wish, at)


def _restated(settings: Settings, wish: Wish, at: datetime) -> Frozen | None:
    _say_pending(settings)
    with open_snapshot(settings) as snapshot:
        return restate(settings, snapshot, wish, at)


def _say_pending(settings: Settings) -> None:
    """Decisions that the published data does not hold yet are in no report."""
    pending = sum(entry.is_pending for entry in read_ledger(settings).entries)
    if pending:
        narration.print(
            f"[yellow]{pending} decision{'s' if pending > 1 else ''} about assumptions "
            "will count after the next `payoff collect`.[/]",
            soft_wrap=True,
        )


def _put(folder: Path, texts: dict[str, bytes]) -> None:
    for path in put(folder, texts):
        narration.print(escape(str(path)), soft_wrap=True)
