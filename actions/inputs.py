"""The inputs of a request: checked against the schema of the action, each message at its field."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from actions.catalogue import Action
from actions.errors import InputError

_SHOWN = 60


def checked_inputs(action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs of the action: those that were given, and the defaults of the others.

    Raises
    ------
    InputError : fields are missing, unknown or not valid; all of them are named.
    """
    properties = action.schema["properties"]
    defaults = {name: schema["default"] for name, schema in properties.items() if "default" in schema}
    inputs = {**defaults, **given}
    problems = dict(_unprintable(inputs))
    for error in Draft202012Validator(action.schema).iter_errors(inputs):
        for field, message in _problems(error, properties):
            problems.setdefault(field, message)
    if not problems and inputs.get("port") == inputs.get("metrics_port", object()):
        problems["metrics_port"] = "is the port for requests too; choose another one"
    if problems:
        raise InputError(problems)
    return {name: inputs[name] for name in properties if name in inputs}


def _unprintable(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Text with line breaks or control signs; `$` in a pattern lets one line break at the end pass."""
    for field, value in inputs.items():
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and not text.isprintable() for text in texts):
            yield field, "holds a line break or a control sign"


def _problems(error: ValidationError, properties: Mapping[str, Any]) -> list[tuple[str, str]]:
    instance: Any = error.instance
    if error.validator == "required":
        required: Any = error.validator_value
        missing = [name for name in required if name not in instance]
        return [(name, "is missing") for name in missing]
    if error.validator == "additionalProperties":
        unknown = [name for name in instance if name not in properties]
        return [(_short(name), _not_known(name, properties)) for name in unknown]
    field = ".".join(str(part) for part in error.absolute_path) or "request"
    return [(field, _message(error, properties.get(field.split(".")[0], {})))]


def _not_known(name: str, properties: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(str(name), properties, n=1)
    return f"is no input of this action{f'; did you mean {near[0]}?' if near else ''}"


def _message(error: ValidationError, schema: Mapping[str, Any]) -> str:
    wanted: Any = error.validator_value
    value = _short(error.instance)
    match error.validator:
        case "enum":
            return f"{value} is not one of {', '.join(map(str, wanted))}"
        case "type":
            return f"{value} should be of type {wanted}"
        case "minimum" | "maximum":
            return f"{value} should be {'at least' if error.validator == 'minimum' else 'at most'} {wanted}"
        case "maxLength" | "maxItems":
            return f"is too long: at most {wanted} {'signs' if error.validator == 'maxLength' else 'items'}"
        case "minItems":
            return f"needs at least {wanted}"
        case "uniqueItems":
            return "names the same thing twice"
    return f"{value} is not valid. {schema.get('description', '')}".strip()


def _short(value: Any) -> str:
    """A value of a stranger, shortened and on one line."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
