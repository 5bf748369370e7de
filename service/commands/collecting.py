"""`payoff collect`, `payoff replay` and `payoff demo`: everything that writes to the warehouse."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from service.cli import (
    DEFAULT_CONFIG,
    ConfigOption,
    SourceOption,
    app,
    narration,
    now,
    plain_errors,
    settings_of,
)
from service.configuration.config import Settings
from service.demo import demo_settings
from service.errors import PayoffError
from service.running.backfill import BackfilledSource, Estimate, EstimatingListener
from service.running.narration import ProgressListener, rows_of
from service.running.pipeline import collect_and_publish, replay_and_publish
from service.running.run_report import Report
from service.running.stopping import stopped_by_signals


@app.command()
def collect(
    config: ConfigOption = DEFAULT_CONFIG,
    source: SourceOption = None,
) -> None:
    """Fetch what is new from every source, link, check and publish a new snapshot.

    It goes on where the last run stopped. A source that fails is named and the others go on; the exit
    code is then 1. Run it from cron, or let `payoff serve` ask each source in turn. On Ctrl-C or SIGTERM it
    ends behind the page it is at and publishes what it has; a second one ends it at once.
    """
    with plain_errors():
        run_collect(settings_of(config), source)


def run_collect(settings: Settings, only: list[str] | None = None) -> Report:
    """Collect with a progress bar on stderr and a summary after it.

    Raises
    ------
    PayoffError : a resource failed; what the others brought is stored and published.
    """
    with ProgressListener(narration) as listener, stopped_by_signals() as stop:
        report = collect_and_publish(settings, only=only, clock=now, listener=listener, stop=stop)
    _summarise(report)
    return report


@app.command()
def backfill(
    to: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="First day to fetch, such as 2024-01-01 (UTC).")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    source: SourceOption = None,
) -> None:
    """Fetch what is older than a source was told to begin with, back to a day, and publish.

    It shows how far it is and how long it will take under the source's limit. Stop it at any time: the same
    command goes on behind the last page that was stored, also after collections in between.
    """
    with plain_errors():
        begin, estimate = to.replace(tzinfo=UTC), Estimate()
        with EstimatingListener(narration) as listener:
            listener.estimate = estimate
            report = collect_and_publish(
                settings_of(config),
                only=source,
                clock=now,
                listener=listener,
                through=lambda one: BackfilledSource(one, begin, estimate),
            )
        _summarise(report)


@app.command()
def replay(config: ConfigOption = DEFAULT_CONFIG, source: SourceOption = None) -> None:
    """Parse the kept raw bodies again, without the network, and publish.

    For use after an upgrade that reads a source better. Sources whose input lies at hand anyway (files,
    git) are read again by `payoff collect` and have nothing to replay.
    """
    with plain_errors():
        with ProgressListener(narration) as listener:
            report = replay_and_publish(settings_of(config), only=source, clock=now, listener=listener)
        _summarise(report)


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(help="Folder for the demo's own warehouse.")] = Path(
        "data/demo"
    ),
    variant: Annotated[
        str, typer.Option(help="effect: adoption changes delivery. null: the same world without any effect.")
    ] = "effect",
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 1,
) -> None:
    """Build the demo world in a folder of its own, whatever the configuration says.

    An invented organisation of about 40 teams over 24 months, with effects that are known because they
    were planted. Look at it with `payoff serve --config FOLDER/config.yaml`.
    """
    with plain_errors():
        settings = demo_settings(directory, variant=variant, seed=seed)
        run_collect(settings)
        narration.print(f"Look at it: payoff serve --config {settings.path}")


def _summarise(report: Report) -> None:
    for outcome in report.failed:
        narration.print(f"[bold red]failed[/] {escape(f'{outcome.label}: {outcome.error}')}", soft_wrap=True)
    for item in report.unmapped[:5]:
        narration.print(
            f"[yellow]unmapped[/] {escape(f'{item.source} {item.kind} {item.outside_id}: {rows_of(item)}')}",
            soft_wrap=True,
        )
    if len(report.unmapped) > 5:
        narration.print(f"[yellow]unmapped[/] and {len(report.unmapped) - 5} more; see `payoff mapping`")
    for outcome in report.outcomes:
        if outcome.taken_over:
            narration.print(
                f"[yellow]shared[/] {escape(outcome.label)}: {outcome.taken_over:,} rows had been brought by "
                "another source under the same identifier, and the later one counts. Two doors of one tool "
                "may share theirs; otherwise leave the thing out of one of the sources.",
                soft_wrap=True,
            )
    for warning in report.warnings:
        narration.print(f"[yellow]check[/] {escape(warning)}", soft_wrap=True)
    for refusal in report.drained.refused:
        narration.print(f"[yellow]spool[/] {escape(refusal.text)}", soft_wrap=True)
    if report.drained.applied:
        narration.print(f"{report.drained.applied:,} events of the spool applied.")
    narration.print(
        f"{report.inserted:,} rows new, {report.updated:,} changed, {report.skipped:,} items skipped; "
        f"snapshot {report.version} published."
    )
    if report.failed:
        raise PayoffError(
            f"{len(report.failed)} of {len(report.outcomes)} resources failed; the others are stored. "
            "Mend what is named above and run `payoff collect` again."
        )
