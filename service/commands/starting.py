"""`payoff init`: a configuration from what is here."""

import os
from typing import Annotated

import typer
from rich.markup import escape

from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, plain_errors
from service.errors import UsageError
from service.onboarding.initial import configuration
from service.onboarding.surroundings import look_around


@app.command()
def init(
    config: ConfigOption = DEFAULT_CONFIG,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented config.yaml from what is found beside it.

    Looked at: the Git checkout in the folder (or those in it) with its remotes and tags, CI files with their
    environments, CODEOWNERS, Backstage catalogue files, and which variables with tokens are there, by name
    alone. A file that is there is replaced with --force only.
    """
    with plain_errors():
        folder = config.absolute().parent
        if config.exists() and not force:
            raise UsageError(f"{config} is there already. Give another --config, or --force to replace it.")
        found = look_around(folder, os.environ)
        config.write_text(configuration(found, folder), encoding="utf-8")
        for line in (
            f"repositories: {', '.join(each.identifier for each in found.repositories) or 'none'}",
            f"environments in CI files: {', '.join(found.environments) or 'none'}",
            f"catalogue: {len(found.owners.entities)} entities; owner: {found.owners.owner or 'nobody'}",
            f"tokens in the environment: {', '.join(found.tokens.values()) or 'none'}",
        ):
            narration.print(f"found {escape(line)}", soft_wrap=True)
        for path in found.owners.unread:
            narration.print(f"[yellow]not read[/] {escape(path)}: it is no YAML", soft_wrap=True)
        narration.print(f"[green]ok[/] {config} is written. Next: payoff doctor", soft_wrap=True)
