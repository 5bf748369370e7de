"""The keys under which logins become pseudonyms, and what else is known of people: aliases, bots, erasures.

The keys are configured, or made once and kept in ``pseudonym.key`` of the storage folder, the oldest first.
``erased-people`` beside it lists the pseudonyms of those who asked to be forgotten, one a line.
"""

import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from collectors.people import Pseudonyms, aliases_of
from service.configuration.sections import Settings
from service.errors import UsageError
from warehouse.names import any_matches


def pseudonyms_of(settings: Settings) -> Pseudonyms:
    """From logins to pseudonyms, as configured; a key is made where there is none.

    Raises
    ------
    UsageError : the file of aliases cannot be read or names one identifier for two people.
    OSError : the storage folder cannot be written.
    """
    if settings.people.pseudonym_key is None and not key_path(settings).exists():
        _make(key_path(settings))
    return _pseudonyms(settings, keys_of(settings))


def pseudonyms_to_look_with(settings: Settings) -> Pseudonyms:
    """The same, with a key for this moment that is not stored where none was made yet."""
    return _pseudonyms(settings, keys_of(settings) or (secrets.token_bytes(32),))


def keys_of(settings: Settings) -> tuple[bytes, ...]:
    """The keys, the oldest first; none where none is configured and none was made yet."""
    configured = settings.people.pseudonym_key
    if configured is not None:
        return tuple(configured.get_secret_value().encode().split())
    path = key_path(settings)
    return tuple(path.read_bytes().split()) if path.exists() else ()


def key_path(settings: Settings) -> Path:
    """Where keys are kept that are not configured."""
    return settings.storage.directory / "pseudonym.key"


def erased_path(settings: Settings) -> Path:
    """Where the pseudonyms of people stand who asked to be forgotten."""
    return settings.storage.directory / "erased-people"


def erased_people(settings: Settings) -> Collection[str]:
    """The pseudonyms of people who asked to be forgotten."""
    path = erased_path(settings)
    return frozenset(path.read_text(encoding="utf-8").split()) if path.exists() else frozenset()


def write_private(path: Path, text: str) -> None:
    """Replace a file that nobody else may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _pseudonyms(settings: Settings, keys: Sequence[bytes]) -> Pseudonyms:
    bots = settings.people.bots
    return Pseudonyms(
        keys=keys,
        aliases=_aliases(settings),
        erased=erased_people(settings),
        is_bot=lambda login: any_matches(bots, login.strip()),
    )


def _aliases(settings: Settings) -> Mapping[str, str]:
    path = settings.people.aliases
    if path is None:
        return {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(
            f"people.aliases: {path}: {error.strerror}. Correct the path, or leave it out."
        ) from error
    people = [[name.strip() for name in line.split(",") if name.strip()] for line in lines]
    try:
        return aliases_of(names for names in people if names and not names[0].startswith("#"))
    except ValueError as error:
        raise UsageError(
            f"people.aliases: {path}: {error}, not counting comments. Put them into one line."
        ) from error


def _make(path: Path) -> None:
    """Write a new key beside ``path`` and give it its name at once: of two processes the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
