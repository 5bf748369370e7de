"""What a call answered about a snapshot, for whoever asks the same while the snapshot is open."""

from functools import partial
from typing import TypeVar

import pandas as pd

from metrics.remembered import memory_of
from metrics.scope import Snapshot

T = TypeVar("T")


def remembered(snapshot: Snapshot, call: "partial[T]") -> T:
    """The answer of a call whose arguments are all that it depends on; made where nobody asked for it yet.

    A frame is its reader's own; whatever else can be changed is shared, so nobody changes it.
    """
    # As text, because arguments may be lists, and because the snapshot among them would never be let go.
    question = (call.func, repr(call.args), repr(call.keywords))
    return own(memory_of(snapshot).of(question, call, _rows))


def own(answer: T) -> T:
    """A frame for one reader: pandas copies its values when they are changed, and not before."""
    if isinstance(answer, pd.DataFrame | pd.Series):
        return answer.copy(deep=False)  # type: ignore[return-value]
    return answer


def _rows(answer: object) -> int:
    return len(answer) if isinstance(answer, pd.DataFrame | pd.Series) else 1
