"""Keys and people after the fact: a new key, a lost one, and people who ask to be forgotten."""

import hmac
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from collectors.people import ERASED, turned
from collectors.scrub import turned_people
from service.care.pseudonyms import (
    erased_path,
    erased_people,
    key_path,
    keys_of,
    pseudonyms_of,
    write_private,
)
from service.configuration.config import Settings
from service.errors import UsageError
from warehouse.engine import Warehouse
from warehouse.journal import forget_cursors
from warehouse.people import aliases_stored, forget_people, people_stored, turn_pseudonyms
from warehouse.pseudonym_keys import read_prints, write_prints
from warehouse.upgrade import upgrade_copies


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took out, in rows by table, and files of the storage folder that may still hold it."""

    rows: Mapping[str, int]
    left: tuple[Path, ...]


def check_keys(warehouse: Warehouse, settings: Settings) -> None:
    """Remember the keys at the first collection, and compare them at every later one.

    Raises
    ------
    UsageError : stored pseudonyms were made with other keys, so everybody would turn up a second time.
    """
    known, now = read_prints(warehouse), _prints(keys_of(settings))
    if not known:
        write_prints(warehouse, now)
    elif _behind(now, known) is not None and now != known:
        raise UsageError("people.pseudonym_key has a new key. Run `payoff people rotate` first.")
    elif now != known:
        raise UsageError(
            "The key of the pseudonyms is not the one that what is stored was made with, so everybody would "
            "turn up a second time. Put the old key back; where it is lost, run `payoff people lost-key`."
        )


def rotate(warehouse: Warehouse, settings: Settings) -> int:
    """Put every stored pseudonym through a new key; how many there were. The series go on.

    A configured key is replaced by the operator, who writes the new one behind the old one; a key that
    Payoff made itself gets a new one beside it. A rotation that was killed is completed by the next one.

    Raises
    ------
    UsageError : no pseudonym was ever made, the key is another one, or nothing stands behind it.
    """
    keys, known = keys_of(settings), read_prints(warehouse)
    if not known:
        raise UsageError(
            "No pseudonym was made yet, so there is nothing to turn. Run `payoff collect` first."
        )
    if settings.people.pseudonym_key is None and _prints(keys) == known:
        keys = (*keys, secrets.token_hex(32).encode())
        write_private(key_path(settings), "\n".join(key.decode() for key in keys))
    behind = _behind(_prints(keys), known)
    if not behind:
        raise UsageError(
            "people.pseudonym_key should hold the key that was used until now and, behind it, the new one, "
            "with a space between. Keep both."
        )
    return _turn(warehouse, settings, keys[-len(behind) :], _prints(keys))


def _turn(warehouse: Warehouse, settings: Settings, new: Sequence[bytes], prints: Sequence[str]) -> int:
    def turn(name: str) -> str:
        return name if name == ERASED else turned(name.encode(), new)

    erased = erased_people(settings)
    if erased:  # Both forms until the rows are turned: nobody comes back after a kill.
        write_private(erased_path(settings), "\n".join(sorted({*erased, *map(turn, erased)})))
    with warehouse.transaction():
        n = turn_pseudonyms(warehouse, turn, _rewriting(turn))
        write_prints(warehouse, prints)
    warehouse.compact()
    return n


def accept_lost_key(warehouse: Warehouse, settings: Settings) -> int:
    """Take out every pseudonym, under a key that nobody has, and read everything again; how many there were.

    The next collection begins at the beginning, so whoever can be read again turns up under the new key.
    """
    pseudonyms_of(settings)
    people = people_stored(warehouse)
    with warehouse.transaction() as con:
        forget_people(warehouse, people, ERASED, _rewriting(lambda name: ERASED))
        for (source,) in con.execute("SELECT DISTINCT source FROM cursors").fetchall():
            forget_cursors(warehouse, source)
        write_prints(warehouse, _prints(keys_of(settings)))
    warehouse.compact()
    return len(people)


def erase(warehouse: Warehouse, settings: Settings, logins: Iterable[str]) -> Erased:
    """Take a person out of every table and body, for good: later collections do not bring them back.

    ``logins`` are all that are known of one or several people, in any tool.
    """
    pseudonyms = pseudonyms_of(settings)
    sources = ["", *(source.name for source in settings.sources)]
    # With and without the aliases, for those may be younger than what is stored.
    ways = [
        each.of_source(name) for each in (pseudonyms, replace(pseudonyms, aliases={})) for name in sources
    ]
    people = {way(login) for login in logins for way in ways} - {ERASED}
    people |= aliases_stored(warehouse, people)
    write_private(erased_path(settings), "\n".join(sorted({*erased_people(settings), *people})))
    rewrite = _rewriting(lambda name: ERASED if name in people else name)
    rows = forget_people(warehouse, people, ERASED, rewrite)
    warehouse.compact()
    storage = settings.storage.directory
    left = (*upgrade_copies(storage), *sorted((storage / "cache").glob("*")))
    return Erased(rows, left)


def forget(warehouse: Warehouse, people: Collection[str]) -> None:
    """Take those out of a restored warehouse who asked to be forgotten after it had been backed up."""
    stored = people_stored(warehouse).intersection(people) - {ERASED}
    if stored:
        forget_people(warehouse, stored, ERASED, _rewriting(lambda name: ERASED if name in stored else name))
        warehouse.compact()


def keys_fit(settings: Settings, prints: Sequence[str]) -> bool:
    """Whether a warehouse with these prints can be collected into with the keys that there are."""
    return not prints or _prints(keys_of(settings)) == tuple(prints)


def _rewriting(turn: Callable[[str], str]) -> Callable[[bytes], bytes]:
    def rewrite(body: bytes) -> bytes:
        value = json.loads(body)
        new = turned_people(value, turn)
        return body if new == value else json.dumps(new, ensure_ascii=False, separators=(",", ":")).encode()

    return rewrite


def _prints(keys: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(hmac.new(key, b"print of this key", sha256).hexdigest() for key in keys)


def _behind(now: Sequence[str], known: Sequence[str]) -> Sequence[str] | None:
    """What stands behind the known keys; ``None`` where those are others."""
    return now[len(known) :] if tuple(now[: len(known)]) == tuple(known) else None
