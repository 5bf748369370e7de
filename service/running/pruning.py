"""Pruning: what is older than it is kept goes, and the room it took is given back."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from collectors import registry
from service.configuration.config import Settings
from service.running import inbox
from service.running.spooled import refused_ids
from service.storage.warehouse import open_warehouse
from warehouse.engine import Clock, Warehouse
from warehouse.pruning import Ages, Expired, expired, remove_expired
from warehouse.sizes import FileSize, StoredSize, file_size, measure
from warehouse.sources import SPOOL
from warehouse.spool import Spool
from warehouse.upgrade import upgrade_copies

# Writing the file anew costs its size once more; less than this part of it is not worth that.
COMPACT_FROM = 0.1


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, or would go.

    Parameters
    ----------
    copies : files as they were before upgrades, with their bytes.
    aside : what restoring put aside; it is for people to delete.
    before, after : the file; the same where nothing was done.
    """

    rows: tuple[Expired, ...]
    copies: tuple[tuple[Path, int], ...]
    aside: tuple[Path, ...]
    sizes: tuple[StoredSize, ...]
    before: FileSize
    after: FileSize


def prune(settings: Settings, *, dry_run: bool, clock: Clock) -> Pruned:
    """Remove what has grown old, and compact where that is worth it; with ``dry_run`` only say what would go.

    Raises
    ------
    warehouse.errors.WarehouseError : another process writes, or there is no room for compacting.
    """
    storage = settings.storage
    with open_warehouse(settings, clock) as warehouse:
        ages = ages_of(settings)
        rows = (*expired(warehouse, ages), *_events(warehouse, settings, remove=not dry_run))
        found = upgrade_copies(storage.directory)
        old = found[: max(len(found) - storage.keep_upgrade_copies, 0)]
        copies = tuple((path, path.stat().st_size) for path in old)
        before = file_size(warehouse.connection)
        after = before
        if not dry_run:
            remove_expired(warehouse, ages)
            for path in old:
                path.unlink(missing_ok=True)
            after = _compacted(warehouse)
        sizes = measure(warehouse.connection)
    aside = tuple(sorted(storage.directory.glob("before-restore-*")))
    return Pruned(rows, copies, aside, sizes, before, after)


def ages_of(settings: Settings) -> Ages:
    """How long things are kept.

    The rows of a sender follow from all of its deliveries, so those are kept unless it says how long; so are
    events that were refused.
    """
    by_source: dict[str, int | None] = {SPOOL: None}
    for source in settings.sources:
        if source.keep_raw_days is not None or registry.KINDS[source.kind].is_pushed:
            by_source[source.name] = source.keep_raw_days
    return Ages(settings.storage.keep_raw_days, settings.storage.keep_runs_days, by_source)


def _compacted(warehouse: Warehouse) -> FileSize:
    size = file_size(warehouse.connection)
    if size.n_unused < COMPACT_FROM * size.n_bytes:
        return size
    warehouse.compact()
    return file_size(warehouse.connection)


def _events(warehouse: Warehouse, settings: Settings, *, remove: bool) -> tuple[Expired, ...]:
    """Deliveries that were applied and are kept with the raw bodies too; what people did is never old."""
    days = settings.storage.keep_raw_days
    n, n_bytes = Spool(warehouse.directory).forget(
        warehouse,
        inbox.KIND,
        before=warehouse.now().replace(tzinfo=UTC) - timedelta(days=days),
        but=refused_ids(warehouse),
        remove=remove,
    )
    return (Expired("spool", inbox.KIND, days, n, n_bytes),) if n else ()
