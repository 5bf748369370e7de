"""`payoff doctor`: what would be collected, what would count, and what stands in the way."""

import os
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape

from collectors.base import Finding, Preview, Source
from collectors.errors import CollectorError
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
from service.errors import NoDataError, PayoffError
from service.login.findings import login_findings
from service.running.narration import megabytes, rows_of
from service.running.sources import chosen_sources, sources_to_look_at, written_references
from service.storage.snapshots import identified_in, open_snapshot, skipped_in
from warehouse.sizes import by_source, stored_sizes

_SAMPLES = 5


@app.command()
def doctor(config: ConfigOption = DEFAULT_CONFIG, source: SourceOption = None) -> None:
    """Check every source and show what would count as a deployment, a failure, an incident, and what not.

    First whether the storage folder can be written. For each source: its credentials, the rights it lacks,
    the limit left, and what the newest page of each list would count as. Nothing is stored, not even a key
    or a cache. The exit code is 1 when something stands in the way. After a collection it also lists the
    items that could not be read and the identifiers that still belong to no known service.
    """
    with plain_errors():
        settings = settings_of(config)
        narration.print(f"[green]ok[/] {settings.path}: {len(settings.sources)} sources")
        faults = _look_at_storage(settings.storage.directory)
        faults += _say(login_findings(settings.login))
        with sources_to_look_at(settings, chosen_sources(settings, source), now()) as sources:
            faults += sum(_look_at(found, _variables(settings, found.name)) for found in sources)
        _show_stored(settings)
        if faults:
            raise PayoffError(f"{faults} thing{'s' if faults > 1 else ''} to mend before `payoff collect`.")


def _look_at_storage(directory: Path) -> int:
    """Print whether a collection could store here, and make nothing; how many things are not well."""
    nearest = next(place for place in (directory, *directory.parents) if os.path.lexists(place))
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        narration.print(f"[green]ok[/] {escape(str(directory))}: can be written", soft_wrap=True)
        return 0
    wrong = "this user may not write there" if nearest.is_dir() else "is no folder"
    narration.print(
        f"[bold red]error[/] {escape(str(nearest))}: {wrong}, so nothing can be stored in "
        f"{escape(str(directory))}. Mend that, or set `storage.directory`.",
        soft_wrap=True,
    )
    return 1


def _variables(settings: Settings, name: str) -> str:
    """Where the secrets of a source come from, as the file says it: ``token from ${GITHUB_TOKEN}``."""
    return ", ".join(f"{key} from {text}" for key, text in written_references(settings, name).items())


def _look_at(source: Source, variables: str) -> int:
    """Print what a source shows of itself; how many things of it are not well."""
    narration.print(f"\n[bold]{source.name}[/] ({source.kind}{', ' if variables else ''}{escape(variables)})")
    try:
        return _show(source.preview())
    except CollectorError as error:
        narration.print(f"  [bold red]error[/] {escape(str(error))}", soft_wrap=True)
        return 1


def _show_stored(settings: Settings) -> None:
    """What is stored, and, last since it asks for work, what could not be read or placed."""
    try:
        with open_snapshot(settings) as snapshot:
            skipped, version = skipped_in(snapshot), snapshot.version
            unmapped = identified_in(snapshot).unmapped
            sizes = stored_sizes(snapshot)
    except NoDataError:
        return
    if sizes:
        narration.print(f"\nstored at snapshot {version}; `payoff prune --dry-run` tells what may go:")
    for name, n_rows, n_bytes in by_source(sizes):
        _line(f"  {name or 'Payoff itself'}: {n_rows:,} rows, {megabytes(n_bytes)}")
    if skipped:
        narration.print(f"\nnot read for snapshot {version}:")
    for source, resource, reason, n_items, example in skipped:
        _line(f"  {source} {resource}: {n_items:,} items, such as {example} ({reason})")
    if unmapped:
        narration.print(f"\nunmapped in snapshot {version}; `payoff mapping` suggests entries:")
    for item in unmapped:
        _line(f"  {item.source} {item.kind} {item.outside_id}: {rows_of(item)}")


def _line(text: str) -> None:
    narration.print(escape(text), soft_wrap=True)


def _show(preview: Preview) -> int:
    """Print a preview; how many of its findings are not well."""
    faults = _say(preview.findings, indent="  ")
    for title, groups in (("would count as", preview.counted), ("would not count as", preview.not_counted)):
        for heading, samples in groups.items():
            _list(f"{title} {heading}", samples)
    if preview.unread:
        _list("cannot be read, would be kept and counted", preview.unread)
    return faults


def _say(findings: Sequence[Finding], indent: str = "") -> int:
    """Print findings; how many of them are not well."""
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[bold red]error[/]"
        remedy = f" {finding.remedy}" if finding.remedy else ""
        narration.print(f"{indent}{mark} {escape(finding.text + remedy)}", soft_wrap=True)
    return sum(not finding.ok for finding in findings)


def _list(title: str, samples: Sequence[str]) -> None:
    if samples:
        narration.print(f"  {title}:")
    for sample in samples[:_SAMPLES]:
        _line(f"    {sample}")
    if len(samples) > _SAMPLES:
        narration.print(f"    and {len(samples) - _SAMPLES} more")
