"""The key under which logins become pseudonyms: configured, or made once and kept in the storage folder."""

import os
import secrets
from pathlib import Path

from service.config_sections import Settings


def pseudonym_key(settings: Settings) -> bytes:
    """The configured key, else the one in ``pseudonym.key`` of the storage folder, made where there is none.

    Raises
    ------
    OSError : the storage folder cannot be written.
    """
    configured = settings.people.pseudonym_key
    if configured is not None:
        return configured.get_secret_value().encode()
    path = _path(settings)
    if not path.exists():
        _make(path)
    return path.read_bytes()


def key_to_look_with(settings: Settings) -> bytes:
    """The key as `pseudonym_key` has it; where none was made yet, one for this moment that is not stored."""
    is_there = settings.people.pseudonym_key is not None or _path(settings).exists()
    return pseudonym_key(settings) if is_there else secrets.token_bytes(32)


def _path(settings: Settings) -> Path:
    return settings.storage.directory / "pseudonym.key"


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
