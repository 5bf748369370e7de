"""Where a configuration keeps its published snapshots, and how to open the newest."""

from pathlib import Path

from service.configuration.config import Settings
from service.errors import NoDataError
from service.onboarding.suggesting import Candidate
from warehouse.errors import SnapshotError
from warehouse.identities import Identified, read_identified
from warehouse.publish import Snapshot

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


def identified_in(snapshot: Snapshot) -> Identified:
    """The names that nothing explained at publication, those that matter most first, and disputed ones.

    Raises
    ------
    NoDataError : the snapshot was published by a version that did not write them down.
    """
    tables = {row["table_name"] for row in snapshot.sql("SELECT table_name FROM duckdb_tables()").to_pylist()}
    if "unmapped_names" not in tables:
        raise NoDataError(f"Snapshot {snapshot.version} is of an older version. Run `payoff collect` first.")
    return read_identified(snapshot.sql)


def candidates_in(snapshot: Snapshot) -> tuple[Candidate, ...]:
    """Our services and teams with everything that they are called by."""
    query = """
    SELECT 'service' AS kind, service_id AS id, list_value(name, repo_id) AS names FROM services
    UNION ALL
    SELECT 'team', team_id, list_value(name) FROM teams
    ORDER BY kind, id
    """
    return tuple(
        Candidate(row["kind"], row["id"], tuple(name for name in row["names"] if name))
        for row in snapshot.sql(query).to_pylist()
    )


def skipped_in(snapshot: Snapshot) -> list[tuple[str, str, str, int, str]]:
    """Items that could not be read: source, resource, reason, how many, and one of them; most first."""
    return [tuple(row.values()) for row in snapshot.sql(_SKIPPED).to_pylist()]
