"""The resources of a source, fetched by several threads, and their pages handed to the one that writes.

Each resource is read by one thread from its first page to its last, so its pages come in order. Little is
fetched ahead: a thread waits until the writer has taken a page.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from collectors.base import Cursor, Page, Resource
from collectors.errors import StoppedError

_LOOK_UP_SECONDS = 0.2
_FAREWELL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a resource: it began, or it gave a ``page``, or it ended with or without a problem."""

    resource: Resource
    page: Page | None = None
    has_ended: bool = False
    problem: Exception | None = None


class Fetching:
    """One reading of all resources; iterate over it, and tell it which ones to `give_up`.

    Parameters
    ----------
    cursor_of : where a resource goes on; asked by the thread that reads it.
    stop : once it is set no page is begun any more; a resource that was not at its end then has a
        `StoppedError` as its problem, and one that had not begun gives no step at all.
    """

    def __init__(
        self,
        resources: Sequence[Resource],
        cursor_of: Callable[[Resource], Cursor | None],
        *,
        threads: int,
        stop: threading.Event,
    ) -> None:
        self._cursor_of, self._stop = cursor_of, stop
        self._todo: queue.SimpleQueue[Resource] = queue.SimpleQueue()
        for resource in resources:
            self._todo.put(resource)
        self._steps: queue.Queue[Step | None] = queue.Queue(maxsize=1)
        self._given_up: set[int] = set()
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(min(threads, len(resources)))
        ]

    def __iter__(self) -> Iterator[Step]:
        for thread in self._threads:
            thread.start()
        try:
            n_working = len(self._threads)
            while n_working:
                step = self._steps.get()
                if step is None:
                    n_working -= 1
                else:
                    yield step
        finally:
            self._is_over.set()
            until = time.monotonic() + _FAREWELL_SECONDS
            for thread in self._threads:
                thread.join(max(0.0, until - time.monotonic()))

    def give_up(self, resource: Resource) -> None:
        """Read no more of a resource whose page could not be stored."""
        self._given_up.add(id(resource))

    def _work(self) -> None:
        with suppress(queue.Empty, _OverError):
            while not self._stop.is_set():
                resource = self._todo.get_nowait()
                self._put(Step(resource))
                self._put(Step(resource, has_ended=True, problem=self._read(resource)))
        with suppress(_OverError):
            self._put(None)

    def _read(self, resource: Resource) -> Exception | None:
        try:
            for page in resource.pages(self._cursor_of(resource)):
                self._put(Step(resource, page))
                if id(resource) in self._given_up:
                    return None
                if self._stop.is_set():
                    raise StoppedError("stopped behind a page; the next run goes on there.")
        except _OverError:
            raise
        except Exception as problem:
            # Whoever takes the steps raises it again where it is not one of those that end a resource.
            return problem
        return None

    def _put(self, step: Step | None) -> None:
        while not self._is_over.is_set():
            with suppress(queue.Full):
                self._steps.put(step, timeout=_LOOK_UP_SECONDS)
                return
        raise _OverError


class _OverError(Exception):
    """Nobody takes steps any more."""
