"""Validation errors of pydantic as problems that a person can act on."""

import difflib
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from service.configuration.errors import Location, location_text
from service.configuration.values import Document

_A_DATE = "should be a date such as 2026-01-31"
_WORDING = {
    "string_pattern_mismatch": "is not written in the expected way",
    "date_parsing": _A_DATE,
    "date_type": _A_DATE,
    "date_from_datetime_parsing": _A_DATE,
    "date_from_datetime_inexact": _A_DATE,
    "string_type": "should be text; put it into quotes",
    "model_type": "should be keys and values, indented below it",
    "dict_type": "should be keys and values, indented below it",
    "tuple_type": "should be a list, one `- ` per line",
    "list_type": "should be a list, one `- ` per line",
}


def key_of(name: str, info: FieldInfo) -> str:
    """The key of a field as it is written in the file."""
    return info.alias or name


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the key they have in the file."""
    return {key_of(name, info): info for name, info in model.model_fields.items()}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models in a type such as ``tuple[Model, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in models_in(part)]


def field_at(model: type[BaseModel], where: Location) -> tuple[FieldInfo | None, list[type[BaseModel]]]:
    """The field at a place inside of ``model`` and the models of what stands below it."""
    info: FieldInfo | None = None
    models = [model]
    for part in where:
        found = next((keys_of(m)[part] for m in models if isinstance(part, str) and part in keys_of(m)), None)
        if found is not None:
            info, models = found, models_in(found.annotation)
    return info, models


def is_secret(info: FieldInfo | None) -> bool:
    """Whether a field holds a ``SecretStr``."""
    return info is not None and "SecretStr" in str(info.annotation)


def all_keys(model: type[BaseModel], below: Location = ()) -> Iterator[Location]:
    """The path of every key of a model, lists left out of the path."""
    for key, info in keys_of(model).items():
        yield (*below, key)
        for inner in models_in(info.annotation):
            yield from all_keys(inner, (*below, key))


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that looks most like ``word``; ``None`` where none does."""
    folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def report_invalid(
    error: ValidationError,
    model: type[BaseModel],
    document: Document,
    below: Location = (),
    *,
    root: type[BaseModel],
) -> None:
    """Add every error of one validation of ``model``, whose values stand at ``below`` in the file."""
    for item in error.errors(include_url=False):
        inner = _in_file(item["loc"], item["type"], _value_at(document.data, below))
        where = (*below, *inner)
        if any(where[: len(broken)] == broken for broken in document.broken):
            continue
        if item["type"] == "extra_forbidden":
            document.report(where, _unknown_key(model, inner, below, root))
        else:
            document.report(
                where, _wrong_value(item, field_at(model, inner)[0], where in document.references)
            )


def _value_at(data: Any, where: Location) -> Any:
    for part in where:
        data = data[part]
    return data


def _in_file(location: Sequence[str | int], kind: str, data: Any) -> Location:
    """The part of pydantic's location that stands in the file; names of union members do not."""
    where: list[str | int] = []
    for position, part in enumerate(location):
        is_last = position == len(location) - 1
        if isinstance(data, Mapping) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif not (is_last and kind == "missing"):
            continue
        where.append(part)
    return tuple(where)


def _unknown_key(model: type[BaseModel], inner: Location, below: Location, root: type[BaseModel]) -> str:
    key = str(inner[-1])
    siblings = [sibling for one in field_at(model, inner[:-1])[1] for sibling in keys_of(one)]
    if found := nearest(key, siblings):
        return f"unknown key. Did you mean `{location_text((*below, *inner[:-1], found))}`?"
    elsewhere = {str(path[-1]): path for path in all_keys(root)}
    if found := nearest(key, list(elsewhere)):
        return f"unknown key here. Did you mean `{location_text(elsewhere[found])}`?"
    return f"unknown key. Known here: {', '.join(sorted(siblings))}"


def _wrong_value(item: Any, info: FieldInfo | None, is_referenced: bool) -> str:
    meaning = f" ({info.description.rstrip('.')})" if info and info.description else ""
    if item["type"] == "missing":
        return f"is required{meaning}"
    if item["type"] in ("value_error", "assertion_error"):
        return str(item["ctx"]["error"]) + _shown(item, info, is_referenced)
    text = _WORDING.get(item["type"]) or item["msg"].replace("Input should be", "should be", 1)
    return text + _shown(item, info, is_referenced) + meaning


def _shown(item: Any, info: FieldInfo | None, is_referenced: bool) -> str:
    """The value, where it is a short scalar that stands in the file itself and is no secret."""
    value = item["input"]
    if value is None:
        return "; `null` without quotes is no text but an empty value"
    if is_referenced or is_secret(info) or not isinstance(value, str | int | float | bool):
        return ""
    return f"; here it is {value!r}" if len(str(value)) <= 60 else ""
