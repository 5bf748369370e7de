"""Which services a filter of teams and tiers lets through whole, so that their figures stay as they are."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import groupby

from metrics.ground import as_of
from metrics.kept import find, keep
from metrics.remembered import memory_of
from metrics.scope import Filter, Snapshot, run

_KEY = ("homes",)
_SQL = files("metrics.cubes").joinpath("homes.sql").read_text()
# The teams and tiers of each service; one without a name stands for rows of none.
Homes = Mapping[str | None, Sequence[tuple[str | None, str | None]]]


def keep_homes(snapshot: Snapshot) -> None:
    """Put what each service belonged to among the answers that are kept."""
    rows = run(snapshot, _SQL, {"as_of": as_of(snapshot)}).to_pylist()
    keep(snapshot, _KEY, json.dumps([list(row.values()) for row in rows]).encode())


def whole_services(snapshot: Snapshot, where: Filter) -> tuple[str, ...] | None:
    """The services of which the filter takes every row, where it takes no row of any other; else ``None``."""
    homes = memory_of(snapshot).of(_KEY, lambda: _read(snapshot), len)
    chosen: list[str] = []
    for service, places in homes.items():
        taken = [_lets_through(where, team, tier) for team, tier in places]
        if any(taken) and (service is None or not all(taken)):
            return None
        if service is not None and all(taken):
            chosen.append(service)
    return tuple(chosen)


def _lets_through(where: Filter, team: str | None, tier: str | None) -> bool:
    return (where.teams is None or team in where.teams) and (where.tiers is None or tier in where.tiers)


def _read(snapshot: Snapshot) -> Homes:
    rows = json.loads(find(snapshot, _KEY) or b"[]")
    return {
        service: [(team, tier) for _, team, tier in places]
        for service, places in groupby(rows, key=lambda row: row[0])
    }
