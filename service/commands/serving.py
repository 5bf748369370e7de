"""`payoff serve`: the dashboard, in one process."""

from typing import Annotated

import typer
from rich.markup import escape

from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, plain_errors, settings_of
from service.commands.collecting import run_collect
from service.configuration.config import Settings
from service.errors import NoDataError, PayoffError, UsageError
from service.login.gate import LOOPBACK
from service.storage.snapshots import open_snapshot


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
    that builds the demo world. Then it asks each source when its turn comes (`every`, `schedule`), takes
    what is sent to it, and ends in good order on SIGTERM.
    """
    with plain_errors():
        settings = settings_of(config)
        if host not in LOOPBACK and settings.login.kind == "none" and not allow_anyone:
            raise UsageError(
                f"--host {host} lets anyone on that network read every figure: there is no login. "
                "Set `login` in the configuration to oidc or proxy, or add --allow-anyone."
            )
        try:
            open_snapshot(settings).close()
        except NoDataError:
            narration.print("Nothing is published yet, so this collects first.")
            _first_run(settings)
        # Streamlit takes more than a second to import, and no other command needs it.
        from service.serving.app import serve_dashboard

        serve_dashboard(settings, host=host, port=port, narration=narration)


def _first_run(settings: Settings) -> None:
    """Collect; a source that fails is said and tried again by the schedule, if there is anything to show."""
    try:
        run_collect(settings)
    except PayoffError as error:
        try:
            open_snapshot(settings).close()
        except NoDataError:
            raise error from None
        narration.print(f"[yellow]goes on[/] {escape(str(error))}", soft_wrap=True)
