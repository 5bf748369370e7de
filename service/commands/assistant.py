"""`payoff mcp`: figures for an assistant, over the Model Context Protocol."""

from importlib.util import find_spec

from service.cli import DEFAULT_CONFIG, ConfigOption, app, plain_errors, settings_of
from service.errors import UsageError


@app.command()
def mcp(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Answer an assistant over the Model Context Protocol on stdin and stdout; read only.

    Its tools list, get, compare and explain metrics and read frozen reports, from the newest published
    snapshot. An assistant starts this by itself; `docs/mcp.md` says how. It needs the extra `mcp`.
    """
    with plain_errors():
        settings = settings_of(config)
        if find_spec("mcp") is None:
            raise UsageError(
                "The package `mcp` is missing; it is an extra and not installed by default. Install it with "
                "`pip install 'payoff[mcp]'`, in a checkout with `pip install -e '.[mcp]'`."
            )
        from service.mcp.desk import Desk
        from service.mcp.server import run_stdio

        run_stdio(Desk(settings))
