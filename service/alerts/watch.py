"""Trouble is told once, and once more when it is over; what was told stands in the warehouse.

A telling that fails, or that may not have arrived, is tried again with the next look: at least once, unlike a
digest, for a trouble that nobody hears of is worse than one that is told twice.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from service.alerts.conditions import Trouble, troubles
from service.alerts.telling import TellingError, tell
from service.configuration.config import Settings
from warehouse.engine import Warehouse
from warehouse.errors import WarehouseError

Tell = Callable[[Settings, str, Sequence[str]], None]
_OPEN = "SELECT source, condition FROM alerts WHERE well_at IS NULL"
_BEGINS = "INSERT INTO alerts (source, condition, message, since_at) VALUES (?, ?, ?, ?)"
_ENDS = "UPDATE alerts SET well_at = ? WHERE source = ? AND condition = ? AND well_at IS NULL"
_UNTOLD = """
SELECT source, condition, message FROM alerts
WHERE told_at IS NULL AND well_at IS NULL ORDER BY source, condition
"""
_UNTOLD_WELL = """
SELECT source, condition, strftime(since_at, '%Y-%m-%d %H:%M') FROM alerts
WHERE told_at IS NOT NULL AND well_at IS NOT NULL AND well_told_at IS NULL ORDER BY source, condition
"""
_TOLD = "UPDATE alerts SET told_at = $now WHERE told_at IS NULL AND well_at IS NULL"
_WELL_TOLD = "UPDATE alerts SET well_told_at = $now WHERE well_at IS NOT NULL AND well_told_at IS NULL"
_log = logging.getLogger(__name__)


@contextmanager
def watched(warehouse: Warehouse, settings: Settings) -> Iterator[None]:
    """Look after the sources when the work inside is done, or has failed."""
    try:
        yield
    finally:
        look(warehouse, settings)


def look(warehouse: Warehouse, settings: Settings, *, tell: Tell = tell) -> None:
    """Compare what is wrong with what was told, and tell the difference. What goes wrong here is logged."""
    if not settings.alerts.has_somebody:
        return
    try:
        _note(warehouse, settings)
        _tell_changes(warehouse, settings, tell)
    except WarehouseError as error:
        _log.warning("alerts not looked at: %s", error)


def _note(warehouse: Warehouse, settings: Settings) -> None:
    now = warehouse.now()
    with warehouse.transaction() as con:
        found = {(t.source, t.condition): t for t in troubles(con, settings, now)}
        known = set(con.execute(_OPEN).fetchall())
        for key in found.keys() - known:
            con.execute(_BEGINS, [*key, found[key].message, now])
        for key in known - found.keys():
            con.execute(_ENDS, [now, *key])


def _tell_changes(warehouse: Warehouse, settings: Settings, tell: Tell) -> None:
    with warehouse.transaction() as con:
        bad = [Trouble(*row) for row in con.execute(_UNTOLD).fetchall()]
        well = con.execute(_UNTOLD_WELL).fetchall()
    if not bad and not well:
        return
    lines = [f"{_named(t.source)} is {t.condition.replace('_', ' ')}: {t.message}" for t in bad]
    lines += [f"{_named(s)} is well again; it was {c.replace('_', ' ')} since {at} UTC" for s, c, at in well]
    try:
        tell(settings, _subject(settings, len(bad), len(well)), lines)
    except TellingError as error:
        _log.warning("alerts untold: %s; tried again with the next run", error)
        return
    with warehouse.transaction() as con:
        con.execute(_TOLD, {"now": warehouse.now()})
        con.execute(_WELL_TOLD, {"now": warehouse.now()})


def _named(source: str) -> str:
    if source == "*":
        return "the snapshot"
    # The name of a source has no space; `weekly digest to CHANNEL` says by itself what it is.
    return source if " " in source else f"source {source}"


def _subject(settings: Settings, n_bad: int, n_well: int) -> str:
    parts = [f"{n_bad} in trouble" if n_bad else "", f"{n_well} well again" if n_well else ""]
    return f"Payoff, {settings.organisation.name}: {', '.join(part for part in parts if part)}"
