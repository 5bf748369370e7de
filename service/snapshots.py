"""Where a configuration keeps its published snapshots, and how to open the newest."""

from pathlib import Path

from service.config import Settings
from service.errors import NoDataError
from warehouse.errors import SnapshotError
from warehouse.publish import Snapshot


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
