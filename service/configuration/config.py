"""`config.yaml` read, filled in, checked and frozen: ``load_config``.

Each package owns the model of its part; `service.configuration.sections` puts them together.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from collectors import registry
from service.configuration.checks import report_doubled, report_no_mail_server, report_unknown
from service.configuration.errors import ConfigError, Location, Problem
from service.configuration.problems import nearest, report_invalid
from service.configuration.secrets import as_written, settled
from service.configuration.sections import LOOKED_BACK_DAYS, Settings
from service.configuration.sources import ConfiguredSource, SourceHead
from service.configuration.values import Document, read_document

__all__ = ["ConfigError", "ConfiguredSource", "Problem", "Settings", "load_config"]

Model = TypeVar("Model", bound=BaseModel)


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """The configuration in the file at ``path``, its variables taken from ``environ`` (default: the process).

    Raises
    ------
    ConfigError : with every problem of the file, each with its place and its remedy.
    """
    path = path.absolute()
    document = read_document(path, os.environ if environ is None else environ)
    if not isinstance(document.data, dict):
        document.report((), "should be keys and values, such as `organisation:`")
        raise ConfigError(path, document.problems)
    settings = _settings(document, path)
    report_doubled(document)
    report_no_mail_server(document)
    report_unknown(document, has_other_catalogue=_has_other_catalogue(document.data))
    if document.problems or settings is None:
        raise ConfigError(path, document.problems)
    return settings.read_from(path, as_written(document))


def _settings(document: Document, path: Path) -> Settings | None:
    sources = tuple(_sources(document, path.parent))
    try:
        settings = Settings.model_validate({**document.data, "sources": sources})
    except ValidationError as error:
        report_invalid(error, Settings, document, root=Settings)
        return None
    rest: Settings = settled(settings.model_copy(update={"sources": ()}), (), document, path.parent)
    return rest.model_copy(update={"sources": sources})


def _sources(document: Document, base: Path) -> Iterator[ConfiguredSource]:
    items = document.data.get("sources", [])
    if not isinstance(items, list):
        document.report(("sources",), "should be a list, one `- ` per line")
        return
    for index, item in enumerate(items):
        source = _source(document, ("sources", index), item, base)
        if source is not None:
            yield source


def _source(document: Document, where: Location, item: Any, base: Path) -> ConfiguredSource | None:
    head = _validated(SourceHead, item, document, where)
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(kind, str) or not _is_known(kind, document, where):
        return None
    own = {key: value for key, value in item.items() if key not in SourceHead.model_fields}
    for key in registry.KINDS[kind].local_keys:
        if isinstance(own.get(key), str):
            own[key] = _located(own[key], base)
    config = _validated(registry.config_class(kind), own, document, where)
    if head is None or config is None:
        return None
    if registry.KINDS[kind].is_pushed and (head.keep_raw_days or LOOKED_BACK_DAYS) < LOOKED_BACK_DAYS:
        days = f"is too short for a sender: alerts look back {LOOKED_BACK_DAYS} days; or leave it out"
        document.report((*where, "keep_raw_days"), days)
    return ConfiguredSource(
        head.name,
        kind,
        settled(config, where, document, base),
        every=head.every or (None if head.schedule else registry.KINDS[kind].every),
        schedule=head.schedule,
        keep_raw_days=head.keep_raw_days,
    )


def _located(url: str, base: Path) -> str:
    """A relative path that exists beside the file in full; anything else, a URL above all, as it is."""
    is_beside = "://" not in url and (base / url).exists()
    return str(base / url) if is_beside else url


def _is_known(kind: str, document: Document, where: Location) -> bool:
    if kind in registry.KINDS:
        return True
    place = (*where, "kind")
    found = None if place in document.references else nearest(kind, list(registry.KINDS))
    remedy = f"Did you mean `{found}`?" if found else f"There are: {', '.join(registry.KINDS)}"
    if place not in document.broken:
        document.report(place, f"is no kind of source. {remedy}")
    return False


def _validated(model: type[Model], data: Any, document: Document, where: Location) -> Model | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        report_invalid(error, model, document, where, root=Settings)
        return None


def _has_other_catalogue(data: dict[str, Any]) -> bool:
    """Whether a source may bring teams and services that the file does not list."""
    items = data.get("sources", [])
    kinds = [item.get("kind") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return any(
        isinstance(kind, str) and kind in registry.KINDS and registry.KINDS[kind].brings_catalogue
        for kind in kinds
    )
