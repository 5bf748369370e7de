"""`config.yaml` as plain values with their lines, its variables filled in.

``${NAME}``, ``${NAME:-default}`` and ``${file:PATH}`` stand in any scalar, alone or inside a longer text;
``$${`` writes a literal ``${``. What was filled in is remembered by place, so that it is never printed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from service.configuration.errors import ConfigError, Location, Problem

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<body>[^}]*)(?P<end>\}?)")
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<has_default>:-(?P<default>.*))?", re.DOTALL)


@dataclass
class Document:
    """The values of a configuration file.

    ``lines`` are 1-based; ``references`` are the places whose value was filled in, with the text as it is
    written; ``broken`` are the places that have no value because of one of the ``problems``.
    """

    data: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    references: dict[Location, str] = field(default_factory=dict)
    broken: set[Location] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def line(self, where: Location) -> int | None:
        """The line of a place, or of the nearest place around it."""
        return next(
            (self.lines[where[:n]] for n in range(len(where), -1, -1) if where[:n] in self.lines), None
        )

    def report(self, where: Location, text: str) -> None:
        """Add a problem at a place."""
        self.problems.append(Problem(where, text, self.line(where)))


def read_document(path: Path, environ: Mapping[str, str]) -> Document:
    """The values in the file at ``path``; missing variables and doubled keys are its ``problems``.

    Raises
    ------
    ConfigError : the file is not there, cannot be read, or is not YAML.
    """
    text = _text(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        document = Document(data={})
        if node is not None:
            document.data = _Reader(document, loader, path.parent, environ).value(node, (), 0)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(path, [_syntax_problem(error)]) from None
    except yaml.YAMLError as error:
        raise ConfigError(path, [Problem((), f"is not YAML: {error}")]) from None
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = (
            "there is no such file. `payoff demo` shows an invented organisation; `payoff init` writes one"
        )
    except UnicodeDecodeError as error:
        remedy = f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
    except OSError as error:
        remedy = f"cannot be read: {error.strerror}"
    raise ConfigError(path, [Problem((), remedy)]) from None


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    """Position and reason, without the lines around it: they may hold a secret."""
    mark = error.problem_mark or error.context_mark
    column = f"column {mark.column + 1}: " if mark else ""
    reason = error.problem or error.context or "it cannot be read"
    remedy = "check the indentation, and put text with : # { or & into quotes"
    return Problem((), f"{column}is not YAML: {reason}; {remedy}", mark.line + 1 if mark else None)


class _Reader:
    """Turns YAML nodes into values and writes down where they stand."""

    deepest = 50  # an anchor may contain itself

    def __init__(
        self, document: Document, loader: yaml.SafeLoader, base: Path, environ: Mapping[str, str]
    ) -> None:
        self.document = document
        self.loader = loader
        self.base = base
        self.environ = environ

    def value(self, node: yaml.Node, where: Location, depth: int) -> Any:
        self.document.lines.setdefault(where, node.start_mark.line + 1)
        if depth > self.deepest:
            raise yaml.MarkedYAMLError(problem="it is nested too deeply", problem_mark=node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, where, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*where, i), depth + 1) for i, item in enumerate(node.value)]
        try:
            value = self.loader.construct_object(node)
        except ValueError:  # YAML takes 2026-13-45 for a date; the model of the key says what is wrong
            value = node.value
        return self.filled(value, where) if isinstance(value, str) else value

    def mapping(self, node: yaml.MappingNode, where: Location, depth: int) -> dict[str, Any]:
        """A key without a value is left out: a section whose lines are all comments has its defaults."""
        found: dict[str, Any] = {}
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is no text", problem_mark=key_node.start_mark)
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in seen:
                text = f"is written twice, first in line {seen[key]}; keep one of them"
                self.document.problems.append(Problem((*where, key), text, line))
                continue
            seen[key] = self.document.lines[*where, key] = line
            value = self.value(value_node, (*where, key), depth + 1)
            is_empty = value is None and (value_node.value == "" or (*where, key) in self.document.references)
            if not is_empty:
                found[key] = value
        return found

    def filled(self, text: str, where: Location) -> str | None:
        """``text`` with its variables filled in; ``None`` where nothing remains, as for an empty value."""
        if "${" not in text:
            return text
        if re.sub(r"\$\$\{", "", text).count("${"):
            self.document.references[where] = text
        filled = _REFERENCE.sub(lambda match: self.referenced(match, where), text)
        return filled or None

    def referenced(self, match: re.Match[str], where: Location) -> str:
        if match["body"] is None:
            return "${"
        try:
            return self.looked_up(match["body"], closed=bool(match["end"]))
        except LookupError as error:
            self.document.report(where, error.args[0])
            self.document.broken.add(where)
            return ""

    def looked_up(self, body: str, *, closed: bool) -> str:
        if not closed:
            raise LookupError("`${` is not closed by `}`; write `$${` for the characters themselves")
        if body.startswith("file:"):
            return self.file_text(body.removeprefix("file:"))
        match = _VARIABLE.fullmatch(body)
        if match is None:
            raise LookupError(
                "`${…}` holds no variable's name; write ${NAME}, ${NAME:-default} or ${file:PATH}"
            )
        value = self.environ.get(match["name"])
        if match["has_default"]:
            return value or match["default"]
        if value is None:
            raise LookupError(
                f"the variable {match['name']} is not set. Set it, or give a default: ${{{match['name']}:-…}}"
            )
        return value

    def file_text(self, name: str) -> str:
        path = self.base / Path(name).expanduser()
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise LookupError(
                f"the file {path} cannot be read: {error.strerror}. Create it, or mend ${{file:…}}"
            ) from error
        except UnicodeDecodeError as error:
            raise LookupError(f"the file {path} is not UTF-8 text") from error
