"""The worked reference quarter in a storage folder, with its assumptions in the ledger."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from metrics.roi.assumptions import Assumption
from service.configuration.config import Settings, load_config
from tests.metrics.roi.reference import LEDGER, NOW, QUARTER, given
from tests.service.folders import write_config
from tests.world import publish_loaded, records
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings
from warehouse.ledger import Edit, Ledger, Values
from warehouse.load import load_page
from warehouse.records import to_tables

__all__ = ["LEDGER", "NOW", "QUARTER", "given", "published", "said"]
SINCE = date(2020, 1, 1)
CONFIG = "sources: [{name: exports, kind: files, path: exports}]\n"


def published(
    folder: Path,
    rows: dict[str, list[dict[str, Any]]] | None = None,
    ledger: Iterable[Assumption] = LEDGER,
    *,
    edition: int = 1,
    config: str = "",
    now: datetime = NOW,
    **settings: Any,
) -> Settings:
    """The settings of a folder in which rows and assumptions were published, on top of what was there."""
    write_config(folder, CONFIG + config)
    with Warehouse.open(folder / "data", threads=1, clock=lambda: now) as warehouse:
        load_page(warehouse, "test", "rows", "*", tables=to_tables(records(rows or given())))
        with warehouse.transaction() as con:
            Ledger.append(con, [said(assumption, edition) for assumption in ledger])
        facts = FactSettings(quarter_start_month=settings.get("quarter_start_month", 1))
        publish_loaded(warehouse, facts, {"currency": "EUR", **settings}, now)
    return load_config(folder / "config.yaml")


def said(assumption: Assumption, edition: int) -> Edit:
    """An edit that states an assumption; ``edition`` tells several about one figure apart."""
    values = Values(
        *assumption.range,
        assumption.unit,
        assumption.source,
        assumption.owner,
        assumption.valid_from or SINCE,
    )
    scope = assumption.scope_id or "*"
    at = datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    return Edit(f"{assumption.key}-{scope}-{edition}", "edit", assumption.key, scope, "finance", at, values)
