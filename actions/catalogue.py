"""The catalogue of actions: each is a folder with a description, a schema of its inputs, and a template.

    deploy-service/
        action.yaml     name, title, summary, version, engine, values, controls
        schema.json     JSON Schema (2020-12) of the inputs
        files/          the template; `[name]` in a path is filled in, `[environment]` makes one file for each

The next action is one more folder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.errors import InputError, TemplateError

SHIPPED = Path(str(files("actions").joinpath("templates")))
ENGINES = ("kustomize", "jsonnet")


class _Description(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern="^[a-z][a-z0-9-]*$", max_length=60)
    title: str
    summary: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    engine: str
    values: dict[str, Any] = {}
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """An action as its folder describes it; ``files`` maps a path of the template to its text."""

    name: str
    title: str
    summary: str
    version: str
    engine: str
    values: Mapping[str, Any]
    controls: tuple[str, ...]
    schema: Mapping[str, Any]
    files: Mapping[str, str]


def load_actions(own: Path | None = None) -> Mapping[str, Action]:
    """Every action by name: the shipped ones, and those in the folder ``own``, which win.

    Raises
    ------
    TemplateError : a folder is not a template; the message names file and remedy.
    """
    found: dict[str, Action] = {}
    for directory in [SHIPPED, *([own] if own else [])]:
        if not directory.is_dir():
            raise TemplateError(
                f"{directory}: there is no such folder. Correct `actions.templates.directory`."
            )
        for folder in sorted(path for path in directory.iterdir() if (path / "action.yaml").is_file()):
            action = load_action(folder)
            found[action.name] = action
    return found


def load_action(folder: Path) -> Action:
    """The action in a folder. Errors: see `load_actions`."""
    description = _description(folder / "action.yaml")
    texts = {
        path.relative_to(folder / "files").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((folder / "files").rglob("*"))
        if path.is_file()
    }
    if description.engine not in ENGINES:
        raise TemplateError(
            f"{folder / 'action.yaml'}: engine {description.engine!r} is not one of {', '.join(ENGINES)}."
        )
    if not texts:
        raise TemplateError(f"{folder / 'files'}: holds no template. Put its files there.")
    return Action(**description.model_dump(), schema=_schema(folder / "schema.json"), files=texts)


def action_named(actions: Mapping[str, Action], name: str) -> Action:
    """The action of this name.

    Raises
    ------
    InputError : there is none; the message lists them.
    """
    if name not in actions:
        raise InputError({"action": f"there is no action {name!r}; there are: {', '.join(actions)}"})
    return actions[name]


def _description(path: Path) -> _Description:
    try:
        return _Description.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise TemplateError(f"{path}: does not describe an action: {error}") from error


def _schema(path: Path) -> Mapping[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
    except FileNotFoundError:
        raise TemplateError(f"{path}: is missing. Write the JSON Schema of the inputs there.") from None
    except (ValueError, SchemaError) as error:
        raise TemplateError(f"{path}: is no JSON Schema (2020-12): {error}") from error
    if not isinstance(schema, dict) or schema.get("additionalProperties") is not False:
        raise TemplateError(f"{path}: must be an object with additionalProperties: false.")
    return schema
