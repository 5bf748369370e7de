"""`payoff mapping`: what means nothing yet, by what it costs, with entries ready to be pasted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from collectors.base import Naming
from collectors.errors import CollectorError
from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, now, plain_errors, settings_of
from service.configuration.config import Settings
from service.onboarding.owners_files import Entity, read_owners_files
from service.onboarding.suggesting import stanza, suggested
from service.onboarding.surroundings import owners_by_repository
from service.running.narration import rows_of
from service.running.sources import sources_to_look_at
from service.storage.snapshots import candidates_in, identified_in, open_snapshot
from warehouse.mentions import Disputed, Unmapped


@app.command()
def mapping(
    config: ConfigOption = DEFAULT_CONFIG,
    look_in: Annotated[
        list[Path] | None,
        typer.Option(
            "--look-in",
            help="Folder with checkouts, CODEOWNERS and catalog-info.yaml; may be given several times.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many names at most.", min=1)] = 50,
) -> None:
    """Suggest entries for `mapping:`, for the names that mean no service and no team yet.

    Those come first that would take the largest part of a table along. A suggestion rests on the Backstage
    catalogue, where it lies beside the configuration or in a folder to look in, on a name that is like
    another, or on CODEOWNERS, which gives a repository's rows to a team at least. Sources that have titles
    for their identifiers are asked for them. Names on which sources or exact rules do not agree follow on
    stderr.
    """
    with plain_errors():
        settings = settings_of(config)
        with open_snapshot(settings) as snapshot:
            found, candidates = identified_in(snapshot), candidates_in(snapshot)
        folders = [settings.path.parent, *(look_in or ())]
        entities = _entities(folders)
        owners = {name: owner for folder in folders for name, owner in owners_by_repository(folder).items()}
        shown = found.unmapped[:limit]
        titles = _titles(settings, shown)
        if shown:
            typer.echo("mapping:")
        for item in shown:
            title = titles.get((item.source, item.outside_id), "")
            suggestion = suggested(item, candidates, entities, title, owners)
            cost = f"{title}: {rows_of(item)}" if title else rows_of(item)
            typer.echo(stanza(item, suggestion, " ".join(cost.split())))
        _narrate(found.unmapped, found.disputed, limit)


def _entities(folders: Sequence[Path]) -> list[Entity]:
    found = [read_owners_files(folder) for folder in folders]
    for path in (path for files in found for path in files.unread):
        narration.print(f"[yellow]not read[/] {escape(path)}: it is no YAML", soft_wrap=True)
    return [entity for files in found for entity in files.entities]


def _titles(settings: Settings, shown: Sequence[Unmapped]) -> Mapping[tuple[str, str], str]:
    """What sources call the identifiers for people; a source that cannot be asked has none."""
    names = {item.source for item in shown if item.kind == "service"}
    chosen = [source for source in settings.sources if source.name in names]
    titles: dict[tuple[str, str], str] = {}
    with sources_to_look_at(settings, chosen, now()) as sources:
        for source in sources:
            if isinstance(source, Naming):
                try:
                    titles |= {(source.name, key): title for key, title in source.titles().items()}
                except CollectorError as error:
                    narration.print(f"[yellow]no titles[/] {escape(str(error))}", soft_wrap=True)
    return titles


def _narrate(unmapped: Sequence[Unmapped], disputed: Sequence[Disputed], limit: int) -> None:
    if not unmapped:
        narration.print("Every name means a service or a team.")
    if len(unmapped) > limit:
        narration.print(f"and {len(unmapped) - limit:,} more; --limit shows them")
    for item in disputed:
        narration.print(
            f"[yellow]disputed[/] {escape(f'{item.kind} {item.outside_id}: ' + '; '.join(item.says))}",
            soft_wrap=True,
        )
