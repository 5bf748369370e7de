"""Answers about a whole snapshot, from which those about a part of it are taken.

They lie in a snapshot where its publication asked for them, and are remembered while it is open.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from metrics.kept import kept
from metrics.packing import is_same, pack, unpack
from metrics.remembered import memory_of
from metrics.scope import Filter, Snapshot

_COLUMNS = {"service_id": "services", "team_id": "teams", "tier": "tiers", "action": "actions"}


def whole(snapshot: Snapshot, question: tuple[Any, ...], ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """The frame that ``ask`` gives. It is shared, so nobody changes it.

    Parameters
    ----------
    question : all that the frame depends on besides snapshot and program.
    """
    return memory_of(snapshot).of(
        ("whole", repr(question)),
        lambda: kept(snapshot, question, ask, pack=pack, unpack=unpack, is_same=is_same),
        len,
    )


def narrowed(frame: pd.DataFrame, where: Filter) -> pd.DataFrame:
    """Those rows that the filter lets through, as ``in_scope`` and ``in_actions`` do in a query.

    What the rows have no column of, such as the action of a deployment, lets all of them through.
    """
    for column, chosen in _COLUMNS.items():
        values = getattr(where, chosen)
        if values is not None and column in frame:
            frame = frame[frame[column].isin(values)]
    return frame.reset_index(drop=True)
