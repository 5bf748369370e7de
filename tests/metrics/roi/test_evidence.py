"""The rows behind a line are those that it counts."""

import pytest

from metrics.quarters import quarter_named
from metrics.roi.catalogue import LINES
from metrics.roi.door import roi
from metrics.roi.evidence import line_evidence
from metrics.roi.facts import rows
from metrics.roi.spans import Window
from tests.metrics.roi.reference import LEDGER, QUARTER
from warehouse.publish import Snapshot

NOW = quarter_named(QUARTER, 1)


@pytest.fixture(scope="module")
def baseline(reference: Snapshot) -> Window:
    return roi(reference, QUARTER, LEDGER, seed=1, n_draws=10).baseline


@pytest.mark.parametrize("line_id", [kind.line_id for kind, _ in LINES])
def test_every_line_has_its_rows(reference: Snapshot, baseline: Window, line_id: str) -> None:
    frame = line_evidence(reference, line_id, NOW, baseline)
    assert frame.columns[0] == "when"
    assert set(frame["when"]) <= {"quarter", "baseline"}


def test_as_many_rows_as_the_line_counts(reference: Snapshot, baseline: Window) -> None:
    # 2,400 runs; 360 how-to tickets after 720; one failed deployment and one incident in each; two charges.
    counts = {
        "B1": {"quarter": 2_400},
        "B2": {"quarter": 360, "baseline": 720},
        "B4": {"quarter": 1, "baseline": 1},
        "B4r": {"quarter": 1, "baseline": 1},
        "B6": {"quarter": 1, "baseline": 1},
        "C2": {"quarter": 1},
    }
    for line_id, expected in counts.items():
        found = line_evidence(reference, line_id, NOW, baseline)["when"].value_counts().to_dict()
        assert found == expected, line_id
    window = {"period": "window", "start": NOW.start, "end": NOW.end}
    assert rows(reference, "runs", window)["n"].sum() == 2_400


def test_a_quarter_that_is_its_own_baseline_is_compared_with_nothing(reference: Snapshot) -> None:
    itself = Window(NOW.start, NOW.end)
    assert set(line_evidence(reference, "B2", NOW, itself)["when"]) == {"quarter"}
