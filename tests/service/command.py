"""The command line as tests run it: in this process, with stdout and stderr apart."""

import io
from collections.abc import Callable

import pandas as pd
from typer.testing import CliRunner, Result

from service.cli import app
from service.commands import register

register()
Payoff = Callable[..., Result]
JANUARY = ("--start", "2025-01-01", "--end", "2025-02-01")
FILES = "sources: [{name: exports, kind: files, path: exports}]\n"
SHOP = "sources: [{name: shop, kind: git, url: shop, repo: shop, deployments: {tags: 'v.*'}}]\n"


def run_payoff(*arguments: str) -> Result:
    """Run a command; an exception that is no exit is a failed test."""
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def text_of(result: Result) -> str:
    """What was said, without the line breaks that a narrow terminal adds."""
    return " ".join(result.stderr.split())


def deployments_published(payoff: Payoff) -> int:
    """How many deployments of January 2025 the published snapshot counts."""
    result = payoff("metrics", "deployment_frequency", *JANUARY, "--period", "window", "--minimum-n", "0")
    assert result.exit_code == 0, result.stderr
    return int(pd.read_csv(io.BytesIO(result.stdout_bytes))["n"].sum())
