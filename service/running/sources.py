"""From configured sources to sources that can be asked for their resources."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collectors import registry
from collectors.base import Context, Source
from collectors.errors import RetryableError
from collectors.people import Pseudonyms
from service.care.pseudonyms import pseudonyms_of, pseudonyms_to_look_with
from service.configuration.config import ConfiguredSource, Settings
from service.errors import UsageError

_LONGEST_LOOK_SECONDS = 20
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::-[^}]*)?\}")


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


def asked(chosen: Iterable[ConfiguredSource]) -> list[ConfiguredSource]:
    """Those of the sources that are asked; the others send by themselves."""
    return [source for source in chosen if not registry.KINDS[source.kind].is_pushed]


def build_sources(
    settings: Settings,
    chosen: Iterable[ConfiguredSource],
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Source]:
    """The chosen sources, each with a private cache folder of its own."""
    pseudonym, cache = pseudonyms_of(settings), settings.storage.directory / "cache"
    return [_built(settings, source, now, pseudonym, cache / source.name, sleep) for source in chosen]


@contextmanager
def sources_to_look_at(
    settings: Settings, chosen: Iterable[ConfiguredSource], now: datetime
) -> Iterator[list[Source]]:
    """The chosen sources for as long as somebody looks: they leave neither a key nor a cache behind.

    A cache that a collection has made is used, for fetching a large repository twice takes long; a limit
    that is used up is told and not waited for.
    """
    pseudonym, cache = pseudonyms_to_look_with(settings), settings.storage.directory / "cache"
    with TemporaryDirectory(prefix="payoff-") as scratch:
        yield [
            _built(
                settings,
                source,
                now,
                pseudonym,
                (cache if (cache / source.name).exists() else Path(scratch)) / source.name,
                _sleep_briefly,
            )
            for source in chosen
        ]


def written_references(settings: Settings, name: str) -> dict[str, str]:
    """The keys of a source whose values come from elsewhere, as the file says it: ``${GITHUB_TOKEN}``."""
    written: dict[str, Any] = next(
        (item for item in settings.written.get("sources", ()) if item.get("name") == name), {}
    )
    return {key: str(text) for key, text in written.items() if str(text).startswith("${")}


def variables_of(settings: Settings, name: str) -> dict[str, str]:
    """The keys of a source that come from an environment variable, with its name."""
    found = {key: _VARIABLE.match(text) for key, text in written_references(settings, name).items()}
    return {key: match[1] for key, match in found.items() if match}


def _sleep_briefly(seconds: float) -> None:
    if seconds > _LONGEST_LOOK_SECONDS:
        raise RetryableError(
            f"it asks to wait {seconds:,.0f} seconds, for its limit is used up. Look again after that."
        )
    time.sleep(seconds)


def _built(
    settings: Settings,
    source: ConfiguredSource,
    now: datetime,
    pseudonym: Pseudonyms,
    cache: Path,
    sleep: Callable[[float], None] = time.sleep,
) -> Source:
    context = Context(
        now=now,
        cache_dir=cache,
        pseudonym=pseudonym.of_source(source.name),
        is_production=settings.environments.is_production,
        sleep=sleep,
        variables=variables_of(settings, source.name),
    )
    return registry.build(source.name, source.kind, source.config, context)
