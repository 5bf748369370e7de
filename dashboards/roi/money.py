"""The money of a quarter as pages read it: computed once for a snapshot, a quarter and a scenario."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboards.page.data import Facts
from dashboards.questions.quarter import Money, result_in, states_in
from dashboards.questions.remembered import remembered
from metrics.quarters import Quarter
from metrics.roi.evidence import line_evidence
from metrics.roi.ledger import ledger_in
from metrics.roi.result import RoiResult
from metrics.roi.scenario import Scenario
from metrics.roi.spans import Window as Days
from warehouse.ledger import Ledger
from warehouse.publish import Snapshot


def money_of(facts: Facts, quarter: Quarter, scenario: Scenario | None = None) -> Money:
    """The money of a quarter, remembered.

    Raises
    ------
    metrics.errors.MetricError : it cannot be computed; the message says why and what helps.
    """
    result = remembered(facts.snapshot, partial(_worked_out, facts.snapshot, quarter, scenario))
    states = remembered(facts.snapshot, partial(states_in, facts.snapshot, quarter))
    return Money(result, states, quarter.end <= facts.today)


def ledger_of_page(facts: Facts) -> Ledger:
    """The ledger that the snapshot was published with, remembered."""
    return remembered(facts.snapshot, partial(ledger_in, facts.snapshot))


def evidence_of(facts: Facts, line_id: str, quarter: Quarter, baseline: Days) -> pd.DataFrame:
    """`metrics.roi.evidence.line_evidence`; asked for one line at a time, so not remembered."""
    return line_evidence(facts.snapshot, line_id, quarter, baseline)


def _worked_out(snapshot: Snapshot, quarter: Quarter, scenario: Scenario | None) -> RoiResult:
    with st.spinner("Computing the money of the quarter …"):
        return result_in(snapshot, quarter, scenario)
