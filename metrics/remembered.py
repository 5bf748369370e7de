"""Answers that several figures share, kept for as long as their snapshot is open.

A published snapshot never changes, so an answer stays right; what is old and large goes first.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import ref

from metrics.scope import Snapshot

T = TypeVar("T")
MAXIMUM_ROWS = 1_000_000
# A page asks about a hundred questions; a small answer takes 15 to 30 kB.
MAXIMUM_ANSWERS = 4096


class Memory:
    """Answers by question, the least recently used forgotten first. Threads may share it.

    ``collected`` are answers on their way into the snapshot, while `metrics.kept.keeping` lasts.
    """

    def __init__(self, *, maximum_rows: int = MAXIMUM_ROWS, maximum_answers: int = MAXIMUM_ANSWERS) -> None:
        self._maximum_rows, self._maximum_answers = maximum_rows, maximum_answers
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()
        self.collected: dict[str, bytes] | None = None

    def of(self, question: Hashable, ask: Callable[[], T], rows: Callable[[T], int]) -> T:
        """The answer, asked for where it is not kept; ``rows`` says how large it is."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                kept: T = self._kept[question][0]
                return kept
        # Not under the lock: two threads may both ask, which costs time and changes nothing.
        answer = ask()
        with self._lock:
            self._keep(question, answer, rows(answer))
        return answer

    def _keep(self, question: Hashable, answer: Any, size: int) -> None:
        if question in self._kept or size > self._maximum_rows:
            return
        self._kept[question] = (answer, size)
        self._rows += size
        while self._rows > self._maximum_rows or len(self._kept) > self._maximum_answers:
            _, (_, gone) = self._kept.popitem(last=False)
            self._rows -= gone


_memories: dict[int, tuple["ref[Snapshot]", Memory]] = {}
_making = threading.RLock()


def memory_of(snapshot: Snapshot) -> Memory:
    """What is kept of an open snapshot; it goes with it."""
    place = id(snapshot)
    with _making:
        known = _memories.get(place)
        if known is not None and known[0]() is snapshot:
            return known[1]
        memory = Memory()
        _memories[place] = (ref(snapshot, lambda gone: _forget(place, gone)), memory)
        return memory


def _forget(place: int, gone: "ref[Snapshot]") -> None:
    """Unless another snapshot has taken the place meanwhile."""
    with _making:
        if place in _memories and _memories[place][0] is gone:
            del _memories[place]
