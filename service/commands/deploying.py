"""`payoff deploy` and `payoff runs`: ask for a self-service action, and see what became of it."""

import getpass
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml
from rich.markup import escape
from rich.table import Table

from actions.catalogue import Action, action_named
from actions.deploy import Actions
from actions.errors import ActionError, InputError
from actions.ports import ROLE, Actor, Request
from actions.runs import Run
from service.care.pseudonyms import pseudonyms_of
from service.cli import DEFAULT_CONFIG, ConfigOption, app, narration, now, plain_errors, settings_of
from service.configuration.config import Settings
from service.deploying.building import build_actions, go_on, open_runs
from service.errors import PayoffError, UsageError
from service.running.narration import ProgressListener
from service.running.pipeline import drain_and_publish
from warehouse.errors import WarehouseBusyError

runs_app = typer.Typer(no_args_is_help=True, help="Runs of self-service actions: how they fare.")
app.add_typer(runs_app, name="runs")

Operation = Literal["create", "update", "retire"]
_Set = Annotated[list[str] | None, typer.Option("--set", help="An input, as name=value; lists with commas.")]
_File = Annotated[Path | None, typer.Option("--file", "-f", help="Inputs as YAML or JSON; --set wins.")]
_NoPublish = Annotated[
    bool, typer.Option("--no-publish", help="Leave counting the run to the next collection.")
]


@app.command()
def deploy(
    action: Annotated[
        str, typer.Argument(help="Action; `payoff runs actions` lists them.")
    ] = "deploy-service",
    config: ConfigOption = DEFAULT_CONFIG,
    given: _Set = None,
    file: _File = None,
    operation: Annotated[Operation, typer.Option(help="create, update or retire.")] = "create",
    key: Annotated[str, typer.Option(help="The same key is the same request.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff and change nothing.")] = False,
    no_publish: _NoPublish = False,
) -> None:
    """Deploy a service by the golden path, or run another action.

    Asks for what is missing when it runs in a terminal. An update needs only what shall be different.
    Prints the run as JSON. Exit code 1 where the run failed or was refused.
    """
    with plain_errors(), _told():
        settings = settings_of(config)
        actions = build_actions(settings, now)
        chosen = action_named(actions.catalogue, action)
        inputs = _inputs(chosen, file, given or [], actions, operation)
        actor = Actor(pseudonyms_of(settings)(getpass.getuser()), frozenset({ROLE}))
        request = Request(action, inputs, actor, operation, key, dry_run)
        narration.print(f"{chosen.title}: {operation} {escape(str(inputs.get('name', '')))}")
        _show(actions.request(request), settings, no_publish)


