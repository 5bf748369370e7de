"""Frozen reports from their folders into the warehouse; what a kill left out is there after the next run."""

import csv
import io
import logging
from datetime import UTC

from dashboards.words.spreadsheet import unguarded
from service.configuration.config import Settings
from service.reports.frozen import frozen_reports
from warehouse.engine import Warehouse
from warehouse.errors import FrozenReportError
from warehouse.frozen import INPUTS, Frozen
from warehouse.reports import REPORT_COLUMNS, store_report, stored_reports

_log = logging.getLogger(__name__)


def store_frozen_reports(warehouse: Warehouse, settings: Settings) -> int:
    """How many frozen versions were not stored yet, and are now.

    A folder that somebody damaged is logged and left out, for it must not stand in the way of new data.
    """
    try:
        frozen = frozen_reports(settings)
        with warehouse.transaction() as con:
            known = stored_reports(con)
            missing = [version for version in frozen if version.manifest.report_id not in known]
            for version in missing:
                texts, period = version.texts, version.manifest.period
                lines, summary = (texts[f"roi_{name}_{period}.csv"] for name in ("lines", "summary"))
                store_report(con, _report(version), _rows(lines), _rows(summary))
    except FrozenReportError as error:
        _log.warning("reports error=%s", error)
        return 0
    return len(missing)


def _report(frozen: Frozen) -> dict[str, object]:
    manifest = frozen.manifest
    values = {name: getattr(manifest, name) for name in REPORT_COLUMNS if name != "inputs"}
    at = manifest.generated_at.astimezone(UTC).replace(tzinfo=None)
    return values | {"generated_at": at, "inputs": frozen.texts[INPUTS].decode()}


def _rows(text: bytes) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.decode(), newline=""))
    return [{name: unguarded(cell) for name, cell in row.items()} for row in reader]
