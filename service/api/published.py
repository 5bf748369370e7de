"""The published snapshots as the API reads them, each with what was worked out from it.

An answer belongs to a snapshot, which is never written again; a new publication starts with an empty memory.
"""

import hashlib
from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from importlib.metadata import version
from threading import Lock
from typing import Annotated, Any, TypeVar

import pandas as pd
from fastapi import Depends, Header, Request
from pydantic import BaseModel

from dashboards.words.simulated import mark
from service.api.problems import ProblemError
from service.api.served import ServedHere
from service.configuration.config import Settings
from service.errors import NoDataError
from service.figures import Asked
from service.storage.snapshots import marts_directory, open_snapshot
from warehouse.errors import SnapshotError
from warehouse.publish import Snapshot
from warehouse.snapshot import read_pointer

T = TypeVar("T")
_ANSWERS = 512
_OPEN = 2


class Published:
    """An open snapshot and the answers that were given from it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.key = f"{snapshot.version}@{snapshot.settings['published_at']}"
        self._answers = lru_cache(maxsize=_ANSWERS)(partial(_worked_out, snapshot))

    def figures(self, asked: Asked) -> pd.DataFrame:
        """`Asked.figures`, worked out once."""
        return self.remembered(_figures, asked)

    def remembered(self, work: Callable[..., T], *asked: Hashable) -> T:
        """``work(snapshot, *asked)``, worked out once."""
        found: T = self._answers(work, *asked)
        return found


def _figures(snapshot: Snapshot, asked: Asked) -> pd.DataFrame:
    return asked.figures(snapshot)


def _worked_out(snapshot: Snapshot, work: Callable[..., T], *asked: Hashable) -> T:
    return work(snapshot, *asked)


class SnapshotAbout(BaseModel):
    """The snapshot that an answer comes from."""

    version: int
    published_at: str
    as_of: str
    reporting_zone: str
    is_simulated: bool


def about(snapshot: Snapshot) -> dict[str, Any]:
    """What an answer says of the snapshot that it comes from."""
    settings = snapshot.settings
    return {
        "version": snapshot.version,
        "published_at": settings["published_at"],
        "as_of": settings["as_of"],
        "reporting_zone": settings.get("reporting_zone", "UTC"),
        **mark(settings),
    }


class Shelf:
    """The newest snapshot, and the one before for readers that are in the middle of its pages."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._directory = settings, marts_directory(settings)
        self._open: dict[str, Published] = {}
        self._lock = Lock()

    def newest(self) -> Published:
        """The published snapshot.

        Raises
        ------
        ProblemError : 503, nothing is published yet.
        """
        try:
            info = read_pointer(self._directory)
            key = f"{info.version}@{info.published_at.isoformat()}" if info else ""
            return self._open.get(key) or self._kept(open_snapshot(self._settings))
        except (NoDataError, SnapshotError) as error:
            detail = "Nothing is published yet; ask again when the first collection is done."
            raise ProblemError(503, detail, headers={"Retry-After": "60"}) from error

    def at(self, key: str) -> Published:
        """The snapshot that a cursor was made from.

        Raises
        ------
        ProblemError : 410, it is gone.
        """
        try:
            number = int(key.partition("@")[0])
            path = self._directory / f"marts-{number:06d}.duckdb"
            found = self._open.get(key) or self._kept(Snapshot.open(path))
        except (ValueError, SnapshotError) as error:
            raise _gone() from error
        if found.key != key:
            raise _gone()
        return found

    def _kept(self, snapshot: Snapshot) -> Published:
        """The snapshot, open from now on. One that leaves closes when its last reader is done with it."""
        found = Published(snapshot)
        with self._lock:
            self._open.setdefault(found.key, found)
            while len(self._open) > _OPEN:
                del self._open[next(iter(self._open))]
            return self._open.get(found.key, found)


def _gone() -> ProblemError:
    return ProblemError(410, "The snapshot of this cursor is gone; ask again without a cursor.")


def shelf(request: Request, served: ServedHere) -> Shelf:
    """The snapshots of this application."""
    state = request.app.state
    if not hasattr(state, "shelf"):
        state.shelf = Shelf(served.settings)
    found: Shelf = state.shelf
    return found


def newest(snapshots: Annotated[Shelf, Depends(shelf)]) -> Published:
    """The published snapshot, for a route."""
    return snapshots.newest()


ShelfHere = Annotated[Shelf, Depends(shelf)]
NewestHere = Annotated[Published, Depends(newest)]
IfNoneMatch = Annotated[str, Header(max_length=1000)]


def tag_of(*parts: object) -> str:
    """The ETag of an answer. It is weak, for compression on the way keeps the meaning and not the bytes."""
    text = "\n".join(map(str, (version("payoff"), *parts)))
    return f'W/"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]}"'


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the caller has this answer already."""
    return tag in (part.strip() for part in if_none_match.split(","))
