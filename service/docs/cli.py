"""`docs/cli.md` from the commands themselves."""

from collections.abc import Iterator
from typing import Any

import typer

from service.cli import app
from service.commands import register
from service.docs.configuration import type_text
from service.docs.tables import code, joined, prose, table

_INTRODUCTION = """
# Command line

Data goes to stdout, narration and progress to stderr. `payoff COMMAND --help` says the same as this page.
"""


def cli_page() -> str:
    """The page, with every command, its arguments and options."""
    register()
    root = typer.main.get_command(app)
    return joined(_INTRODUCTION, prose(root.epilog), *_commands(root, "payoff"))


def _commands(command: Any, path: str) -> Iterator[str]:
    """Sections of a command and all below it; a group without a function of its own has none."""
    below = getattr(command, "commands", {})
    if not below:
        yield _section(command, path)
    for name in sorted(below):
        if not below[name].hidden:
            yield from _commands(below[name], f"{path} {name}")


def _section(command: Any, path: str) -> str:
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    rows = [_row(parameter) for parameter in shown if parameter.name != "help"]
    parameters = table(["", "type", "default", "meaning"], rows) if rows else ""
    return joined(f"## `{path}`", prose(command.help), parameters, prose(command.epilog))


def _row(parameter: Any) -> list[str]:
    is_argument = parameter.param_type_name == "argument"
    names = [parameter.name.upper()] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    default = "**required**" if parameter.required else _default(parameter)
    variable = f" Variable: `{parameter.envvar}`." if parameter.envvar else ""
    meaning = (parameter.help or "") + variable
    return [", ".join(code(name) for name in names), _type(parameter), default, meaning]


def _type(parameter: Any) -> str:
    if getattr(parameter, "is_flag", False):
        return "flag"
    kind = type_text(parameter.type_descriptor.annotation)
    return kind


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or value is False or value == () or callable(value):
        return ""
    return code(str(value).lower() if value is True else str(value))
