"""Where a configuration keeps its published snapshots, and how to open the newest."""

from pathlib import Path

from service.config import Settings
from service.errors import NoDataError
from warehouse.errors import SnapshotError
from warehouse.publish import Snapshot

_UNMAPPED = """
WITH named AS (
    SELECT service_id FROM fact_deployments
    UNION ALL
    SELECT c.outside_service_id FROM fact_changes c
    UNION ALL
    SELECT service_id FROM fact_incidents
    UNION ALL
    SELECT service_id FROM tickets
)
SELECT service_id AS outside_id, count(*) AS n_rows
FROM named
WHERE service_id IS NOT NULL AND service_id NOT IN (SELECT outside_id FROM service_map)
GROUP BY ALL
ORDER BY n_rows DESC, outside_id
"""

_SKIPPED = """
SELECT source, resource, reason, count(*) AS n_items, min(item) AS example
FROM skipped_items
GROUP BY ALL
ORDER BY n_items DESC, source, resource, reason
"""


def marts_directory(settings: Settings) -> Path:
    """The folder of the published snapshots."""
    return settings.storage.directory / "marts"


def open_snapshot(settings: Settings) -> Snapshot:
    """The newest published snapshot.

    Raises
    ------
    NoDataError : nothing has been published yet.
    """
    try:
        return Snapshot.open(marts_directory(settings))
    except SnapshotError as error:
        raise NoDataError(f"{error} Run `payoff collect` first.") from error


def unmapped_in(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Identifiers that no service and no rule explained at publication, with their rows, most first."""
    return [(row["outside_id"], row["n_rows"]) for row in snapshot.sql(_UNMAPPED).to_pylist()]


def skipped_in(snapshot: Snapshot) -> list[tuple[str, str, str, int, str]]:
    """Items that could not be read: source, resource, reason, how many, and one of them; most first."""
    return [tuple(row.values()) for row in snapshot.sql(_SKIPPED).to_pylist()]
