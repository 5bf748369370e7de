"""The audit in the warehouse. It names people, by pseudonym, so no snapshot has it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa

from warehouse.engine import Warehouse

_SCHEMA = pa.schema(
    [
        ("entry_id", pa.string()),
        ("noted_at", pa.timestamp("us")),
        *((name, pa.string()) for name in ("person", "role", "through", "action", "subject", "detail")),
        ("n_rows", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row of ``audit_log``: an export or a change, by whom, in which role and through which door."""

    entry_id: str
    noted_at: datetime
    person: str
    role: str
    through: str
    action: str
    subject: str
    detail: str
    n_rows: int | None


def store_audit(warehouse: Warehouse, entries: Sequence[AuditEntry]) -> None:
    """Append entries; one that is there already stays as it is."""
    table = pa.Table.from_pylist([asdict(entry) for entry in entries], _SCHEMA)
    with warehouse.transaction() as con:
        con.register("noted", table)
        con.execute("INSERT INTO audit_log SELECT * FROM noted ANTI JOIN audit_log USING (entry_id)")
        con.unregister("noted")
