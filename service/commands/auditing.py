"""`payoff audit`: who took which figures along, and who changed what, by page and API."""

import sys
from datetime import UTC
from typing import Annotated, Literal

import typer

from dashboards.access.audit import audit_frame
from service.audit.reading import newest_deeds
from service.cli import DEFAULT_CONFIG, ConfigOption, app, day_of, plain_errors, settings_of
from service.figures import encoded


@app.command()
def audit(
    config: ConfigOption = DEFAULT_CONFIG,
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD, UTC. Default: all.")] = None,
    format_: Annotated[Literal["csv", "json"], typer.Option("--format", help="Format on stdout.")] = "csv",
) -> None:
    """Exports, deployments, goals and changes of the ledger by page and API, the newest first.

    People are pseudonyms: the same as elsewhere where `login.oidc.person_claim` says so. What is done on the
    command line is not in it; who has that has the files.
    """
    with plain_errors():
        settings = settings_of(config)
        first = day_of("--since", since) if since else None
        found = [
            one
            for one in newest_deeds(settings)
            if first is None or one.noted_at.astimezone(UTC).date() >= first
        ]
        sys.stdout.buffer.write(encoded(audit_frame(found), format_, {}))
