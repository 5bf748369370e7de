"""The reference quarter, published once."""

from collections.abc import Iterator

import pytest

from tests.metrics.roi.reference import reference_world
from warehouse.publish import Snapshot


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with reference_world(tmp_path_factory.mktemp("reference")) as snapshot:
        yield snapshot
