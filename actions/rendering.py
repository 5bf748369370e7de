"""From an action and its inputs to the files of the GitOps repository. Pure: the same in, the same out.

Templates are Jinja in a sandbox. Every value that a template writes is written as JSON, which is YAML too:
a value can never end its own scalar and become structure, whatever signs it holds. What a kustomize template
makes is read back as YAML; a jsonnet template gets the inputs as a file beside it, and is evaluated once.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import _jsonnet
import yaml
from jinja2 import StrictUndefined, Undefined
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from actions.catalogue import Action
from actions.config import Platform, as_plain
from actions.errors import TemplateError

RECORD = "services/{name}/payoff.yaml"
"""Where the request itself is kept beside what was made of it: who owns it, and what was asked for."""

_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]")
_PLACE = re.compile(r"\[([a-z_]+)\]")
_HEADER = "# Written by the action {name} {version}. A change by hand is lost with the next request.\n"


def rendered(
    action: Action,
    inputs: Mapping[str, Any],
    platform: Platform,
    *,
    run_id: str = "",
    review_url: str = "",
    time_saved: str = "",
    held: tuple[str, ...] = (),
) -> dict[str, str]:
    """The text of every file by its path in the repository.

    ``held`` environments wait for an approval: their files are left out.

    Raises
    ------
    TemplateError : the template is broken, or makes a file that is not valid.
    """
    given = {
        **inputs,
        "inputs": dict(inputs),
        "platform": as_plain(platform),
        "template": {"name": action.name, "version": action.version},
        "values": action.values,
        "run_id": run_id,
        "review_url": review_url,
        "time_saved": time_saved,
    }
    places = [place for place in inputs.get("environments", ()) if place not in held]
    return dict(sorted(_files(action, given, places)))


def _files(action: Action, given: Mapping[str, Any], places: list[str]) -> Iterator[tuple[str, str]]:
    header = _HEADER.format(name=action.name, version=action.version)
    environment = _environment()
    for path, text in action.files.items():
        for extra in [{"environment": place} for place in places] if "[environment]" in path else [{}]:
            values = {**given, **extra}
            made = _made(environment, action, path, text, values)
            if made.strip():
                yield _filled(path, values), (header if path.endswith((".yaml", ".yml")) else "") + made


def _made(
    environment: ImmutableSandboxedEnvironment,
    action: Action,
    path: str,
    text: str,
    values: Mapping[str, Any],
) -> str:
    if action.engine == "jsonnet":
        return _jsonnet_file(action, path, text, values)
    try:
        made = environment.from_string(text).render(values)
        _require_yaml(made, path)
    except (JinjaError, yaml.YAMLError, TypeError, ArithmeticError, LookupError) as error:
        raise TemplateError(f"{action.name} {action.version}, {path}: {error}") from error
    return made


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_as_json,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def _as_json(value: Any) -> Any:
    """A value as it stands in YAML; one that is undefined raises by itself when it is written."""
    if isinstance(value, Undefined):
        return value
    return _BEYOND_ASCII.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(sign: re.Match[str]) -> str:
    """JSON writes signs beyond 16 bits as two halves, which YAML does not put together again."""
    number = ord(sign.group())
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"


def _require_yaml(text: str, path: str) -> None:
    if path.endswith((".yaml", ".yml")):
        list(yaml.safe_load_all(text))


def _jsonnet_file(action: Action, path: str, text: str, values: Mapping[str, Any]) -> str:
    """Jsonnet as it is, evaluated for proof; `inputs.json` beside it holds what is filled in."""
    if path.endswith("/inputs.json"):
        return json.dumps({key: values[key] for key in json.loads(text)}, indent=2, sort_keys=True) + "\n"
    if not path.endswith(".jsonnet"):
        raise TemplateError(f"{action.name}: {path} is neither a .jsonnet file nor inputs.json.")
    beside = f"{path.rpartition('/')[0]}/inputs.json"
    inputs = _jsonnet_file(action, beside, action.files[beside], values) if beside in action.files else "{}"
    evaluate_jsonnet(path, text, inputs)
    return text


def evaluate_jsonnet(path: str, text: str, inputs_json: str) -> Any:
    """What Argo CD gets of a jsonnet file with `inputs.json` beside it.

    Raises
    ------
    TemplateError : it cannot be evaluated, or imports something else.
    """

    def imported(_: str, name: str) -> tuple[str, bytes]:
        if name != "inputs.json":
            raise RuntimeError(f"imports {name}; only inputs.json can be imported")
        return name, inputs_json.encode()

    try:
        return json.loads(_jsonnet.evaluate_snippet(path, text, import_callback=imported, max_stack=200))
    except RuntimeError as error:
        raise TemplateError(f"{path}: {error}") from error


def _filled(path: str, values: Mapping[str, Any]) -> str:
    return _PLACE.sub(lambda match: str(values[match.group(1)]), path)
