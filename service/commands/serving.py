"""`payoff serve`: the dashboard, in one process."""

from typing import Annotated

import typer

from service.app import serve_dashboard
from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, plain_errors, settings_of
from service.commands.collecting import run_collect
from service.errors import NoDataError, UsageError
from service.snapshots import open_snapshot

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.command()
def serve(
    config: ConfigOption = DEFAULT_CONFIG,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    allow_anyone: Annotated[
        bool, typer.Option("--allow-anyone", help="Listen beyond this machine although there is no login.")
    ] = False,
) -> None:
    """Serve the dashboard of the newest snapshot.

    The first time, when nothing is published yet, it collects first: with the configuration as shipped
    that builds the demo world.
    """
    with plain_errors():
        if host not in _LOOPBACK and not allow_anyone:
            raise UsageError(
                f"--host {host} lets anyone on that network read every figure: there is no login. "
                "Put a proxy with a login in front and listen on 127.0.0.1, or add --allow-anyone."
            )
        settings = settings_of(config)
        try:
            open_snapshot(settings)
        except NoDataError:
            narration.print("Nothing is published yet, so this collects first.")
            run_collect(settings)
        serve_dashboard(settings, host=host, port=port, narration=narration)
