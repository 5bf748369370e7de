"""Assumptions of `config.yaml` as versions of the ledger: a new one for every change of the file.

Those of the demo world are seeded beside them while it is a source.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime

from service.configuration.config import Settings
from service.configuration.sources import CONFIGURATION
from service.ledger.invented import stated_assumptions
from warehouse.decisions import Decision
from warehouse.engine import Warehouse
from warehouse.ledger import Edit, Entry, Ledger, Values


def seed_ledger(warehouse: Warehouse, settings: Settings) -> int:
    """How many entries the configuration added to the ledger.

    A figure that the file no longer has is rejected, so that what was said before it holds again.
    """
    with warehouse.transaction() as con:
        ledger = Ledger.of(con.sql(Ledger.select()).to_arrow_table())
        return Ledger.append(con, list(_edits(ledger, settings, warehouse.now())))


def _edits(ledger: Ledger, settings: Settings, now: datetime) -> Iterator[Edit]:
    stated = stated_assumptions(settings)
    wanted = {(e.key, e.scope, e.values.valid_from): e.values for e in stated}
    standing = _standing(ledger)
    for name, values in wanted.items():
        if name not in standing or standing[name].values != values:
            yield _edit(now, name[0], name[1], values=values)
    for name, entry in standing.items():
        if name not in wanted:
            yield _edit(now, name[0], name[1], about=entry.edit_id)


def _standing(ledger: Ledger) -> dict[tuple[str, str, date], Entry]:
    """What the file said last, for each first day. What people decided about it since is left alone."""
    own = [entry for entry in ledger.entries if entry.decided_by == CONFIGURATION]
    last = {(entry.key, entry.scope_id, entry.values.valid_from): entry for entry in own}
    return {name: entry for name, entry in last.items() if entry.state == "approved"}


def _edit(
    now: datetime, key: str, scope_id: str, *, values: Values | None = None, about: str | None = None
) -> Edit:
    decision: Decision = "edit" if about is None else "reject"
    at = now.replace(microsecond=0)
    note = "config.yaml" if about is None else "no longer in config.yaml"
    return Edit(uuid.uuid4().hex, decision, key, scope_id, CONFIGURATION, at, values, about, note)
