"""`docs/configuration.md` from the models of the configuration."""

import typing
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any, Literal

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from collectors import registry
from service.configuration.problems import keys_of, models_in
from service.configuration.sections import Settings
from service.configuration.sources import SourceHead
from service.docs.tables import code, joined, prose, table
from warehouse.names import Name

_TYPES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date",
    Path: "path",
    SecretStr: "secret",
    Name: "name or /^pattern$/",
}
_BY_IDENTIFIER = "keys below, for each identifier"
_INTRODUCTION = """
# Configuration

Everything is in one file, `config.yaml`. Every key has a default except those marked **required**; an empty
value means the default. A relative path starts at the folder of the file.

Any value may take its text from elsewhere, alone or inside of a longer text:

| written | becomes |
| --- | --- |
| `${NAME}` | the environment variable; an error where it is not set |
| `${NAME:-default}` | the same, or the default where it is not set or empty |
| `${file:PATH}` | the text of a file, without the line break at its end |
| `$${` | the two characters themselves |

Secrets stand in variables or files only. What came from a variable or a file is never printed, nor is a
secret.

A *name* is exact and its case matters. A *pattern* is a regular expression between slashes that covers the
whole name, `/^prod-[a-z]+$/`; one without `^` and `$` is refused, because `prod` would also take preprod.

All errors of the file are reported at once, each with its line, its path and what to do.
"""


def configuration_page() -> str:
    """The page, with every key, its type, its default and its meaning."""
    sections = [
        block for key, info in keys_of(Settings).items() if key != "sources" for block in _section(key, info)
    ]
    return joined(_INTRODUCTION, *sections, *_sources())


def _section(path: str, info: FieldInfo, level: str = "##") -> Iterator[str]:
    words = type_text(info.annotation)
    many = "[]" if words.startswith("list") else ".ID" if words == _BY_IDENTIFIER else ""
    for model in models_in(info.annotation):
        place = path + many
        yield joined(f"{level} {code(place)}", prose(model.__doc__), _keys(model))
        yield from _below(model, place)


def _below(model: type[BaseModel], place: str) -> Iterator[str]:
    for key, info in keys_of(model).items():
        yield from _section(f"{place}.{key}", info, "###")


def _sources() -> Iterator[str]:
    text = "Where the data comes from. Every source has these keys, and those of its kind."
    yield joined("## `sources[]`", text, _keys(SourceHead))
    for kind, entry in registry.KINDS.items():
        config = registry.config_class(kind)
        yield joined(f"### kind: {code(kind)}", entry.summary, _keys(config))
        yield from _below(config, "sources[]")


def _keys(model: type[BaseModel]) -> str:
    rows = (
        [code(key), type_text(info.annotation), _default(info), info.description or ""]
        for key, info in keys_of(model).items()
    )
    return table(["key", "type", "default", "meaning"], rows)


def type_text(annotation: Any) -> str:
    """A type in the words of somebody who writes YAML."""
    if annotation in _TYPES:
        return _TYPES[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    parts = [part for part in arguments if part is not NoneType and part is not Ellipsis]
    if origin is Literal:
        return " or ".join(code(str(part)) for part in parts)
    if origin in (tuple, list):
        return f"list of {type_text(parts[0])}"
    if hasattr(annotation, "__metadata__"):
        return type_text(parts[0])
    if origin is Mapping:
        return _BY_IDENTIFIER
    if parts:
        return " or ".join(dict.fromkeys(type_text(part) for part in parts))
    return "keys below"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    return _value_text(info.get_default(call_default_factory=True))


def _value_text(value: Any) -> str:
    if value is None or value == () or value == [] or value == {}:
        return "empty"
    if isinstance(value, BaseModel):
        return "see below"
    if isinstance(value, tuple | list):
        return ", ".join(_value_text(item) for item in value)
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(value.text if isinstance(value, Name) else str(value))
