"""Which snapshot files stay: the last few, and the last one of every closed quarter.

A quarter's report is frozen when it is published, so the rows behind it must stay readable.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.engine import Warehouse
from warehouse.errors import SnapshotError
from warehouse.snapshot import read_pointer

_FILE = re.compile(r"marts-(\d{6,})\.duckdb")


def published_files(marts_dir: Path) -> dict[int, Path]:
    """The complete snapshot files of a folder by version."""
    found = {}
    for path in marts_dir.iterdir():
        if name := _FILE.fullmatch(path.name):
            found[int(name[1])] = path
    return dict(sorted(found.items()))


def next_version(marts_dir: Path) -> int:
    """A number that no file and no pointer has used: readers of a reused name would see the old rows."""
    try:
        pointer = read_pointer(marts_dir)
    except SnapshotError:
        # A damaged pointer is mended by publishing, so it must not stand in the way of that.
        pointer = None
    return max([*published_files(marts_dir), pointer.version if pointer else 0], default=0) + 1


def remove_leftovers(marts_dir: Path) -> None:
    """Remove what a killed or refused publication left half-written."""
    for pattern in ("*.part", "*.part.wal", "marts-*.wal"):
        for path in marts_dir.glob(pattern):
            path.unlink(missing_ok=True)


def remove_old(warehouse: Warehouse, *, keep: int, as_of: datetime, quarter_start_month: int) -> None:
    """Remove the files that need not stay; readers that have one open go on reading it."""
    present = published_files(warehouse.marts_dir)
    with warehouse.transaction() as con:
        stay = versions_to_keep(con, present, keep, as_of, quarter_start_month)
        con.execute("DELETE FROM snapshots WHERE NOT list_contains(?, version)", [sorted(stay)])
        oldest = min(stay)
        con.execute("DELETE FROM check_results WHERE version < ?", [oldest])
    for version, path in present.items():
        if version not in stay:
            path.unlink(missing_ok=True)


def versions_to_keep(
    con: duckdb.DuckDBPyConnection,
    present: Iterable[int],
    keep: int,
    as_of: datetime,
    quarter_start_month: int,
) -> set[int]:
    """Of the versions that are there: the last ``keep``, and the last one of every closed quarter."""
    there = sorted(present)
    rows = con.execute("SELECT version, as_of FROM snapshots ORDER BY version").fetchall()
    current = quarter_of(as_of, quarter_start_month)
    quarters = {quarter_of(at, quarter_start_month): version for version, at in rows if version in there}
    closed = {version for quarter, version in quarters.items() if quarter < current}
    return {*there[-max(keep, 1) :], *closed}


def quarter_of(at: datetime, start_month: int) -> int:
    """The number of the quarter that an instant lies in, counted so that later ones are greater."""
    return (at.year * 12 + at.month - 1 - (start_month - 1) % 3) // 3
