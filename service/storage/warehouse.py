"""The warehouse of a configuration, open for writing."""

from service.configuration.config import Settings
from warehouse.engine import Clock, Warehouse


def open_warehouse(settings: Settings, clock: Clock) -> Warehouse:
    """The writer's side of the configured warehouse, waiting for another writer as configured."""
    storage = settings.storage
    return Warehouse.open(storage.directory, wait_seconds=storage.lock_wait_seconds, clock=clock)
