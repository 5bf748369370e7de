"""Changes that wait: the counterpart of lead time, which knows only those that were deployed."""

from importlib.resources import files

import pandas as pd

from metrics.ground import as_of
from metrics.scope import Filter, Snapshot, fetch


def open_changes(snapshot: Snapshot, *, where: Filter | None = None, limit: int = 500) -> pd.DataFrame:
    """Changes not yet in production, oldest first.

    Returns
    -------
    change_id, service_id, team_id, state (``not merged``, ``merged, not deployed`` or
    ``committed, not deployed``), first_commit_at and merged_at (UTC), age_hours at the time of the snapshot
    (NaN where the start is unknown), url.
    Bots and changes that were closed without a merge are left out.
    """
    parameters = {"as_of": as_of(snapshot), "row_limit": limit, **(where or Filter()).parameters}
    return fetch(snapshot, files("metrics.readings").joinpath("open_changes.sql").read_text(), parameters)
