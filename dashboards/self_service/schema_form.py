"""A form from the JSON Schema of an action: a widget for every input, and a place for what is said of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

Inputs = dict[str, Any]


def draw_fields(
    schema: Mapping[str, Any],
    known: Mapping[str, Any],
    suggestions: Mapping[str, Sequence[str]],
    problems: Mapping[str, str],
    *,
    key: str,
) -> Inputs:
    """What the reader filled in; an empty text is no input, so that it is said to be missing.

    Parameters
    ----------
    known : values to begin with, before the defaults of the schema.
    suggestions : names to choose from, by input.
    problems : what is wrong, by input; said below the widget of the input.
    """
    inputs: Inputs = {}
    required = schema.get("required", ())
    columns: Sequence[Any] = ()
    for i, (name, one) in enumerate(schema["properties"].items()):
        # Two by two, so that the order on a narrow screen and of the keyboard is that of the schema.
        columns = st.columns(2) if i % 2 == 0 else columns
        with columns[i % 2]:
            label = f"{one.get('title', name)}{' *' if name in required else ''}"
            start = known.get(name, one.get("default"))
            value = _field(label, one, start, suggestions.get(name, ()), f"{key}-{name}")
            if name in problems:
                st.markdown(f":red[:material/error: {one.get('title', name)} {problems[name]}]")
            if value not in (None, ""):
                inputs[name] = value
    return inputs


def _field(label: str, one: Mapping[str, Any], start: Any, names: Sequence[str], key: str) -> Any:
    """The widget that fits the type, with the description as its help."""
    rest: dict[str, Any] = {"key": key, "help": one.get("description")}
    if "enum" in one:
        options = list(one["enum"])
        return st.selectbox(label, options, index=options.index(start) if start in options else None, **rest)
    if one.get("type") == "integer":
        return st.number_input(
            label, one.get("minimum"), one.get("maximum"), start, step=1, format="%d", **rest
        )
    if one.get("type") == "boolean":
        return st.checkbox(label, bool(start), **rest)
    if one.get("type") == "array":
        chosen = list(start or [])
        options = list(dict.fromkeys([*chosen, *one.get("default", ()), *names]))
        return st.multiselect(
            label,
            options,
            chosen,
            accept_new_options=True,
            max_selections=one.get("maxItems"),
            placeholder="Choose or type, then Enter",
            **rest,
        )
    if names:
        options = list(names)
        index = options.index(start) if start in options else None
        return st.selectbox(label, options, index=index, accept_new_options=True, **rest)
    return st.text_input(label, str(start or ""), max_chars=one.get("maxLength"), **rest)


def problems_at_fields(problems: Mapping[str, str], schema: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong by input: ``environments.0`` belongs to the field of ``environments``."""
    found: dict[str, str] = {}
    for place, message in problems.items():
        name = place.split(".")[0]
        found.setdefault(name if name in schema["properties"] else "", message)
    return found
