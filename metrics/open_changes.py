"""Changes that wait: the counterpart of lead time, which knows only those that were deployed."""

from importlib.resources import files

import pandas as pd

from metrics.ground import as_of
from metrics.scope import Filter, Snapshot, fetch
from metrics.whole import narrowed, whole

# So many of all services are taken along at once, and those of a part are taken from them.
_MOST = 50_000


def open_changes(snapshot: Snapshot, *, where: Filter | None = None, limit: int = 500) -> pd.DataFrame:
    """Changes not yet in production, oldest first.

    Returns
    -------
    change_id, service_id, team_id, state (``not merged``, ``merged, not deployed`` or
    ``committed, not deployed``), first_commit_at and merged_at (UTC), age_hours at the time of the snapshot
    (NaN where the start is unknown), url.
    Bots and changes that were closed without a merge are left out.
    """
    chosen = where or Filter()
    found = whole(snapshot, ("open changes", _MOST), lambda: _asked(snapshot, Filter(), _MOST + 1))
    if len(found) > _MOST:
        found = _asked(snapshot, chosen, limit)
    return narrowed(found, chosen).head(limit).drop(columns="tier")


def _asked(snapshot: Snapshot, where: Filter, limit: int) -> pd.DataFrame:
    parameters = {"as_of": as_of(snapshot), "row_limit": limit, **where.parameters}
    return fetch(snapshot, files("metrics.readings").joinpath("open_changes.sql").read_text(), parameters)