@runs_app.command("list")
def list_runs(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Runs that wait for something: a review, a merge, a report that they are healthy."""
    with plain_errors():
        runs = open_runs(settings_of(config))
        sys.stdout.write(json.dumps([run.as_event() for run in runs], indent=2) + "\n")


@runs_app.command()
def show(run_id: str, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """One run as it stands."""
    with plain_errors(), _told():
        _print(build_actions(settings_of(config), now).run(run_id))


@runs_app.command()
def resume(run_id: str, config: ConfigOption = DEFAULT_CONFIG, no_publish: _NoPublish = False) -> None:
    """Go on with a run that failed, was killed, or waits."""
    with plain_errors(), _told():
        settings = settings_of(config)
        _show(build_actions(settings, now).carry_out(run_id), settings, no_publish)


@runs_app.command()
def refresh(config: ConfigOption = DEFAULT_CONFIG, no_publish: _NoPublish = False) -> None:
    """Ask trackers and the repository about every run that waits, and go on where they said yes."""
    with plain_errors(), _told():
        settings = settings_of(config)
        for run in go_on(settings, now):
            narration.print(f"{run.run_id} {escape(run.target)}: {run.stage} {escape(run.message)}")
        _publish(settings, no_publish)


@runs_app.command()
def report(
    run_id: str,
    stage: Annotated[Literal["synced", "healthy", "failed"], typer.Argument(help="What was seen.")],
    config: ConfigOption = DEFAULT_CONFIG,
    message: Annotated[str, typer.Option(help="Why, where it failed.")] = "",
) -> None:
    """Tell how a run fares in the cluster, where Argo CD does not report it by itself."""
    with plain_errors(), _told():
        settings = settings_of(config)
        _show(build_actions(settings, now).reported(run_id, stage, message), settings, no_publish=False)


@runs_app.command("actions")
def list_actions(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """The actions that there are, and what each needs."""
    with plain_errors(), _told():
        table = Table("Action", "Version", "What it does", "Needs")
        for action in build_actions(settings_of(config), now).catalogue.values():
            table.add_row(action.name, action.version, action.summary, ", ".join(action.schema["required"]))
        narration.print(table)


class _told:  # noqa: N801  used like a function
    """Errors of actions in the words of the command line."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError):
            fields = "\n".join(f"  {field}: {message}" for field, message in error.problems.items())
            raise UsageError(f"the request is not valid:\n{fields}") from error
        if isinstance(error, ActionError):
            raise PayoffError(str(error)) from error


def _inputs(
    action: Action, file: Path | None, given: list[str], actions: Actions, operation: Operation
) -> dict[str, Any]:
    """What was asked for: of the file, of ``--set``, and of answers to questions."""
    inputs = {**_of_file(file), **dict(_of_flag(action, text) for text in given)}
    if operation != "create" and "name" in inputs:
        return {**actions.asked_before(str(inputs["name"])), **inputs}
    if sys.stdin.isatty():
        for name, schema in action.schema["properties"].items():
            if name not in inputs:
                inputs[name] = _answer(action, name, schema)
    return inputs


def _of_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"{file}: cannot be read as YAML or JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file}: should hold the inputs as keys and values.")
    return found


def _of_flag(action: Action, text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"--set {text!r}: write name=value.")
    return name, _typed(action.schema["properties"].get(name, {}), value)


def _typed(schema: Mapping[str, Any], text: str) -> Any:
    """The value that a word of the command line stands for; what does not fit is refused with the schema."""
    if schema.get("type") == "array":
        return [part.strip() for part in text.split(",") if part.strip()]
    if schema.get("type") == "integer" and text.lstrip("-").isdecimal() and len(text) < 20:
        return int(text)
    return text


def _answer(action: Action, name: str, schema: Mapping[str, Any]) -> Any:
    default = schema.get("default")
    shown = ",".join(default) if isinstance(default, list) else default
    narration.print(f"[bold]{schema['title']}[/]  [dim]{escape(schema['description'])}[/]")
    choices = f" ({'/'.join(schema['enum'])})" if "enum" in schema else ""
    return _typed(schema, str(typer.prompt(f"{name}{choices}", default=shown, err=True)))


def _show(run: Run, settings: Settings, no_publish: bool) -> None:
    if run.diff and run.is_dry_run:
        sys.stdout.write(run.diff)
    else:
        _print(run)
    _publish(settings, no_publish or run.is_dry_run)
    if run.stage in ("failed", "rejected"):
        raise PayoffError(f"run {run.run_id} {run.stage}: {run.message}")
    narration.print(f"run {run.run_id}: [bold]{run.stage}[/] {escape(run.message)}")


def _print(run: Run) -> None:
    sys.stdout.write(json.dumps(run.as_event(), indent=2) + "\n")


def _publish(settings: Settings, no_publish: bool) -> None:
    """Let the run be counted now; where another process holds the warehouse, that one counts it."""
    if no_publish:
        return
    try:
        with ProgressListener(narration) as listener:
            drain_and_publish(settings, clock=now, listener=listener)
    except WarehouseBusyError:
        narration.print("Another process writes to the warehouse; it will count the run.")
