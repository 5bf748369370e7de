"""`payoff doctor`: what would be collected, what would count, and what stands in the way."""

from rich.markup import escape

from collectors.base import Preview
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
from service.config import Settings
from service.errors import NoDataError, PayoffError
from service.snapshots import open_snapshot, unmapped_in
from service.sources import build_sources, chosen_sources

_SAMPLES = 5


@app.command()
def doctor(config: ConfigOption = DEFAULT_CONFIG, source: SourceOption = None) -> None:
    """Check every source and show what would count as a production deployment, and what would not.

    Nothing is stored. The exit code is 1 when something stands in the way. After a collection it also lists
    the identifiers that still belong to no known service.
    """
    with plain_errors():
        settings = settings_of(config)
        narration.print(f"[green]ok[/] {settings.path}: {len(settings.sources)} sources")
        faults = 0
        for configured in build_sources(settings, chosen_sources(settings, source), now()):
            narration.print(f"\n[bold]{configured.name}[/] ({configured.kind})")
            try:
                faults += _show(configured.preview())
            except CollectorError as error:
                narration.print(f"  [bold red]error[/] {escape(str(error))}", soft_wrap=True)
                faults += 1
        _show_unmapped(settings)
        if faults:
            raise PayoffError(f"{faults} thing{'s' if faults > 1 else ''} to mend before `payoff collect`.")


def _show_unmapped(settings: Settings) -> None:
    """What the last collection could not place; a rule for it takes effect with the next one."""
    try:
        snapshot = open_snapshot(settings)
    except NoDataError:
        return
    with snapshot:
        found = unmapped_in(snapshot)
        version = snapshot.version
    if found:
        narration.print(f"\nunmapped in snapshot {version}; add a service, or an entry under mapping:")
    for outside_id, n_rows in found:
        narration.print(f"  {escape(outside_id)}: {n_rows:,} rows", soft_wrap=True)


def _show(preview: Preview) -> int:
    """Print a preview; how many of its findings are not well."""
    for finding in preview.findings:
        mark = "[green]ok[/]" if finding.ok else "[bold red]error[/]"
        remedy = f" {finding.remedy}" if finding.remedy else ""
        narration.print(f"  {mark} {escape(finding.text + remedy)}", soft_wrap=True)
    for title, groups in (("would count as", preview.counted), ("would not count as", preview.not_counted)):
        for heading, samples in groups.items():
            narration.print(f"  {title} {heading}:")
            for sample in samples[:_SAMPLES]:
                narration.print(f"    {escape(sample)}", soft_wrap=True)
            if len(samples) > _SAMPLES:
                narration.print(f"    and {len(samples) - _SAMPLES} more")
    return sum(not finding.ok for finding in preview.findings)
