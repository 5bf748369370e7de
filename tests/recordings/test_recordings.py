"""Bodies as the real services sent them, read by the real source over HTTP, give the expected rows.

A new data set needs a mapping file beside this one and no test: ``<service>/<data set>.yaml``. Surveys are
files and not served: `tests/collectors/test_survey_recordings.py`.
"""

from pathlib import Path

import pytest

from tests.recordings.mapping import Mapping, differing, listed
from tests.recordings.server import ROOT, recorded_service

MAPPINGS = sorted(Path(__file__).parent.glob("*/*.yaml"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recording_gives_its_expected_rows(path: Path, tmp_path: Path) -> None:
    if not ROOT.is_dir():
        pytest.skip("the recordings are not beside the project")
    mapping = Mapping.read(path)
    assert mapping.unexplained() == []
    with recorded_service(mapping.dataset) as service:
        store = mapping.collect(service, tmp_path)
        assert differing(mapping.expected(), store, service) == listed(mapping.differences)
    assert store.skipped == {}
