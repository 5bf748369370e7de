"""A warehouse in an empty folder, whose clock stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.engine import Warehouse

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with Warehouse.open(tmp_path / "data", threads=1, clock=lambda: NOW) as opened:
        yield opened
