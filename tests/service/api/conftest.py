"""The reference quarter, and a folder of files, behind the API over real HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.quarters import quarter_named
from service.api.application import build_api
from service.api.served import Served
from service.reports.reporting import Wish, publish_report
from service.storage.snapshots import open_snapshot
from tests.service.api.http import serving
from tests.service.api.reading import OTHER, TOKEN, TOKENS, Reader, collect
from tests.service.folders import configured
from tests.service.report_world import NOW, QUARTER, published


@pytest.fixture(scope="package")
def tokens() -> Iterator[None]:
    """The variables that the configuration names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READER_TOKEN", TOKEN)
        patch.setenv("OTHER_TOKEN", OTHER)
        yield


@pytest.fixture(scope="package")
def reader(tmp_path_factory: pytest.TempPathFactory, tokens: None) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reading")
    known = published(folder, config=TOKENS)
    with open_snapshot(known) as snapshot:
        publish_report(known, snapshot, Wish(quarter_named(QUARTER), accept="a test"), NOW)
    with serving(build_api(Served(known, clock=lambda: NOW))) as client:
        yield Reader(client, known.path, folder)


@pytest.fixture
def exports(tmp_path: Path, tokens: None) -> Iterator[Reader]:
    """A folder of files as the source, collected once: deployments on three days of January 2025."""
    known = configured(tmp_path, "sources: [{name: exports, kind: files, path: exports}]\n" + TOKENS)
    with serving(build_api(Served(known, clock=lambda: NOW))) as client:
        reader = Reader(client, known.path, tmp_path)
        collect(reader, 7, 8, 9)
        yield reader
