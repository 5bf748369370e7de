"""The rows of a demo world go when its source goes: invented figures never mix with real ones."""

import duckdb

from service.configuration.config import Settings
from warehouse.engine import Warehouse
from warehouse.records import BY_TABLE

# A demo source remembers which world it told of; no other cursor has such a key.
_WORLDS = "SELECT DISTINCT source FROM cursors WHERE json_exists(cursor, '$.world.variant') ORDER BY source"
_BESIDE = ("coverage", "cursors", "raw_bodies", "skipped_items")


def demo_sources(warehouse: Warehouse) -> list[str]:
    """The sources whose invented rows are stored."""
    return [str(name) for (name,) in warehouse.connection.execute(_WORLDS).fetchall()]


def remove_left_demo(warehouse: Warehouse, settings: Settings) -> list[str]:
    """The demo sources that are not configured any more; their rows are removed, their runs are kept."""
    configured = {source.name for source in settings.sources if source.kind == "demo"}
    left = [name for name in demo_sources(warehouse) if name not in configured]
    for name in left:
        with warehouse.transaction() as con:
            _remove(con, name)
    return left


def _remove(con: duckdb.DuckDBPyConnection, source: str) -> None:
    for table in sorted({*BY_TABLE, *_BESIDE}):
        con.execute(f'DELETE FROM "{table}" WHERE source = ?', [source])
