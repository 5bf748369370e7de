"""From configured sources to sources that can be asked for their resources."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from collectors import registry
from collectors.base import Context, Source, pseudonymiser
from service.config import ConfiguredSource, Settings
from service.errors import UsageError
from service.pseudonym_key import pseudonym_key


def chosen_sources(settings: Settings, only: Sequence[str] | None) -> tuple[ConfiguredSource, ...]:
    """The sources of these names, in the order of the configuration; all of them for ``None``.

    Raises
    ------
    UsageError : a name that is not configured, or no source at all.
    """
    names = {source.name for source in settings.sources}
    unknown = sorted(set(only or ()) - names)
    if unknown:
        raise UsageError(
            f"{settings.path}: no source is named {unknown[0]!r}. There are: {', '.join(sorted(names))}."
        )
    if not settings.sources:
        raise UsageError(f"{settings.path}: no sources. Add one under `sources:`; config.yaml shows how.")
    return tuple(source for source in settings.sources if not only or source.name in only)


def build_sources(settings: Settings, chosen: Iterable[ConfiguredSource], now: datetime) -> list[Source]:
    """The chosen sources, each with a private cache folder of its own."""
    pseudonym = pseudonymiser(pseudonym_key(settings))
    return [
        registry.build(
            source.name,
            source.kind,
            source.config,
            Context(
                now=now,
                cache_dir=settings.storage.directory / "cache" / source.name,
                pseudonym=pseudonym,
                is_production=settings.environments.is_production,
            ),
        )
        for source in chosen
    ]
