"""The version of the model says whether two amounts may be compared: it changes when the amounts do."""

from metrics.roi.catalogue import MODEL_VERSION
from metrics.roi.door import roi
from tests.metrics.roi.reference import LEDGER, QUARTER
from warehouse.publish import Snapshot

# By version, what the worked reference quarter comes to; how, stands in `test_reference_quarter`. Where a
# line differs, the same rows give another amount: raise the version, and say in `metrics/roi/catalogue.py`
# and in the changelog what it changed.
AMOUNTS = {
    "2": {
        "B1": "189000.00",
        "B2": "28800.00",
        "B4": "96000.00",
        "B4m": "96000.00",
        "B6": "18000.00",
        "C2": "-260000.00",
        "C5": "0",
    }
}


def test_the_same_rows_give_the_amounts_of_this_version(reference: Snapshot) -> None:
    result = roi(reference, QUARTER, LEDGER, 1, n_draws=10)
    assert {total.kind.line_id: str(total.amount.point) for total in result.totals} == AMOUNTS[MODEL_VERSION]
