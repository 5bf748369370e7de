"""Every kind of source keeps the rules of the configuration, whoever writes it."""

import re

import pytest
from pydantic import BaseModel

from collectors.registry import KINDS, config_class
from service.configuration.problems import is_secret, models_in

SECRET_NAME = re.compile(r"token|password|secret|private_key|api_key|credential")


def models_of(kind: str) -> list[type[BaseModel]]:
    """The model of a kind and all models below it."""
    found = [config_class(kind)]
    for model in found:
        for info in model.model_fields.values():
            found += [inner for inner in models_in(info.annotation) if inner not in found]
    return found


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_unknown_key_is_refused(kind: str) -> None:
    assert [model for model in models_of(kind) if model.model_config.get("extra") != "forbid"] == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_key_says_what_it_means(kind: str) -> None:
    fields = [(model, name, info) for model in models_of(kind) for name, info in model.model_fields.items()]
    assert [f"{model.__name__}.{name}" for model, name, info in fields if not info.description] == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_key_that_sounds_secret_is_a_secret(kind: str) -> None:
    fields = [(name, info) for model in models_of(kind) for name, info in model.model_fields.items()]
    assert [name for name, info in fields if SECRET_NAME.search(name) and not is_secret(info)] == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_name_and_kind_are_left_to_the_source_itself(kind: str) -> None:
    assert set(config_class(kind).model_fields) & {"name", "kind"} == set()


def test_an_unknown_kind_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        config_class("nothing")
