"""Answers that were worked out when a snapshot was published, and lie in it.

They are no second definition: the function that is asked looks here first, under a key of everything that
its answer depends on: what was asked, what the snapshot says of itself, and the program. Where the key is not
there, as in a snapshot of an older version, it works the answer out.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from metrics.remembered import memory_of
from metrics.scope import Snapshot
from warehouse.kept import TABLE

T = TypeVar("T")
_SAID, _LYING = ("said",), ("lying",)
_FEW = 2_000
_LIBRARIES = ("duckdb", "numpy", "pandas", "pyarrow", "pydantic", "scipy")


@contextmanager
def keeping(snapshot: Snapshot) -> Iterator[Mapping[str, bytes]]:
    """While this lasts, answers that are worked out from the snapshot are collected, to be stored in it."""
    memory = memory_of(snapshot)
    memory.collected = {}
    try:
        yield memory.collected
    finally:
        memory.collected = None


def kept(
    snapshot: Snapshot,
    question: tuple[Any, ...],
    work_out: Callable[[], T],
    *,
    pack: Callable[[T], bytes],
    unpack: Callable[[bytes], T],
    is_same: Callable[[T, T], bool],
) -> T:
    """The answer that lies in the snapshot, else the one that is worked out; they are equal to the bit.

    Parameters
    ----------
    question : all that the answer depends on besides snapshot and program; ``repr`` tells its values apart.
    """
    collected = memory_of(snapshot).collected
    if collected is None:
        body = find(snapshot, question)
        return work_out() if body is None else unpack(body)
    answer = work_out()
    packed = pack(answer)
    # What does not come back as it was is not kept.
    if is_same(unpack(packed), answer):
        keep(snapshot, question, packed)
    return answer


def is_keeping(snapshot: Snapshot) -> bool:
    """Whether answers are being worked out to be stored, so that none is read."""
    return memory_of(snapshot).collected is not None


def keep(snapshot: Snapshot, question: tuple[Any, ...], body: bytes) -> None:
    """Put bytes among the answers that are collected, if they are."""
    collected = memory_of(snapshot).collected
    if collected is not None:
        collected[key_of(snapshot, question)] = body


def find(snapshot: Snapshot, question: tuple[Any, ...]) -> bytes | None:
    """What lies in the snapshot under a question; ``None`` where nothing does."""
    lying = memory_of(snapshot).of(_LYING, lambda: _lying(snapshot), len)
    key = key_of(snapshot, question) if lying else ""
    return (lying[key] or _body(snapshot, key)) if key in lying else None


def key_of(snapshot: Snapshot, question: tuple[Any, ...]) -> str:
    """The key of a question: it differs where anything that the answer depends on does."""
    said = memory_of(snapshot).of(_SAID, lambda: _said(snapshot), lambda _: 1)
    return hashlib.sha256(repr((question, said, _program())).encode()).hexdigest()


def _said(snapshot: Snapshot) -> str:
    """Everything that the snapshot says of itself."""
    return repr(sorted((name, repr(value)) for name, value in snapshot.settings.items()))


def _lying(snapshot: Snapshot) -> Mapping[str, bytes | None]:
    """What lies in the snapshot by its key, with its bytes where all of it is small; nothing in one that was
    published without answers.
    """
    if not snapshot.sql(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{TABLE}'").num_rows:
        return {}
    keys = snapshot.sql(f"SELECT key FROM {TABLE}").column("key").to_pylist()
    if len(keys) > _FEW:
        return dict.fromkeys(keys)
    # One read of some megabytes takes less than the dozens of single ones that a page begins with.
    found = snapshot.sql(f"SELECT key, body FROM {TABLE}")
    return dict(zip(found.column("key").to_pylist(), found.column("body").to_pylist(), strict=True))


def _body(snapshot: Snapshot, key: str) -> bytes:
    found = snapshot.sql(f"SELECT body FROM {TABLE} WHERE key = $key", {"key": key})
    body: bytes = found.column("body")[0].as_py()
    return body


@cache
def _program() -> str:
    """A checksum of everything that metrics are computed by: queries, code, and the libraries under it."""
    found = hashlib.sha256(repr([version(name) for name in _LIBRARIES]).encode())
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".sql"):
            found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return found.hexdigest()
